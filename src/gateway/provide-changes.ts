import { keepLastGood } from "../config/backups.ts"
import { followConfig } from "../config/follow.ts"
import type { LastGoodRun } from "../config/last-good.ts"
import { type Env, Paths } from "../config/paths.ts"
import { Reloader } from "../config/reloader.ts"
import { type FetchSecrets, Sections, Settings } from "../config/settings.ts"
import { Clock } from "../kernel/clock.ts"
import { Bus } from "../kernel/event.ts"
import { Log } from "../kernel/log.ts"
import { Restarts } from "../kernel/restart.ts"
import type { Services } from "../kernel/service.ts"
import type { Undo } from "../kernel/undo.ts"
import { type ModelsConfig, models } from "../models/config.ts"
import { Models } from "../models/service.ts"
import { warnOfOverridden } from "../secrets/warn.ts"
import { Store } from "../store/database.ts"
import { provideUpdates } from "../update/provide.ts"
import { watchAccess } from "./access.ts"
import type { Entry, EntryFlags } from "./entry.ts"
import { preflight } from "./preflight.ts"
import { createRestarts, type Runner } from "./restarts.ts"
import { createRestartStore } from "./store.ts"

interface ChangesOptions {
  flags: EntryFlags & { lastGood?: boolean }
  entry: Entry
  /** What the process was started with. */
  env: Env
  fetchSecrets: FetchSecrets
  runner: Runner | undefined
  /** Set where the reading in force is not the file's. */
  lastGood: LastGoodRun | undefined
  undo: Undo
}

/** What may change under a gateway that runs: its process, its version, its config, who may come in. */
export const provideChanges = async (services: Services, options: ChangesOptions) => {
  const { flags, entry, env, fetchSecrets, runner, lastGood, undo } = options
  const { config, ground, port } = entry
  const settings = services.get(Settings)
  const sections = services.get(Sections)
  const paths = services.get(Paths)
  const clock = services.get(Clock)
  const log = services.get(Log)

  const restartStore = createRestartStore(services.get(Store))
  const tryOut = { flags, settings, sections, fetchSecrets, env, paths, clock, here: { port } }
  const restarts = await createRestarts({
    store: restartStore,
    clock,
    log,
    runner,
    preflight: () => preflight(tryOut),
  })
  undo.add(() => restarts.close())
  services.provide(Restarts, restarts)
  provideUpdates(services, env)

  const reloader = await followConfig({
    settings,
    sections,
    lastGood,
    restarts,
    bus: services.get(Bus),
    clock,
    log,
    config: () => config().reload,
  })
  undo.add(() => reloader.close())
  services.provide(Reloader, reloader)
  const access = watchAccess({ config, reloader, ground, log })
  undo.add(() => access.stop())
  warnOfOverridden({ settings, reloader, env, log })
  reloader.onApplied(({ before, after }) => {
    // With a setting that waits, it has yet to prove that a gateway starts with it.
    if (!reloader.state().waits.length) keepLastGood(paths, after)
    services
      .get(Models)
      .reconfigured(
        before.values![models.id] as ModelsConfig,
        after.values![models.id] as ModelsConfig,
      )
  })
  return { restartStore, reloader, access }
}
