import * as z from "zod"
import { Accounts } from "../channels/accounts.ts"
import { agents, defaultAgentId } from "../agents/config.ts"
import { Clock } from "../kernel/clock.ts"
import { Deliveries, type Destination } from "../kernel/delivery.ts"
import { method } from "../kernel/method.ts"
import type { Supplied } from "../kernel/service.ts"
import { Networks } from "./network.ts"
import { Sending } from "./sending.ts"
import { readShownAs, shownAsParams } from "./shown-as.ts"
import { readChannel } from "./target.ts"

const place = () => ({
  to: z.string().max(200).default("").describe("Where to; empty for the account's defaultTo."),
  channel: z.string().max(64).optional().describe("Network; may be left out where there is one."),
  accountId: z.string().max(64).optional().describe("Account; the channel's default one without."),
  threadId: z.string().max(200).optional().describe("Thread or topic in it."),
})
const key = () =>
  z
    .string()
    .min(1)
    .max(256)
    .default(() => crypto.randomUUID())
    .describe("The same key again means the same message, which is sent once.")

const needs = {
  sending: Sending,
  networks: Networks,
  deliveries: Deliveries,
  accounts: Accounts,
  clock: Clock,
}

const sent = () =>
  z.object({
    runId: z.string().describe("The key it was sent by."),
    messageId: z.string().optional().describe("Missing while it is on its way."),
    messageIds: z.array(z.string()),
    deliveryId: z.string(),
    state: z.string(),
    channel: z.string(),
    accountId: z.string(),
    to: z.string(),
  })

interface Placed {
  to: string
  channel?: string
  accountId?: string
  threadId?: string
}

const destination = (
  { to, channel, accountId, threadId }: Placed,
  { deliveries, networks }: { deliveries: Deliveries; networks: Networks },
): Destination => {
  const found = deliveries.target(readChannel(networks, channel, to), to, accountId)
  if (!threadId) return found
  return {
    ...found,
    conversation: { ...found.conversation, thread: { id: threadId, kind: "thread" } },
  }
}

/** What acting on a network takes of a call's services, which are read as they are used. */
const forActing = ({ networks, accounts, clock }: Supplied<typeof needs>) => ({
  networks,
  accounts,
  clock,
})

const forSending = async (context: Supplied<typeof needs>) => {
  const { send, outbox } = await context.sending()
  return { ...forActing(context), send, outbox }
}

const told = (
  runId: string,
  outcome: {
    id: string
    state: string
    messageIds: readonly string[]
    channel: string
    account: string
    to: string
  },
) => ({
  runId,
  ...(outcome.messageIds[0] && { messageId: outcome.messageIds[0] }),
  messageIds: [...outcome.messageIds],
  deliveryId: outcome.id,
  state: outcome.state,
  channel: outcome.channel,
  accountId: outcome.account,
  to: outcome.to,
})

export const send = method({
  name: "send",
  scope: "write",
  summary: "Send a message to a chat network, and wait until it is there.",
  params: () =>
    z.object({
      ...place(),
      message: z.string().max(100_000).optional().describe("Markdown."),
      mediaUrl: z
        .string()
        .max(40_000_000)
        .optional()
        .describe("A file: address or workspace path."),
      mediaUrls: z.array(z.string().max(40_000_000)).max(10).optional().describe("Several files."),
      ...shownAsParams(),
      gifPlayback: z.boolean().optional().describe("Accepted for older clients."),
      replyTo: z.string().max(200).optional().describe("Message it answers."),
      silent: z.boolean().optional().describe("Without a sound."),
      agentId: z.string().max(64).optional().describe("Whose workspace files are read from."),
      sessionKey: z.string().max(512).optional().describe("Session whose send policy holds."),
      idempotencyKey: key(),
    }),
  result: sent,
  example: { channel: "telegram", to: "42", message: "hello", idempotencyKey: "1" },
  emits: ["outbox.settled"],
  needs: { ...needs, agents },
  async handle(params, context) {
    const { agents, signal } = context
    const { sendNow } = await import("./act.ts")
    const { message, mediaUrl, mediaUrls = [], idempotencyKey, sessionKey } = params
    const { replyTo, silent } = params
    const shown = readShownAs(params)
    const sources = [...(mediaUrl ? [mediaUrl] : []), ...mediaUrls]
    const media = sources.map((source) => ({ source, ...shown }))
    const outcome = await sendNow(
      destination(params, context),
      { text: message, media, replyTo, silent },
      {
        key: `send:${idempotencyKey}`,
        sessionKey,
        agentId: params.agentId ?? defaultAgentId(agents),
        signal,
      },
      await forSending(context),
    )
    return told(idempotencyKey, outcome)
  },
})

export const poll = method({
  name: "poll",
  scope: "write",
  summary: "Ask people on a chat network to choose.",
  params: () =>
    z.object({
      ...place(),
      question: z.string().min(1).max(300).describe("What is asked."),
      options: z.array(z.string().min(1).max(100)).min(2).max(12).describe("What to choose from."),
      maxSelections: z.int().min(1).max(12).default(1).describe("How many one may choose."),
      durationSeconds: z.int().min(5).optional().describe("How long it is open."),
      durationHours: z.number().positive().max(768).optional().describe("The same in hours."),
      silent: z.boolean().optional().describe("Without a sound."),
      isAnonymous: z.boolean().optional().describe("Hide who chose what."),
      idempotencyKey: key(),
    }),
  result: sent,
  example: { channel: "telegram", to: "42", question: "Tea?", options: ["Yes", "No"] },
  emits: ["outbox.settled"],
  needs,
  async handle(params, context) {
    const { sendNow } = await import("./act.ts")
    const { question, options, maxSelections, durationSeconds, durationHours } = params
    const seconds = durationSeconds ?? (durationHours && durationHours * 3600)
    const content = {
      silent: params.silent,
      poll: {
        question,
        options,
        most: Math.min(maxSelections, options.length),
        ...(seconds && { durationMs: seconds * 1000 }),
        ...(params.isAnonymous === false && { public: true }),
      },
    }
    const outcome = await sendNow(
      destination(params, context),
      content,
      { key: `send:${params.idempotencyKey}`, signal: context.signal },
      await forSending(context),
    )
    return told(params.idempotencyKey, outcome)
  },
})

export const action = method({
  name: "message.action",
  scope: "write",
  summary: "React to, edit, delete or read messages on a chat network, or do what only it can.",
  params: () =>
    z.object({
      ...place(),
      action: z.string().min(1).max(64).describe("react, edit, delete, read, pin, …"),
      messageId: z.string().max(200).optional().describe("Message that something is done to."),
      message: z.string().max(100_000).optional().describe("New words, for edit."),
      emoji: z.string().max(64).optional().describe("Reaction; empty takes back all."),
      remove: z.boolean().optional().describe("Take the reaction back."),
      author: z.string().max(200).optional().describe("Who wrote it, where that is needed."),
      limit: z.int().min(1).max(100).optional().describe("Messages to read."),
      before: z.string().max(200).optional().describe("Only those before this id."),
      after: z.string().max(200).optional().describe("Only those after this id."),
      args: z.record(z.string(), z.unknown()).optional().describe("For a network's own action."),
    }),
  result: () => z.looseObject({}),
  example: { channel: "telegram", to: "42", action: "react", messageId: "7", emoji: "👍" },
  needs,
  async handle(params, context) {
    const { act } = await import("./act.ts")
    const { action, message: text, ...deed } = params
    const to = destination(params, context)
    return (await act(action, to, { ...deed, text }, forActing(context))) as Record<string, unknown>
  },
})
