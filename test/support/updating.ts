import { join } from "node:path"
import { systemClock } from "../../src/kernel/clock.ts"
import {
  type Application,
  applyUpdate,
  type GatewayControl,
  type Step,
} from "../../src/update/apply.ts"
import { findUpdate, type Search } from "../../src/update/find.ts"
import type { ReleaseKey } from "../../src/update/manifest.ts"

/** No gateway runs. */
export const noGateway: GatewayControl = {
  running: async () => undefined,
  restart: async () => false,
  stop: async () => {},
  answers: async () => false,
}

/** Looks for an update of `target` and applies it, as the command does. */
export const update = async ({
  target,
  state,
  keys,
  baseUrl,
  search,
  how,
}: {
  target: string
  state: string
  keys: readonly ReleaseKey[]
  baseUrl?: string
  search?: Partial<Search>
  how?: Partial<Application>
}) => {
  const done: Step[] = []
  const found = await findUpdate({
    version: "1.0.0",
    target,
    channel: "stable",
    keys,
    baseUrl,
    now: Date.now(),
    ...search,
  })
  const applied = await applyUpdate(found, {
    target,
    paths: { state, config: join(state, "fased.json"), database: join(state, "fased.db") },
    env: {},
    clock: systemClock,
    gateway: noGateway,
    asOwner: `sudo ${target} update`,
    done: (step) => done.push(step),
    ...how,
  })
  return { found, applied, done }
}
