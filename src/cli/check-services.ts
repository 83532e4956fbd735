import { createSettings } from "../config/create.ts"
import { layGround } from "../ground.ts"
import { systemClock } from "../kernel/clock.ts"
import type { AnyCheck } from "../kernel/check.ts"
import type { Log } from "../kernel/log.ts"
import { checks, sections } from "../registry.ts"
import type { Context } from "./command.ts"

const silent: Log = {
  trace: () => {},
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: () => {},
  for: () => silent,
}

/** What can be checked without a running gateway, and the services it takes. */
export const offlineChecks = async ({ env, paths }: Pick<Context, "env" | "paths">) => {
  const settings = await createSettings({ paths, env, sections })
  const services = layGround({ paths, env, clock: systemClock, log: silent, settings })
  const possible = ({ needs }: AnyCheck) =>
    Object.values<{ service: string }>(needs).every((name) => services.has(name))
  return { services, checks: checks.filter(possible) }
}
