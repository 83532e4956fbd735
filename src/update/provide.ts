import { type Env, Paths } from "../config/paths.ts"
import { Build } from "../kernel/build.ts"
import { Clock } from "../kernel/clock.ts"
import { Restarts } from "../kernel/restart.ts"
import type { Services } from "../kernel/service.ts"
import { update } from "./config.ts"
import { releaseKeys } from "./keys.ts"
import { createUpdates, Updates } from "./updates.ts"

/** Builds what a running gateway can do about its own version. `env`: what it was started with. */
export const provideUpdates = (services: Services, env: Env): void => {
  const { version, binary } = services.get(Build)
  const updates = createUpdates({
    version,
    binary,
    env,
    paths: services.get(Paths),
    clock: services.get(Clock),
    restarts: services.get(Restarts),
    keys: releaseKeys,
    config: () => services.get(update),
  })
  services.provide(Updates, updates)
}
