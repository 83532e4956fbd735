import { existsSync, readdirSync, renameSync } from "node:fs"
import { basename, dirname, join } from "node:path"
import type { Paths } from "../config/paths.ts"
import { privateFolder } from "../store/files.ts"
import { lockState } from "../store/lock.ts"
import { secretParts } from "./manifest.ts"
import { stamp, unusedName } from "./stamp.ts"

const resetScopes = ["config", "config+creds+sessions", "full"] as const
export type ResetScope = (typeof resetScopes)[number]

/** In the state folder, so that moving something there is one rename on one disk. */
const trash = "trash"
/** What a reset leaves alone, whatever its scope: somebody may hold a lock, as we do while we work. */
const isKept = (name: string) => name === trash || /\.lock(?:-journal)?$/.test(name)

export interface ResetPlan {
  /** What goes to the trash. */
  going: readonly string[]
  /** What of the state stays as it is. */
  staying: readonly string[]
}

/** What a reset of this scope would move. Looks at names only: a link is moved, never followed. */
export const planReset = (
  { state, config, database }: Pick<Paths, "state" | "config" | "database">,
  scope: ResetScope,
): ResetPlan => {
  const inState = existsSync(state)
    ? readdirSync(state)
        .filter((name) => !isKept(name))
        .sort()
    : []
  const configs = new Set([basename(config), `${basename(config)}.bak`])
  const access = new Set<string>([...secretParts, "config-backups", "doctor", "agents"])
  /** The database, its journal, and the copies kept of it. */
  const isDatabase = (name: string) => name.startsWith(basename(database))
  const ownConfig = dirname(config) === state
  const goes = (name: string) =>
    scope === "full" ||
    (ownConfig && configs.has(name)) ||
    (scope === "config+creds+sessions" && (access.has(name) || isDatabase(name)))
  const elsewhere = ownConfig ? [] : [config, `${config}.bak`].filter((path) => existsSync(path))
  return {
    going: [...inState.filter(goes).map((name) => join(state, name)), ...elsewhere],
    staying: inState.filter((name) => !goes(name)).map((name) => join(state, name)),
  }
}

/** Moves it to a dated folder in the trash. Refuses while a gateway has the state. */
export const resetState = (paths: Paths, scope: ResetScope, now: number) => {
  const lock = lockState(paths.state)
  try {
    const plan = planReset(paths, scope)
    const folder = unusedName(join(paths.state, trash, stamp(now)))
    for (const path of plan.going)
      if (dirname(path) === paths.state)
        renameSync(path, join(privateFolder(folder), basename(path)))
      else renameSync(path, unusedName(`${path}.reset-${stamp(now)}`))
    return { ...plan, folder }
  } finally {
    lock.release()
  }
}
