import type { Log } from "../kernel/log.ts"
import type { Section } from "../kernel/section.ts"
import { createSettings } from "./create.ts"
import { adoptAtStart } from "./last-good.ts"
import type { Env, Paths } from "./paths.ts"
import type { FetchSecrets, GuardChange } from "./settings.ts"
import { upgradeConfig } from "./upgrade.ts"

/**
 * Opens the config for a gateway: what older versions wrote is brought up to date, secrets are
 * fetched. Throws what keeps a gateway from starting with it. There is no log yet to tell of that.
 */
export const beginConfig = async (options: {
  paths: Pick<Paths, "config" | "state">
  env: Env
  sections: readonly Section[]
  fetchSecrets: FetchSecrets
  guard: GuardChange
  lastGood?: boolean
}) => {
  const settings = await createSettings(options)
  const rewritten = options.lastGood ? [] : await upgradeConfig(settings)
  const lastGood = await adoptAtStart(settings, options)
  return {
    settings,
    lastGood,
    /** Says what was brought up to date, now that there is a log. */
    tell(log: Log) {
      const config = log.for("config")
      for (const { from, to } of rewritten) config.warn("old setting rewritten", { from, to })
      if (rewritten.length)
        config.warn("the config file was brought up to date", {
          copy: `${options.paths.config}.bak`,
          see: "fased config diff",
        })
    },
  }
}
