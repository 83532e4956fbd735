import { Build } from "../kernel/build.ts"
import { systemClock } from "../kernel/clock.ts"
import { silentLog } from "../kernel/log.ts"
import { possibleWith, type Scope, within } from "../doctor/run.ts"
import { Neighbour } from "../gateway/neighbour.ts"
import { layGround } from "../ground.ts"
import { checks } from "../registry/checks.ts"
import type { Context } from "./command.ts"
import { openSettings } from "./settings.ts"

type Instance = Pick<Context, "env" | "paths">

/** The services there are without a running gateway. */
export const offlineServices = async ({ env, paths }: Instance) => {
  const settings = await openSettings({ paths, env })
  return layGround({ paths, env: settings.env, clock: systemClock, log: silentLog, settings })
}

/** What can be checked from outside of the gateway, and the services it takes. */
export const offlineChecks = async (
  context: Instance & Pick<Context, "version" | "execPath">,
  { neighbour, ...scope }: Scope & { neighbour: Neighbour },
) => {
  const services = await offlineServices(context)
  services.provide(Neighbour, neighbour)
  services.provide(Build, { version: context.version, binary: context.execPath })
  return { services, checks: possibleWith(services, within(checks, scope)) }
}
