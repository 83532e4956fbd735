import * as z from "zod"
import { event } from "../kernel/event.ts"

const base = {
  runId: z.string(),
  sessionKey: z.string(),
  agentId: z.string(),
  /** Counts within the run; merged deltas count too. */
  seq: z.int(),
}

export const agentEvent = event({
  name: "agent",
  summary: "What an agent does in a turn: its life cycle, text, tools, usage.",
  audience: "read",
  payload: () =>
    z.object({
      ...base,
      sessionId: z.string().optional(),
      stream: z.enum([
        "lifecycle",
        "assistant",
        "thinking",
        "tool",
        "usage",
        "compaction",
        "diagnostic",
      ]),
      data: z.record(z.string(), z.unknown()),
      ts: z.number(),
    }),
  v3: ({ agentId: _, ...payload }) => payload,
  capability: ({ stream }) => (stream === "tool" ? "tool-events" : undefined),
})
export type AgentStream = z.infer<typeof agentEvent.payload>["stream"]

export const chatEvent = event({
  name: "chat",
  summary: "A reply as it grows, and how it ended.",
  audience: "read",
  payload: () =>
    z.object({
      ...base,
      state: z.enum(["delta", "final", "aborted", "error"]),
      /** Text added since the last delta; `message` holds all of it. */
      deltaText: z.string().optional(),
      message: z
        .object({
          role: z.literal("assistant"),
          content: z.array(z.object({ type: z.literal("text"), text: z.string() })),
          timestamp: z.number(),
        })
        .optional(),
      stopReason: z.string().optional(),
      /** The turn whose reply answers this message along with its own (stopReason `merged`). */
      answeredBy: z.string().optional(),
      errorMessage: z.string().optional(),
      errorCode: z.string().optional(),
      /** What to do about the error. */
      errorHint: z.string().optional(),
    }),
  v3: ({ agentId: _, deltaText: __, answeredBy: ___, ...payload }) => payload,
})
