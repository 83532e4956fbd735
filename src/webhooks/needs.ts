import { agents } from "../agents/config.ts"
import { Turns } from "../agent/turns.ts"
import { Paths } from "../config/paths.ts"
import { Receive } from "../kernel/channel.ts"
import { Clock } from "../kernel/clock.ts"
import { Deliveries } from "../kernel/delivery.ts"
import { Log } from "../kernel/log.ts"
import type { RouteContext, RouteRequest } from "../kernel/route.ts"
import { service, type Supplied } from "../kernel/service.ts"
import { SystemEvents } from "../kernel/system-events.ts"
import { Models } from "../models/service.ts"
import { Directory } from "../sessions/directory.ts"
import type { Attempts } from "./attempts.ts"
import { hooks } from "./config.ts"
import { GmailWatching } from "./gmail/service.ts"

/** Wrong tokens so far. */
export const HookAttempts = service<Attempts>("hook attempts")
/** The gateway's own secret, which is none for hooks. */
export const GatewaySecret = service<() => string | undefined>("gateway secret")

/** What hooks work with. */
export const hookNeeds = {
  receive: Receive,
  turns: Turns,
  directory: Directory,
  deliveries: Deliveries,
  models: Models,
  events: SystemEvents,
  agents,
  hooks,
  clock: Clock,
  log: Log,
  paths: Paths,
  attempts: HookAttempts,
  gatewaySecret: GatewaySecret,
  gmail: GmailWatching,
}
export type Shop = Supplied<typeof hookNeeds>
/** A call of which nobody knows yet whether it is proven. */
export type HookRequest = Shop & RouteRequest
export type HookContext = Shop & RouteContext
