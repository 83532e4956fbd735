import * as z from "zod"
import { Receive } from "../../kernel/channel.ts"
import { Clock } from "../../kernel/clock.ts"
import { Log } from "../../kernel/log.ts"
import { type Standing, tool } from "../../kernel/tool.ts"
import { session as sessionSection } from "../../sessions/config.ts"
import { Directory } from "../../sessions/directory.ts"
import { toHistory } from "../../sessions/history.ts"
import { textOf } from "../../sessions/message.ts"
import type { Session } from "../../sessions/session.ts"
import { tools as toolsSection } from "../../tools/config.ts"
import { findOutcome } from "../outcome.ts"
import { Subagents } from "../subagents/subagents.ts"
import { Turns } from "../turns.ts"
import { converse } from "./converse.ts"
import { outOfReach, ownSession } from "./faults.ts"
import { mayReach } from "./reach.ts"

const needs = { directory: Directory, subagents: Subagents, rules: toolsSection }
interface Reaching extends Standing {
  directory: Directory
  subagents: Subagents
  rules: Parameters<typeof mayReach>[2]
}

const kinds = ["main", "group", "cron", "hook", "node", "other"] as const
const kindOf = (key: string): (typeof kinds)[number] => {
  if (/^agent:[^:]+:main$/.test(key)) return "main"
  if (/:(group|channel):/.test(key)) return "group"
  if (/(^|:)cron:/.test(key)) return "cron"
  if (/(^|:)hook:/.test(key)) return "hook"
  return key.startsWith("node-") ? "node" : "other"
}

/** The sessions within reach, the newest first. */
const within = async (
  context: Reaching,
  filter: { limit: number; updatedSince?: number },
): Promise<Session[]> => {
  const { directory, subagents, rules, sessionKey, agentId } = context
  const { visibility } = rules.sessions
  if (visibility === "self" || visibility === "tree") {
    const keys = [sessionKey, ...(visibility === "tree" ? subagents.descendants(sessionKey) : [])]
    const found = await Promise.all(keys.map((key) => directory.find(key)))
    return found
      .filter((one) => one !== null && one.updatedAt >= (filter.updatedSince ?? 0))
      .filter((one) => one !== null)
      .toSorted((a, b) => b.updatedAt - a.updatedAt)
  }
  const only = visibility === "agent" || !rules.agentToAgent.enabled ? { agentId } : {}
  const { sessions } = await directory.list({ ...filter, ...only, limit: 1000 })
  return sessions.filter(({ key }) => mayReach(context, key, rules, subagents))
}

/** The session that is meant, by key, transcript id or label. Throws `agents.out-of-reach`. */
const named = async (
  { sessionKey, label, agentId }: { sessionKey?: string; label?: string; agentId?: string },
  context: Reaching,
): Promise<Session> => {
  const { directory, subagents, rules } = context
  const wanted = sessionKey ?? label ?? ""
  const found = sessionKey
    ? ((await directory.byId(sessionKey)) ?? (await directory.find(sessionKey)))
    : ((await directory.list({ label, agentId: agentId ?? context.agentId, limit: 1 }))
        .sessions[0] ?? null)
  // One that is not there and one that is not for this session look the same.
  if (!found || !mayReach(context, found.key, rules, subagents)) throw outOfReach({ key: wanted })
  return found
}

export const sessionsList = tool({
  name: "sessions_list",
  group: "sessions",
  label: "List sessions",
  description:
    "Sessions within reach, the newest first: this one, and as far as the config allows others.",
  params: () =>
    z.object({
      kinds: z.array(z.enum(kinds)).optional().describe("Only sessions of these kinds."),
      limit: z.int().min(1).max(200).default(20).describe("How many to list."),
      activeMinutes: z.int().min(1).optional().describe("Only those used in the last minutes."),
      messageLimit: z.int().min(0).max(20).default(0).describe("Newest messages to show of each."),
    }),
  needs: { ...needs, clock: Clock },
  async run({ kinds: only, limit, activeMinutes, messageLimit }, context) {
    const { directory, clock } = context
    const updatedSince = activeMinutes ? clock.now() - activeMinutes * 60_000 : undefined
    const all = (await within(context, { limit, updatedSince })).filter(
      ({ key }) => !only || only.includes(kindOf(key)),
    )
    const rows = all.slice(0, limit).map(async (session) => ({
      key: session.key,
      kind: kindOf(session.key),
      displayName: session.label ?? session.title ?? undefined,
      updatedAt: new Date(session.updatedAt).toISOString(),
      sessionId: session.sessionId,
      status: session.status,
      model: session.model ? `${session.provider}/${session.model}` : undefined,
      contextTokens: session.contextTokens,
      totalTokens: session.inputTokens + session.outputTokens,
      ...(messageLimit && { messages: await newest(directory, session, messageLimit, false) }),
    }))
    return { count: all.length, sessions: await Promise.all(rows) }
  },
})

