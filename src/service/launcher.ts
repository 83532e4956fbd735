import { copyFileSync, existsSync, chmodSync, mkdirSync, realpathSync, renameSync } from "node:fs"
import { delimiter, dirname, isAbsolute, join } from "node:path"
import type { Env } from "../config/paths.ts"
import { isFleeting } from "./drift.ts"
import { fleetingProgram, noProgram } from "./faults.ts"

/** The program a service starts, by a path that an update leaves in place. */
export interface Launcher {
  path: string
  /** It is not there yet: a copy of this one goes there. */
  copyOf?: string
}

interface Surroundings {
  binary: string | undefined
  home: string
  env: Env
}

/**
 * The name people call it by, which an update swaps what is behind, rather than the file behind it.
 * A program that was only tried out of a temporary folder is put where the installer puts it.
 */
export const findLauncher = ({ binary, home, env }: Surroundings): Launcher => {
  if (!binary) throw noProgram()
  const own = join(env.FASED_CLI_BIN_DIR || join(home, ".local", "bin"), "fased")
  const named = [...(env.PATH ?? "").split(delimiter).map((folder) => join(folder, "fased")), own]
  const lasting = named.find(
    (path) => isAbsolute(path) && !isFleeting(path, home) && isSame(path, binary),
  )
  if (lasting) return { path: lasting }
  if (!isFleeting(binary, home)) return { path: binary }
  if (existsSync(own)) throw fleetingProgram({ path: binary, launcher: own })
  return { path: own, copyOf: binary }
}

const isSame = (path: string, binary: string) => {
  try {
    return realpathSync(path) === realpathSync(binary)
  } catch {
    return false
  }
}

export const placeLauncher = ({ path, copyOf }: Launcher) => {
  if (!copyOf) return
  mkdirSync(dirname(path), { recursive: true })
  const temporary = `${path}.${process.pid}.tmp`
  copyFileSync(copyOf, temporary)
  chmodSync(temporary, 0o755)
  renameSync(temporary, path)
}
