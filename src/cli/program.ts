import { realpathSync } from "node:fs"
import { relative, sep } from "node:path"
import type { Env } from "../config/paths.ts"

export interface Program {
  /** The compiled file; nothing when run from the sources. */
  execPath?: string
  cwd: string
  env: Env
}

/** What to type to run this program again: its name where the shell finds it, else where it lies. */
export const programName = ({ execPath, cwd, env }: Program) => {
  const name = "fased"
  if (!execPath || isSame(Bun.which(name, { PATH: env.PATH ?? "" }), execPath)) return name
  const near = relative(cwd, execPath)
  const path = near.startsWith("..") ? execPath : near.includes(sep) ? near : `.${sep}${near}`
  return /^[\w./+-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`
}

const isSame = (found: string | null, execPath: string) =>
  found !== null && realpathSync(found) === realpathSync(execPath)
