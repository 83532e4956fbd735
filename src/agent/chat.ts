import * as z from "zod"
import { Receive } from "../kernel/channel.ts"
import { Clock } from "../kernel/clock.ts"
import { Deliveries } from "../kernel/delivery.ts"
import { Bus } from "../kernel/event.ts"
import { method } from "../kernel/method.ts"
import { Directory } from "../sessions/directory.ts"
import { asksToStop } from "./chat-commands.ts"
import { chatEvent } from "./events.ts"
import { agents } from "../agents/config.ts"
import { Media } from "../media/service.ts"
import { attachments, keepAttachments } from "./attachments.ts"
import {
  accountOf,
  deliverTo,
  idempotencyKey,
  message,
  operator,
  sessionKey,
  thinking,
  wishes,
} from "./requests.ts"
import { Turns } from "./turns.ts"

export const send = method({
  name: "chat.send",
  scope: "write",
  summary: "Say something in a session; the reply comes as chat and agent events.",
  params: () =>
    z.object({
      sessionKey,
      sessionId: z.string().optional().describe("Accepted for older clients; the key decides."),
      message,
      thinking,
      deliver: z
        .boolean()
        .optional()
        .describe("Also send the reply to where the session was last spoken to from."),
      attachments,
      timeoutMs: z
        .int()
        .min(1000)
        .max(172_800_000)
        .optional()
        .describe("Stop the turn after this long."),
      idempotencyKey,
    }),
  result: () => z.object({ runId: z.string(), status: z.enum(["started", "in_flight", "ok"]) }),
  example: { sessionKey: "main", message: "hello", idempotencyKey: "1" },
  emits: ["chat", "agent", "session.message", "sessions.changed"],
  needs: {
    receive: Receive,
    turns: Turns,
    directory: Directory,
    media: Media,
    deliveries: Deliveries,
    agents,
  },
  async handle(params, { receive, turns, directory, media, deliveries, agents, caller }) {
    const { key } = directory.key(params.sessionKey)
    if (asksToStop(params.message) && turns.abort({ sessionKey: key, tree: true }, "user").length) {
      return { runId: params.idempotencyKey, status: "ok" as const }
    }
    const pictures = await keepAttachments(params.attachments, {
      media,
      sessionKey: key,
      maxMb: agents.defaults.mediaMaxMb,
    })
    const deliver = await deliverTo({ deliver: params.deliver, sessionKey: key }, deliveries)
    const { runId, state } = await receive({
      channel: "webchat",
      account: accountOf(caller),
      chat: key,
      id: params.idempotencyKey,
      sender: operator(caller),
      text: params.message,
      pictures,
      options: wishes({ timeoutMs: params.timeoutMs, thinking: params.thinking }),
      ...(deliver && { deliver }),
    })
    const status = ({ new: "started", running: "in_flight", done: "ok" } as const)[state]
    return { runId, status }
  },
})

export const abort = method({
  name: "chat.abort",
  scope: "write",
  summary: "Stop the turn under way; what was said so far is kept.",
  params: () =>
    z.object({
      sessionKey,
      runId: z
        .string()
        .optional()
        .describe("Only this turn; every turn of the session when left out."),
    }),
  result: () =>
    z.object({ ok: z.literal(true), aborted: z.boolean(), runIds: z.array(z.string()) }),
  example: { sessionKey: "main" },
  emits: ["chat"],
  needs: { turns: Turns, directory: Directory },
  handle(params, { turns, directory }) {
    const { key } = directory.key(params.sessionKey)
    const runIds = turns.abort({ sessionKey: key, runId: params.runId }, "user")
    return { ok: true as const, aborted: runIds.length > 0, runIds }
  },
})

export const inject = method({
  name: "chat.inject",
  scope: "admin",
  summary: "Put a note into a session's transcript; no model runs.",
  params: () =>
    z.object({
      sessionKey,
      message,
      label: z.string().max(100).optional().describe("Who or what the note is from."),
    }),
  result: () => z.object({ ok: z.literal(true), messageId: z.string() }),
  example: { sessionKey: "main", message: "The backup ran.", label: "backup" },
  emits: ["chat", "session.message"],
  needs: { directory: Directory, bus: Bus, clock: Clock },
  async handle({ sessionKey, message, label }, { directory, bus, clock }) {
    const { key, agentId } = directory.key(sessionKey)
    const session = await directory.open(key, agentId)
    const content = [{ type: "text" as const, text: message }]
    const timestamp = clock.now()
    const note = { role: "assistant" as const, content, label: label ?? "note", timestamp }
    const [entry] = await directory.append(session, null, [note])
    bus.emit(chatEvent, {
      runId: `inject-${entry!.id}`,
      sessionKey: key,
      agentId,
      seq: 1,
      state: "final",
      message: { role: "assistant", content, timestamp },
    })
    return { ok: true as const, messageId: entry!.id }
  },
})
