import { layGround } from "../ground.ts"
import { systemClock } from "../kernel/clock.ts"
import type { AnyCheck } from "../kernel/check.ts"
import type { Log } from "../kernel/log.ts"
import { checks } from "../registry.ts"
import type { Context } from "./command.ts"
import { openSettings } from "./settings.ts"

const silent: Log = {
  trace: () => {},
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: () => {},
  for: () => silent,
}

type Instance = Pick<Context, "env" | "paths">

/** The services there are without a running gateway. */
export const offlineServices = async ({ env, paths }: Instance) => {
  const settings = await openSettings({ paths, env })
  return layGround({ paths, env: settings.env, clock: systemClock, log: silent, settings })
}

/** What can be checked without a running gateway, and the services it takes. */
export const offlineChecks = async (instance: Instance) => {
  const services = await offlineServices(instance)
  const possible = ({ needs }: AnyCheck) =>
    Object.values<{ service: string }>(needs).every((name) => services.has(name))
  return { services, checks: checks.filter(possible) }
}
