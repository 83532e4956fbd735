import type { Section } from "../kernel/section.ts"
import { readLastGood } from "./backups.ts"
import { configInvalid, startRefused } from "./faults.ts"
import { judgeConfig } from "./load.ts"
import type { Env, Paths } from "./paths.ts"
import type { Settings } from "./settings.ts"

/** A run on the config that was kept when the file was last good. */
export interface LastGoodRun {
  /** When that one was kept. */
  at: number
}

/**
 * Puts the config file into force, its secrets fetched. A broken one is refused; `lastGood` takes
 * the last good one in its place, and says so by what it gives.
 */
export const adoptAtStart = async (
  settings: Settings,
  options: {
    paths: Pick<Paths, "config" | "state">
    sections: readonly Section[]
    env: Env
    lastGood?: boolean
  },
): Promise<LastGoodRun | undefined> => {
  const { paths, sections, env } = options
  const file = settings.current()
  const kept = file.values ? undefined : readLastGood(paths)
  if (!kept) {
    await settings.adopt(file)
    return undefined
  }
  const { at } = kept
  const { issues } = file
  if (!options.lastGood) throw startRefused({ path: paths.config, issues, at })
  const state = await judgeConfig(kept.text, { path: paths.config, sections, env })
  if (!state.values) throw configInvalid({ path: kept.path, issues: state.issues })
  await settings.adopt(state)
  return { at }
}
