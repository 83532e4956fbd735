import { existsSync } from "node:fs"
import type { Env, Paths } from "../config/paths.ts"
import { systemClock } from "../kernel/clock.ts"
import { logging } from "../logs/config.ts"
import { createLog } from "../logs/writer.ts"

/**
 * Leaves the reason where `fased logs` finds it: a service has no terminal, and not every machine a
 * journal. The config may be what is wrong, so it is not asked where and how to write.
 */
export const noteFailedStart = ({ paths, env }: { paths: Paths; env: Env }, error: unknown) => {
  if (!existsSync(paths.state)) return
  const defaults = logging.schema.parse({})
  const log = createLog({
    folder: paths.logs,
    config: () => defaults,
    clock: systemClock,
    env,
    console: false,
  })
  log.for("gateway").error("did not start", { error })
  log.close()
}
