import type { z } from "zod"
import type { agentsList } from "../agent/agents.ts"
import type { agentEvent, chatEvent } from "../agent/events.ts"
import type { abort, send } from "../agent/chat.ts"
import type { listCommands } from "../agent/list-commands.ts"
import type * as approvals from "../approvals/methods.ts"
import type * as approvalEvents from "../approvals/events.ts"
import type * as approvalPolicy from "../approvals/policy-methods.ts"
import type * as accessEvents from "../access/events.ts"
import type { channelsChanged } from "../channels/events.ts"
import type * as channels from "../channels/methods.ts"
import type * as configChanges from "../config/change-methods.ts"
import type { configChanged } from "../config/events.ts"
import type * as config from "../config/methods.ts"
import type { cronEvent } from "../cron/events.ts"
import type * as cron from "../cron/methods.ts"
import type * as cronRuns from "../cron/run-methods.ts"
import type * as devices from "../devices/methods.ts"
import type * as deviceEvents from "../devices/events.ts"
import type * as doctor from "../doctor/methods.ts"
import type * as gateway from "../gateway/methods.ts"
import type { describeMethod } from "../gateway/method-help.ts"
import type * as gatewayEvents from "../gateway/events.ts"
import type { heartbeatEvent } from "../heartbeat/events.ts"
import type { logLines } from "../logs/events.ts"
import type * as logs from "../logs/methods.ts"
import type { get as mediaGet } from "../media/methods.ts"
import type { list as modelsList } from "../models/methods.ts"
import type * as nodes from "../nodes/methods.ts"
import type * as nodePairing from "../nodes/pair-methods.ts"
import type * as outbox from "../outbox/delivery-methods.ts"
import type { outboxSettled } from "../outbox/events.ts"
import type * as archives from "../sessions/archive-methods.ts"
import type * as sessions from "../sessions/methods.ts"
import type { sessionMessage, sessionsChanged } from "../sessions/events.ts"
import type { patch as sessionsPatch } from "../sessions/patch-method.ts"
import type * as transfer from "../sessions/transfer-methods.ts"
import type * as sessionsUpkeep from "../sessions/upkeep-methods.ts"
import type { AgentMethods } from "./agent-methods.ts"
import type * as updates from "../update/methods.ts"
import type { budgetReached } from "../usage/events.ts"
import type * as usage from "../usage/methods.ts"
import type { sessionsUsage } from "../usage/session-methods.ts"

/**
 * The methods these pages call, by their names on the wire: parameters and results are typed by the
 * declarations themselves. A page that calls another one adds its line here.
 */
export interface Methods extends AgentMethods {
  "agents.list": typeof agentsList
  "channels.start": typeof channels.start
  "channels.status": typeof channels.status
  "chat.abort": typeof abort
  "chat.send": typeof send
  "commands.list": typeof listCommands
  "config.edit": typeof configChanges.edit
  "config.get": typeof config.get
  "config.schema": typeof config.schema
  "config.set": typeof configChanges.set
  "cron.runs": typeof cronRuns.runs
  "cron.status": typeof cron.status
  "device.pair.approve": typeof devices.approve
  "device.pair.list": typeof devices.list
  "device.pair.reject": typeof devices.reject
  "device.pair.remove": typeof devices.remove
  "device.setup.create": typeof devices.createSetup
  "device.token.revoke": typeof devices.revoke
  "doctor.fix": typeof doctor.fix
  "doctor.run": typeof doctor.run
  "exec.approval.list": typeof approvals.list
  "exec.approval.resolve": typeof approvals.resolve
  "exec.approvals.get": typeof approvalPolicy.get
  "exec.approvals.set": typeof approvalPolicy.set
  "gateway.method.get": typeof describeMethod
  "logs.subscribe": typeof logs.subscribe
  "logs.tail": typeof logs.tail
  "logs.unsubscribe": typeof logs.unsubscribe
  "media.get": typeof mediaGet
  "models.list": typeof modelsList
  "node.invoke": typeof nodes.invoke
  "node.list": typeof nodes.list
  "node.pair.remove": typeof nodePairing.remove
  "node.rename": typeof nodes.rename
  "outbox.discard": typeof outbox.discard
  "outbox.list": typeof outbox.list
  "outbox.retry": typeof outbox.retry
  "sessions.archives.list": typeof archives.list
  "sessions.archives.restore": typeof archives.restore
  "sessions.cleanup": typeof sessionsUpkeep.cleanup
  "sessions.delete": typeof sessionsUpkeep.remove
  "sessions.export": typeof transfer.exportTranscript
  "sessions.list": typeof sessions.list
  "sessions.patch": typeof sessionsPatch
  "sessions.reset": typeof sessions.reset
  "sessions.search": typeof sessionsUpkeep.search
  "sessions.usage": typeof sessionsUsage
  status: typeof gateway.status
  "system-presence": typeof gateway.systemPresence
  "update.run": typeof updates.run
  "update.status": typeof updates.status
  "usage.status": typeof usage.status
}

/** The events these pages listen to. */
export interface Events {
  agent: typeof agentEvent
  "channel.pair.requested": typeof accessEvents.pairingRequested
  "channel.pair.resolved": typeof accessEvents.pairingResolved
  channels: typeof channelsChanged
  chat: typeof chatEvent
  "config.changed": typeof configChanged
  cron: typeof cronEvent
  "device.pair.requested": typeof deviceEvents.pairRequested
  "device.pair.resolved": typeof deviceEvents.pairResolved
  "exec.approval.requested": typeof approvalEvents.approvalRequested
  "exec.approval.resolved": typeof approvalEvents.approvalResolved
  health: typeof gatewayEvents.healthChanged
  heartbeat: typeof heartbeatEvent
  "logs.lines": typeof logLines
  "outbox.settled": typeof outboxSettled
  presence: typeof gatewayEvents.presenceChanged
  "session.message": typeof sessionMessage
  "sessions.changed": typeof sessionsChanged
  "usage.budget": typeof budgetReached
}

export type MethodName = keyof Methods
export type EventName = keyof Events
export type Params<N extends MethodName> = z.input<Methods[N]["params"]>
export type Result<N extends MethodName> = z.output<Methods[N]["result"]>
export type Payload<N extends EventName> = z.output<Events[N]["payload"]>
