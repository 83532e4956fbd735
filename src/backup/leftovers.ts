import { readdirSync, rmSync, statSync } from "node:fs"
import { join } from "node:path"

/** Removes working folders that a process which was killed has left: those begun before `before`. */
export const removeLeftovers = (state: string, prefix: string, before = Infinity) => {
  for (const name of readdirSync(state)) {
    const path = join(state, name)
    if (
      name.startsWith(prefix) &&
      (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0) < before
    )
      rmSync(path, { recursive: true, force: true })
  }
}
