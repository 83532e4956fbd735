/** Where file tools may reach, and a way to touch a file that nobody can redirect in between. */
import {
  closeSync,
  constants,
  existsSync,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  realpathSync,
  type Stats,
  unlinkSync,
} from "node:fs"
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from "node:path"
import { writeFileAtomic } from "../store/files.ts"
import {
  badPath,
  fileTooBig,
  noSuchFile,
  notAFile,
  notPermitted,
  outsideWorkspace,
  protectedPath,
  readOnlyFiles,
} from "./faults.ts"

export interface Boundary {
  workspace: string
  /** Stay inside the workspace. */
  workspaceOnly: boolean
  /** Nothing may be changed. */
  readOnly?: boolean
  /** fased's own files and folders: out of bounds always, save for a workspace within one. */
  own: readonly string[]
  /** Folders elsewhere that may be read, and not written. */
  shared?: readonly string[]
}

export const maxFileBytes = 10_000_000

const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK, O_DIRECTORY } = constants
const systemFolders = ["/proc", "/sys", "/dev"]
/** git runs what its folder says, and fased trusts its own: neither is a model's to write. */
const keptFolders = new Set([".git", ".fased"])

/** True when `path` is `folder` or lies in it. Both absolute and resolved. */
export const isWithin = (folder: string, path: string) => {
  const way = relative(folder, path)
  return way === "" || (way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way))
}

