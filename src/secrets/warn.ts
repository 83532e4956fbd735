import type { Env } from "../config/paths.ts"
import type { Reloader } from "../config/reloader.ts"
import type { Settings } from "../config/settings.ts"
import type { Log } from "../kernel/log.ts"
import { overridden } from "./overridden.ts"

/** Says once of each variable that a reference counts instead of it, now and whenever that comes to be. */
export const warnOfOverridden = ({
  settings,
  reloader,
  env,
  log,
}: {
  settings: Pick<Settings, "current">
  reloader: Pick<Reloader, "onApplied">
  env: Env
  log: Log
}) => {
  const told = new Set<string>()
  const tell = () => {
    for (const { path, variable } of overridden(settings.current().refs, env)) {
      if (told.has(variable)) continue
      told.add(variable)
      const code = "SECRETS_REF_OVERRIDES_PLAINTEXT"
      log.for("secrets").warn("a reference counts instead of a variable", { code, path, variable })
    }
  }
  tell()
  reloader.onApplied(tell)
}
