import { z } from "zod"
import { event } from "../kernel/event.ts"

/** Only the one connection that is meant hears of it. */
export const topicOf = (connection: string) => `node ${connection}`

export const invokeRequest = event({
  name: "node.invoke.request",
  summary: "A node is asked to do something.",
  audience: "subscribers",
  payload: () =>
    z.object({
      id: z.string(),
      nodeId: z.string(),
      command: z.string(),
      paramsJSON: z.string().nullable(),
      timeoutMs: z.int().optional(),
      idempotencyKey: z.string().optional(),
    }),
})

export const invokeCancel = event({
  name: "node.invoke.cancel",
  summary: "Nobody waits for a node's answer any more: what it began should end.",
  audience: "subscribers",
  payload: () => z.object({ id: z.string(), nodeId: z.string() }),
})

export const voicewakeChanged = event({
  name: "voicewake.changed",
  summary: "The words that wake a listening phone are these; a node is told when it connects.",
  audience: "all",
  payload: () => z.object({ triggers: z.array(z.string()) }),
})
