import * as z from "zod"
import { event } from "../kernel/event.ts"
import { historyMessage } from "./history.ts"
import { sessionRow } from "./row.ts"

/** What a connection subscribes to; `Subscriptions` keeps these strings. */
export const topics = {
  sessions: "sessions",
  messages: (key: string) => `session:${key}`,
}

export const sessionsChanged = event({
  name: "sessions.changed",
  summary: "A session was made, moved on or was reset.",
  audience: "subscribers",
  payload: () =>
    sessionRow().partial().extend({
      sessionKey: z.string(),
      agentId: z.string(),
      /** Why: `send`, `reset`, … or the `phase` of a run. */
      reason: z.string().optional(),
      /** The transcript it had before a reset. */
      previousSessionId: z.string().optional(),
      phase: z.string().optional(),
      runId: z.string().optional(),
      ts: z.number(),
      session: sessionRow(),
    }),
})

export const sessionMessage = event({
  name: "session.message",
  summary: "A message was added to a session's transcript.",
  audience: "subscribers",
  payload: () =>
    sessionRow().partial().extend({
      sessionKey: z.string(),
      agentId: z.string(),
      message: historyMessage(),
      messageId: z.string(),
      messageSeq: z.int(),
      session: sessionRow(),
    }),
})
