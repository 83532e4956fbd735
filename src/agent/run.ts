import { randomUUID } from "node:crypto"
import * as z from "zod"
import { Receive } from "../kernel/channel.ts"
import { Clock } from "../kernel/clock.ts"
import { Deliveries } from "../kernel/delivery.ts"
import { method } from "../kernel/method.ts"
import { Directory } from "../sessions/directory.ts"
import { unknownSession } from "../sessions/faults.ts"
import { mainSession } from "../sessions/keys.ts"
import { usageSchema } from "../sessions/message.ts"
import type { AgentsConfig } from "../agents/config.ts"
import { agents, defaultAgentId } from "../agents/config.ts"
import { modelNotYours, turnFailed, unknownRun } from "./faults.ts"
import type { Outcome } from "./outcome.ts"
import { findOutcome } from "./outcome.ts"
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

const turnResult = z.object({
  runId: z.string(),
  status: z.literal("ok"),
  summary: z.string(),
  result: z.object({
    payloads: z.array(z.object({ text: z.string(), mediaUrl: z.null() })),
    meta: z.object({
      durationMs: z.number(),
      agentMeta: z.object({
        sessionId: z.string().optional(),
        provider: z.string().optional(),
        model: z.string().optional(),
        usage: usageSchema.optional(),
      }),
      aborted: z.boolean(),
      stopReason: z.string(),
    }),
  }),
})

const toResult = (outcome: Outcome): z.input<typeof turnResult> => {
  const { runId, sessionId, provider, model, usage, stopReason, startedAt, endedAt } = outcome
  const aborted = outcome.status === "aborted"
  return {
    runId,
    status: "ok",
    summary: aborted ? "aborted" : "completed",
    result: {
      payloads: outcome.text ? [{ text: outcome.text, mediaUrl: null }] : [],
      meta: {
        durationMs: endedAt - startedAt,
        agentMeta: { sessionId, provider, model, usage },
        aborted,
        stopReason,
      },
    },
  }
}

export const agent = method({
  name: "agent",
  scope: "write",
  summary: "Run one turn: accepted at once, then the reply under the same id.",
  params: () =>
    z.object({
      message,
      agentId: z
        .string()
        .optional()
        .describe("Agent to ask; its main session unless a key is given."),
      sessionKey: sessionKey.optional(),
      sessionId: z.string().optional().describe("Session to go on with, by transcript id."),
      model: z.string().optional().describe("Model of this turn, as provider/model; needs admin."),
      thinking,
      deliver: z.boolean().optional().describe("Also send the reply to a chat network."),
      channel: z
        .string()
        .max(64)
        .optional()
        .describe("Network it is sent to; without one, where the session was last spoken to from."),
      replyChannel: z.string().max(64).optional().describe("The same, before `channel`."),
      to: z.string().max(200).optional().describe("Target there."),
      replyTo: z.string().max(200).optional().describe("The same, before `to`."),
      accountId: z.string().max(64).optional().describe("Account of the network."),
      replyAccountId: z.string().max(64).optional().describe("The same, before `accountId`."),
      attachments,
      timeout: z
        .int()
        .min(0)
        .max(172_800)
        .optional()
        .describe("Seconds; 0 for the longest allowed."),
      extraSystemPrompt: z
        .string()
        .max(100_000)
        .optional()
        .describe("More instructions for this turn."),
      label: z.string().max(100).optional().describe("Name of this run, for logs."),
      lane: z.string().max(64).optional().describe("Accepted for older clients."),
      idempotencyKey: idempotencyKey.default(() => randomUUID()),
    }),
  accepted: z.object({
    runId: z.string(),
    sessionKey: z.string(),
    agentId: z.string(),
    status: z.literal("accepted"),
    acceptedAt: z.number(),
  }),
  result: () => turnResult,
  example: { message: "hello", idempotencyKey: "1" },
  emits: ["agent", "chat"],
  needs: {
    receive: Receive,
    turns: Turns,
    directory: Directory,
    media: Media,
    deliveries: Deliveries,
    agents,
  },
  async handle(params, { receive, turns, directory, media, deliveries, agents, caller, accept }) {
    if (params.model && !caller.scopes.has("admin")) throw modelNotYours()
    const key = params.sessionKey ?? (await sessionNamed(params, directory, agents))
    const chat = directory.key(key).key
    const pictures = await keepAttachments(params.attachments, {
      media,
      sessionKey: chat,
      maxMb: agents.defaults.mediaMaxMb,
    })
    const deliver = await deliverTo(
      {
        deliver: params.deliver,
        channel: params.replyChannel ?? params.channel,
        to: params.replyTo ?? params.to,
        account: params.replyAccountId ?? params.accountId,
        sessionKey: chat,
      },
      deliveries,
    )
    const { runId, sessionKey, agentId, acceptedAt } = await receive({
      channel: "agent",
      account: accountOf(caller),
      chat,
      id: params.idempotencyKey,
      sender: operator(caller),
      text: params.message,
      pictures,
      options: wishes({
        model: params.model,
        thinking: params.thinking,
        instructions: params.extraSystemPrompt,
        timeoutMs: params.timeout === undefined ? undefined : (params.timeout || 172_800) * 1000,
      }),
      ...(deliver && { deliver }),
    })
    accept({ runId, sessionKey, agentId, status: "accepted", acceptedAt })
    const outcome = await findOutcome(runId, { turns, directory })
    if (!outcome) throw unknownRun({ runId })
    if (outcome.status === "error") throw turnFailed({ outcome })
    return toResult(outcome)
  },
})

/** The session that is meant where no key is given: one by transcript, else the agent's main one. */
const sessionNamed = async (
  { sessionId, agentId }: { sessionId?: string; agentId?: string },
  directory: Directory,
  agents: AgentsConfig,
) => {
  if (!sessionId) return mainSession(agentId ?? defaultAgentId(agents))
  const session = await directory.byId(sessionId)
  if (!session) throw unknownSession({ key: sessionId })
  return session.key
}

export const agentWait = method({
  name: "agent.wait",
  scope: "write",
  summary: "Wait until a turn has ended.",
  params: () =>
    z.object({
      runId: z.string().describe("The turn."),
      timeoutMs: z.int().min(0).max(600_000).default(30_000).describe("How long to wait."),
    }),
  result: () =>
    z.object({
      runId: z.string(),
      status: z.enum(["ok", "error", "timeout"]),
      startedAt: z.number().optional(),
      endedAt: z.number().optional(),
      error: z.string().optional(),
    }),
  example: { runId: "1" },
  needs: { turns: Turns, directory: Directory, clock: Clock },
  async handle({ runId, timeoutMs }, { turns, directory, clock }) {
    const late = Promise.withResolvers<"late">()
    const cancel = clock.after(timeoutMs, () => late.resolve("late"))
    const outcome = await Promise.race([findOutcome(runId, { turns, directory }), late.promise])
    cancel()
    if (outcome === "late") return { runId, status: "timeout" as const }
    if (!outcome) throw unknownRun({ runId })
    const { startedAt, endedAt, error } = outcome
    const status = outcome.status === "error" ? ("error" as const) : ("ok" as const)
    return { runId, status, startedAt, endedAt, error: error?.message }
  },
})