/** Reads a regular file within the boundary. */
export const readWithin = (given: Boundary, path: string): Buffer =>
  explained(path, () => {
    const boundary = forReading(given, path)
    const real = locate(boundary, path)
    using folder = holdPath(boundary, dirname(real), path)
    const file = openSync(`${folder.at}/${basename(real)}`, O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
    try {
      requirePlain(fstatSync(file), path)
      return readFileSync(file)
    } finally {
      closeSync(file)
    }
  })

/** Where a path within the boundary really leads, whether or not anything is there. */
export const realWithin = (boundary: Boundary, path: string): string =>
  explained(path, () => locate(boundary, path))

/** True when there is something at a path within the boundary. */
export const presentWithin = (boundary: Boundary, path: string): boolean =>
  lstatSync(realWithin(boundary, path), { throwIfNoEntry: false }) !== undefined

/** Removes a regular file within the boundary. */
export const removeWithin = (boundary: Boundary, path: string) =>
  explained(path, () => {
    const real = locateToChange(boundary, path)
    using folder = holdPath(boundary, dirname(real), path)
    const target = `${folder.at}/${basename(real)}`
    requirePlain(lstatSync(target), path)
    unlinkSync(target)
  })

/** Writes a file within the boundary in one step, with its folders; an existing file keeps its mode. */
export const writeWithin = (boundary: Boundary, path: string, data: string | Uint8Array) =>
  explained(path, () => {
    const real = locateToChange(boundary, path)
    using folder = holdPath(boundary, dirname(real), path, { create: true })
    const target = `${folder.at}/${basename(real)}`
    const before = lstatSync(target, { throwIfNoEntry: false })
    if (before) requirePlain(before, path)
    writeFileAtomic(target, data, before ? before.mode & 0o777 : 0o644)
    return { created: !before }
  })

/** The real path of a folder within the boundary, held open while `look` runs. */
export const lookWithin = <T>(given: Boundary, path: string, look: (at: string) => T): T =>
  explained(path, () => {
    const boundary = forReading(given, path)
    using folder = holdPath(boundary, locate(boundary, path), path)
    return look(folder.at)
  })

/** A path into a shared folder is read within that folder alone. */
const forReading = (boundary: Boundary, path: string): Boundary => {
  const folder = isAbsolute(path) && boundary.shared?.find((one) => isWithin(one, resolve(path)))
  return folder ? { workspace: folder, workspaceOnly: true, own: [] } : boundary
}

const locateToChange = (boundary: Boundary, path: string): string => {
  if (boundary.readOnly) throw readOnlyFiles({ path })
  const real = locate(boundary, path)
  const names = relative(realpathSync(boundary.workspace), real).toLowerCase().split(sep)
  if (names.some((name) => keptFolders.has(name))) throw protectedPath({ path })
  return real
}

/** Follows every link that exists on the way, then judges where the path really leads. */
const locate = ({ workspace, workspaceOnly, own }: Boundary, path: string): string => {
  if (!path.trim()) throw badPath({ path, reason: "it is empty" })
  if (path.includes("\0")) throw badPath({ path: path.slice(0, 80), reason: "it holds a NUL" })
  if (path === "~" || path.startsWith("~/")) throw badPath({ path, reason: "~ is not expanded" })
  const root = realpathSync(workspace)
  const wanted = isAbsolute(path) ? resolve(path) : resolve(root, path)
  // Judged as written first, so that a path outside says nothing about what exists there.
  const mayReach = (target: string) =>
    !workspaceOnly || isWithin(root, target) || isWithin(resolve(workspace), target)
  if (!mayReach(wanted)) throw outsideWorkspace({ path })
  const real = realTarget(wanted)
  const isInside = isWithin(root, real)
  if (workspaceOnly && !isInside) throw outsideWorkspace({ path })
  const kept = [...own.filter(existsSync).map((place) => realpathSync(place)), ...systemFolders]
  // The workspace may lie in such a place, or such a place in the workspace.
  if (kept.some((place) => isWithin(place, real) && !(isInside && isWithin(place, root))))
    throw protectedPath({ path })
  return real
}

/** `path` with every link resolved, whether or not its last parts exist yet. */
const realTarget = (path: string): string => {
  if (path === dirname(path)) return path
  if (lstatSync(path, { throwIfNoEntry: false })) return realpathSync(path)
  return join(realTarget(dirname(path)), basename(path))
}

/**
 * Opens a folder one step at a time from the boundary's root, never through a link.
 * `at` goes through the open descriptor where the system can, so that swapping a parent
 * for a link after the check changes nothing.
 */
const holdPath = (
  { workspace }: Boundary,
  folder: string,
  path: string,
  { create = false } = {},
) => {
  const workspaceRoot = realpathSync(workspace)
  const root = isWithin(workspaceRoot, folder) ? workspaceRoot : nearestFolder(folder)
  let held = hold(root, root)
  try {
    for (const name of relative(root, folder).split(sep).filter(Boolean)) {
      const next = `${held.at}/${name}`
      if (create) makeFolder(next)
      const inner = hold(next, join(held.real, name))
      held[Symbol.dispose]()
      held = inner
    }
    if (realpathSync(held.at) !== folder) throw outsideWorkspace({ path })
    return held
  } catch (error) {
    held[Symbol.dispose]()
    throw error
  }
}

const nearestFolder = (path: string): string =>
  existsSync(path) ? path : nearestFolder(dirname(path))

const hold = (path: string, real: string) => {
  const descriptor = openSync(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
  const anchor = `/proc/self/fd/${descriptor}`
  return {
    at: existsSync(anchor) ? anchor : real,
    real,
    [Symbol.dispose]: () => closeSync(descriptor),
  }
}

const makeFolder = (path: string) => {
  try {
    mkdirSync(path, 0o755)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error
  }
}

/** A second name for a file may be a name for something outside, so such files are left alone. */
const requirePlain = (stats: Stats, path: string) => {
  if (stats.isDirectory()) throw notAFile({ path, kind: "a folder" })
  if (!stats.isFile()) throw notAFile({ path, kind: "not a regular file" })
  if (stats.nlink > 1)
    throw notAFile({ path, kind: "one of several names of a file (a hard link)" })
  if (stats.size > maxFileBytes) throw fileTooBig({ path, bytes: stats.size, limit: maxFileBytes })
}

/** Says what the system refused in words a model can act on. */
const explained = <T>(path: string, work: () => T): T => {
  try {
    return work()
  } catch (error) {
    switch ((error as NodeJS.ErrnoException).code) {
      case "ENOENT":
        throw noSuchFile({ path }, error)
      case "ENOTDIR":
        throw notAFile({ path, kind: "not a folder, or leads through a file" }, error)
      case "EISDIR":
        throw notAFile({ path, kind: "a folder" }, error)
      case "ELOOP":
        throw outsideWorkspace({ path }, error)
      case "ENAMETOOLONG":
        throw badPath({ path: `${path.slice(0, 80)}…`, reason: "it is too long" }, error)
      case "EACCES":
      case "EPERM":
      case "EROFS":
        throw notPermitted({ path }, error)
      case "ENXIO":
        throw notAFile({ path, kind: "not a regular file" }, error)
      default:
        throw error
    }
  }
}
