import { pairingRequested, pairingResolved } from "../access/events.ts"
import { agentEvent, chatEvent } from "../agent/events.ts"
import { approvalRequested, approvalResolved } from "../approvals/events.ts"
import { channelsChanged } from "../channels/events.ts"
import { configChanged } from "../config/events.ts"
import { cronEvent } from "../cron/events.ts"
import {
  nodePairRequested,
  nodePairResolved,
  pairRequested,
  pairResolved,
} from "../devices/events.ts"
import * as gatewayEvents from "../gateway/events.ts"
import { heartbeatEvent } from "../heartbeat/events.ts"
import type { AnyEvent } from "../kernel/event.ts"
import { logLines } from "../logs/events.ts"
import { invokeCancel, invokeRequest, voicewakeChanged } from "../nodes/events.ts"
import { outboxSettled } from "../outbox/events.ts"
import { sessionMessage, sessionsChanged } from "../sessions/events.ts"
import { budgetReached } from "../usage/events.ts"

export const events: readonly AnyEvent[] = [
  gatewayEvents.connectChallenge,
  gatewayEvents.tick,
  gatewayEvents.shutdown,
  gatewayEvents.presenceChanged,
  gatewayEvents.healthChanged,
  configChanged,
  agentEvent,
  chatEvent,
  sessionsChanged,
  sessionMessage,
  approvalRequested,
  approvalResolved,
  pairRequested,
  pairResolved,
  nodePairRequested,
  nodePairResolved,
  invokeRequest,
  invokeCancel,
  voicewakeChanged,
  pairingRequested,
  pairingResolved,
  budgetReached,
  cronEvent,
  heartbeatEvent,
  channelsChanged,
  logLines,
  outboxSettled,
]
