import { accessSync, constants, existsSync } from "node:fs"
import type { Target } from "../client/target.ts"
import type { PortHolder } from "../gateway/ports.ts"
import type { Holder } from "../store/lock.ts"
import type { Context } from "./command.ts"
import { reportConfig } from "./config-state.ts"
import type { ConfigReport } from "./config-state.ts"
import { findTarget, timeoutOf } from "./gateway-client.ts"
import type { GatewayArgs } from "./gateway-flags.ts"
import { runningHolder } from "./instance.ts"
import { probe } from "./probe.ts"
import type { Probe } from "./probe.ts"
import { reportService } from "./service-status.ts"
import type { ServiceReport } from "./service-status.ts"

/** Everything that decides whether an instance is fine, and what to type when it is not. */
export interface Standing {
  target: Target
  /** What came of asking the gateway; undefined when it was not to be asked. */
  tried?: Probe
  config: ConfigReport
  service: ServiceReport
  /** This instance's own gateway process, where that is the one meant. */
  holder?: Holder
  /** Who listens on the port, when that is not this instance's own gateway. */
  port?: PortHolder
  /** A gateway could write to the state folder. */
  writable: boolean
}

interface Looking {
  /** What came of asking already, or `false` for not asking at all. */
  tried?: Probe | Promise<Probe> | false
  /** Look for other gateways' services too. */
  deep?: boolean
}

/** Looks at the gateway, its service, its config and its port. Changes nothing, and never throws for what it finds. */
export const lookAround = async (
  args: GatewayArgs,
  context: Context,
  { tried: known, deep = false }: Looking = {},
): Promise<Standing> => {
  const { state } = context.paths
  const target = findTarget(args, context, { strict: true })
  const noted = runningHolder(state)
  const [tried, config, service] = await Promise.all([
    known ?? probe(target, context, timeoutOf(args)),
    reportConfig(context),
    reportService(context, { deep, isHeld: noted !== undefined }),
  ])
  const port = Number(new URL(target.url).port)
  const isLocal = target.kind === "local"
  const holder = isLocal && noted?.port === port ? noted : undefined
  const runs = holder !== undefined || service.runtime?.state === "running"
  return {
    target,
    ...(tried && { tried }),
    config,
    service,
    holder,
    ...(isLocal && !runs && (await whoHolds(port))),
    writable: isWritable(state),
  }
}

const whoHolds = async (port: number) => {
  const { systemPorts } = await import("../gateway/ports.ts")
  const found = await systemPorts.holder(port)
  return found ? { port: found } : {}
}

const isWritable = (folder: string) => {
  try {
    if (existsSync(folder)) accessSync(folder, constants.W_OK)
    return true
  } catch {
    return false
  }
}
