import * as z from "zod"
import { Clock } from "../kernel/clock.ts"
import { Subscriptions } from "../kernel/event.ts"
import { method } from "../kernel/method.ts"
import { Directory } from "./directory.ts"
import { topics } from "./events.ts"
import { unknownSession } from "./faults.ts"
import { textOf } from "./message.ts"
import { sessionRow, toRow } from "./row.ts"
import { listParams, Lists, sessionPage } from "./lists.ts"

export const list = method({
  name: "sessions.list",
  scope: "read",
  summary: "List sessions, the newest first.",
  params: listParams,
  result: sessionPage,
  example: { limit: 20 },
  needs: { lists: Lists },
  handle: (params, { lists }) => lists.page(params),
})

const key = z.string().min(1).describe("Session key; `main` is the default agent's main session.")

export const describe = method({
  name: "sessions.describe",
  scope: "read",
  summary: "Show one session.",
  params: () => z.object({ key }),
  result: () => z.object({ session: sessionRow().nullable() }),
  example: { key: "main" },
  needs: { directory: Directory },
  async handle({ key }, { directory }) {
    const session = await directory.find(key)
    return { session: session && toRow(session) }
  },
})

export const resolve = method({
  name: "sessions.resolve",
  scope: "read",
  summary: "Find a session's key by key, id or label.",
  params: () =>
    z.object({
      key: z.string().optional().describe("Session key."),
      sessionId: z.string().optional().describe("Transcript id."),
      label: z.string().optional().describe("Label."),
      agentId: z.string().optional().describe("Only this agent's sessions."),
      spawnedBy: z.string().optional().describe("Only sessions this one started."),
      includeGlobal: z.boolean().optional().describe("Also the global session."),
      includeUnknown: z.boolean().optional().describe("Also sessions of unknown origin."),
    }),
  result: () => z.object({ ok: z.literal(true), key: z.string() }),
  example: { key: "main" },
  needs: { directory: Directory },
  async handle({ key, sessionId, label, agentId }, { directory }) {
    const found = key
      ? await directory.find(key)
      : sessionId
        ? await directory.byId(sessionId)
        : label
          ? (await directory.list({ label, agentId, limit: 1 })).sessions[0]
          : null
    if (!found || (agentId && found.agentId !== agentId))
      throw unknownSession({ key: key ?? sessionId ?? label ?? "" })
    return { ok: true as const, key: found.key }
  },
})

export const preview = method({
  name: "sessions.preview",
  scope: "read",
  summary: "Show the newest messages of several sessions, shortened.",
  params: () =>
    z.object({
      keys: z.array(key).min(1).max(64).describe("Sessions to look into."),
      limit: z.int().min(1).max(50).default(10).describe("Messages of each."),
      maxChars: z.int().min(20).max(2000).default(240).describe("Characters of each message."),
    }),
  result: () =>
    z.object({
      ts: z.number(),
      previews: z.array(
        z.object({
          key: z.string(),
          status: z.enum(["ok", "missing", "empty"]),
          items: z.array(z.object({ role: z.string(), text: z.string() })),
        }),
      ),
    }),
  example: { keys: ["main"] },
  needs: { directory: Directory, clock: Clock },
  async handle({ keys, limit, maxChars }, { directory, clock }) {
    const one = async (key: string) => {
      const session = await directory.find(key)
      if (!session) return { key, status: "missing" as const, items: [] }
      const entries = await directory.history(session.sessionId, { limit, ...previewed })
      const items = entries.map(({ message }) => ({
        role: message.role,
        text: textOf(message).slice(0, maxChars).toWellFormed(),
      }))
      return { key, status: items.length ? ("ok" as const) : ("empty" as const), items }
    }
    return { ts: clock.now(), previews: await Promise.all(keys.map(one)) }
  },
})

/** What is read of one transcript for a preview; a long message shows as one that is left out. */
const previewed = { maxBytes: 256 * 1024, maxEntryBytes: 64 * 1024 }

/** Subscribing and its end are the same method but for the direction. */
const following = (act: "subscribe" | "unsubscribe", summary: string) => {
  const on = act === "subscribe"
  return method({
    name: `sessions.${act}`,
    scope: "read",
    summary,
    params: z.object({}),
    result: z.object({ subscribed: z.boolean() }),
    example: {},
    needs: { subscriptions: Subscriptions },
    handle(_, { subscriptions, caller }) {
      subscriptions[on ? "add" : "remove"](caller.connection, topics.sessions)
      return { subscribed: on }
    },
  })
}

const followingMessages = (act: "subscribe" | "unsubscribe", summary: string) => {
  const on = act === "subscribe"
  return method({
    name: `sessions.messages.${act}`,
    scope: "read",
    summary,
    params: z.object({ key }),
    result: z.object({ subscribed: z.boolean(), key: z.string() }),
    example: { key: "main" },
    needs: { subscriptions: Subscriptions, directory: Directory },
    handle(params, { subscriptions, directory, caller }) {
      const { key } = directory.key(params.key)
      subscriptions[on ? "add" : "remove"](caller.connection, topics.messages(key))
      return { subscribed: on, key }
    },
  })
}

export const subscribe = following(
  "subscribe",
  "Send this connection sessions.changed events, and the messages of every session.",
)
export const unsubscribe = following("unsubscribe", "Stop what sessions.subscribe began.")
export const subscribeMessages = followingMessages(
  "subscribe",
  "Send this connection each new message of one session.",
)
export const unsubscribeMessages = followingMessages(
  "unsubscribe",
  "Stop the messages of one session on this connection.",
)

export const reset = method({
  name: "sessions.reset",
  scope: "admin",
  summary: "Start a session afresh; its old transcript is archived.",
  params: () =>
    z.object({
      key,
      reason: z.enum(["new", "reset"]).optional().describe("What asked for it."),
    }),
  result: () => z.object({ ok: z.literal(true), key: z.string(), entry: sessionRow() }),
  example: { key: "main" },
  needs: { directory: Directory },
  async handle(params, { directory }) {
    const { key } = directory.key(params.key)
    const session = await directory.reset(key)
    if (!session) throw unknownSession({ key })
    return { ok: true as const, key, entry: toRow(session) }
  },
})
