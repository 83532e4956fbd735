import * as z from "zod"
import { Clock } from "../kernel/clock.ts"
import { Subscriptions } from "../kernel/event.ts"
import { method, pathFor } from "../kernel/method.ts"
import { topic } from "./events.ts"
import { tail as readTail } from "./tail.ts"
import { Logs } from "./writer.ts"

export const tail = method({
  name: "logs.tail",
  scope: "read",
  summary: "Read the newest log lines, or those since an earlier answer's cursor.",
  params: () =>
    z.object({
      cursor: z.int().min(0).optional().describe("From an earlier answer: only what came after."),
      limit: z.int().min(1).max(5000).default(500).describe("Most lines to return."),
      maxBytes: z.int().min(1).max(1_000_000).default(250_000).describe("Most bytes to read."),
      sinceMs: z.int().min(1).optional().describe("Only lines of the last so many milliseconds."),
    }),
  result: () =>
    z.object({
      file: z.string(),
      cursor: z.int(),
      size: z.int(),
      lines: z.array(z.string()).describe("One JSON object each, secrets masked."),
      truncated: z.boolean().optional().describe("More lines exist than were returned."),
      reset: z.boolean().optional().describe("A new file was begun since the cursor was made."),
    }),
  example: { limit: 100 },
  needs: { logs: Logs, clock: Clock },
  handle({ sinceMs, ...options }, { logs, clock, caller }) {
    logs.flush()
    const since = sinceMs === undefined ? undefined : clock.now() - sinceMs
    const answer = readTail(logs.current(), { ...options, since })
    return { ...answer, file: pathFor(caller, answer.file) }
  },
})

export const subscribe = method({
  name: "logs.subscribe",
  scope: "read",
  summary: "Send this connection each new line of the log.",
  params: () => z.object({}),
  result: () => z.object({ subscribed: z.boolean() }),
  example: {},
  needs: { subscriptions: Subscriptions },
  handle(_, { subscriptions, caller }) {
    subscriptions.add(caller.connection, topic)
    return { subscribed: true }
  },
})

export const unsubscribe = method({
  name: "logs.unsubscribe",
  scope: "read",
  summary: "Stop what logs.subscribe began.",
  params: () => z.object({}),
  result: () => z.object({ subscribed: z.boolean() }),
  example: {},
  needs: { subscriptions: Subscriptions },
  handle(_, { subscriptions, caller }) {
    subscriptions.remove(caller.connection, topic)
    return { subscribed: false }
  },
})