/** As much of one message as another session gets to read. */
const mostChars = 4000

const newest = async (
  directory: Directory,
  { sessionId }: Session,
  limit: number,
  includeTools: boolean,
) => {
  const entries = await directory.history(sessionId, { limit: includeTools ? limit : limit * 4 })
  return entries
    .map((entry) => ({ message: toHistory(entry), text: textOf(entry.message) }))
    .filter(({ message, text }) => includeTools || (message.role !== "toolResult" && text.trim()))
    .slice(-limit)
    .map(({ message, text }) => ({
      role: message.role,
      text: text.slice(0, mostChars).toWellFormed(),
      at: new Date(message.timestamp).toISOString(),
      ...(message.role === "toolResult" && { tool: message.toolName }),
    }))
}

export const sessionsHistory = tool({
  name: "sessions_history",
  group: "sessions",
  label: "Read a session",
  description: "The newest messages of a session within reach, oldest first.",
  params: () =>
    z.object({
      sessionKey: z.string().min(1).max(512).describe("Its key, or its id."),
      limit: z.int().min(1).max(200).default(30).describe("Messages to read."),
      includeTools: z.boolean().default(false).describe("Also what tools answered."),
    }),
  needs,
  async run({ sessionKey, limit, includeTools }, context) {
    const session = await named({ sessionKey }, context)
    const messages = await newest(context.directory, session, limit, includeTools)
    return { sessionKey: session.key, messages }
  },
})

export const sessionsSend = tool({
  name: "sessions_send",
  group: "sessions",
  label: "Send to a session",
  description:
    "Says something in another session and waits for its answer; with timeoutSeconds 0 the answer comes later, as a message.",
  params: () =>
    z.object({
      sessionKey: z.string().min(1).max(512).optional().describe("Its key, or its id."),
      label: z.string().min(1).max(200).optional().describe("Its label, where no key is given."),
      agentId: z.string().max(64).optional().describe("Whose session the label names."),
      message: z.string().min(1).max(100_000).describe("What to say."),
      timeoutSeconds: z
        .int()
        .min(0)
        .max(600)
        .default(30)
        .describe("How long to wait for the answer; 0 not at all."),
    }),
  deadlineMs: "own",
  needs: {
    ...needs,
    turns: Turns,
    clock: Clock,
    receive: Receive,
    log: Log,
    sessions: sessionSection,
  },
  async run({ message: text, timeoutSeconds, ...target }, context) {
    const { directory, turns, clock, receive, log, signal, owner } = context
    const from = context.sessionKey
    const { key } = await named(target, context)
    if (key === from) throw ownSession()
    const say = (chat: string, by: string, words: string) =>
      receive({
        channel: "sessions",
        account: "default",
        chat,
        id: crypto.randomUUID(),
        sender: { kind: "agent", sessionKey: by, owner },
        text: words,
      })
    const { runId } = await say(key, from, text)
    const answered = findOutcome(runId, { turns, directory })
    const outcome = timeoutSeconds
      ? await soon(answered, { ms: timeoutSeconds * 1000, clock, signal })
      : "late"
    if (outcome !== "late") {
      if (!outcome || outcome.status === "error")
        return { runId, status: "error", error: outcome?.error?.message ?? "the gateway stopped" }
      return { runId, status: "ok", sessionKey: key, reply: outcome.text }
    }
    const most = context.sessions.agentToAgent.maxPingPongTurns
    void answered
      .then(
        (first) => first && converse(first.text, { from, to: key, most, say, turns, directory }),
      )
      .catch((error: unknown) =>
        log.for("agent").warn("an answer could not be brought back", { session: from, error }),
      )
    return { runId, status: timeoutSeconds ? "timeout" : "accepted", sessionKey: key }
  },
})

/** What comes of it, unless that takes too long or the turn ends first. */
const soon = async <T>(
  work: Promise<T>,
  { ms, clock, signal }: { ms: number; clock: Clock; signal: AbortSignal },
): Promise<T | "late"> => {
  const late = Promise.withResolvers<"late">()
  const giveUp = () => late.resolve("late")
  const cancel = clock.after(ms, giveUp)
  signal.addEventListener("abort", giveUp, { once: true })
  try {
    return await Promise.race([work, late.promise])
  } finally {
    cancel()
    signal.removeEventListener("abort", giveUp)
  }
}
