import { accessSync, constants, realpathSync, statSync } from "node:fs"
import { basename, dirname, isAbsolute, join, resolve } from "node:path"
import { systemFolders } from "./programs.ts"

/** A program as a file on this machine. */
export interface Program {
  /** What it was called as. */
  name: string
  /** Where it was found: folders with links resolved, its own name as it is. */
  location: string
  /** The file itself, all links resolved. */
  file: string
  /** Device and inode: another file under the same path is another program. */
  identity: string
  /** It was looked up in the PATH, and not called by where it lies. */
  byName: boolean
}

/**
 * The file that runs when `name` is called with this PATH in this folder; undefined when none does
 * or that cannot be told. `cwd` is undefined once the line has gone to another folder.
 */
export const locate = (
  name: string,
  { path, cwd }: { path: string; cwd: string | undefined },
): Program | undefined => {
  if (name.includes("/")) {
    if (isAbsolute(name)) return programAt(name, false)
    return cwd === undefined ? undefined : programAt(resolve(cwd, name), false)
  }
  for (const folder of path.split(":")) {
    // An empty or relative entry is the folder the command is in, which anyone may fill.
    if (!isAbsolute(folder)) return undefined
    const program = programAt(join(folder, name), true)
    if (program) return program
  }
  return undefined
}

const programAt = (path: string, byName: boolean): Program | undefined => {
  try {
    const file = realpathSync(path)
    if (!statSync(file).isFile()) return undefined
    accessSync(file, constants.X_OK)
    const name = basename(path)
    const location = join(realpathSync(dirname(path)), name)
    return { name, location, file, identity: identityOf(file), byName }
  } catch {
    return undefined
  }
}

const identityOf = (file: string) => {
  const { dev, ino } = statSync(file, { bigint: true })
  return `${dev}:${ino}`
}

/** True while the place still leads to the very file that was found. */
export const isSame = ({ location, file, identity }: Program) => {
  try {
    return realpathSync(location) === file && identityOf(file) === identity
  } catch {
    return false
  }
}

/** True when it lies, and leads, where only an administrator could have put it. */
export const isIn = (
  { location, file }: Program,
  folders: readonly string[] = systemFolders,
): boolean => {
  const real = folders.flatMap(realFolder)
  return real.includes(dirname(location)) && real.some((folder) => file.startsWith(`${folder}/`))
}

const realFolder = (folder: string) => {
  try {
    return isAbsolute(folder) ? [realpathSync(folder)] : []
  } catch {
    return []
  }
}
