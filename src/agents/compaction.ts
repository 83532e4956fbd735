import * as z from "zod"
import { onFirstUse } from "../kernel/later.ts"

const tokens = onFirstUse(() => z.int().min(0).max(10_000_000))

/** When and how a long conversation is made short (contract 16 §12). */
const compaction = onFirstUse(() =>
  z
    .strictObject({
      mode: z
        .enum(["safeguard", "default"])
        .default("safeguard")
        .describe(
          "`safeguard` reads a long history piece by piece; `default` only as much as fits one call.",
        ),
      reserveTokens: tokens()
        .default(16_384)
        .describe(
          "Room kept free for the answer; a conversation that reaches into it is compacted.",
        ),
      reserveTokensFloor: tokens()
        .default(20_000)
        .describe("The reserve is at least this; 0 leaves it as it is."),
      keepRecentTokens: tokens()
        .default(20_000)
        .describe("As much of the newest conversation stays word for word."),
      maxHistoryShare: z
        .number()
        .min(0.1)
        .max(0.9)
        .optional()
        .describe("Most of the context window that may stay word for word, as a share."),
      timeoutSeconds: z
        .int()
        .min(1)
        .max(3600)
        .default(180)
        .describe("A summary that takes longer is given up; the conversation is then cut instead."),
      identifierPolicy: z
        .enum(["strict", "off", "custom"])
        .default("strict")
        .describe("`strict`: ids, paths, addresses and names stay exactly as they were written."),
      identifierInstructions: z
        .string()
        .max(4000)
        .optional()
        .describe("With `custom`: what a summary has to keep as it is."),
      model: z
        .string()
        .trim()
        .min(1)
        .optional()
        .describe("Model that writes summaries; unset, the one of the conversation."),
      memoryFlush: z
        .strictObject({
          enabled: z
            .boolean()
            .default(true)
            .describe("Let the agent write lasting notes before a conversation is compacted."),
          softThresholdTokens: tokens()
            .default(4000)
            .describe("How many tokens before compaction it may do so."),
          prompt: z.string().max(8000).optional().describe("What it is asked."),
          systemPrompt: z.string().max(8000).optional().describe("What it is told besides."),
        })
        .prefault({})
        .describe("A silent turn that saves what should be remembered."),
    })
    .prefault({})
    .describe("When and how a long conversation is summarised."),
)
export type CompactionSettings = z.infer<ReturnType<typeof compaction>>

/** Settings of `agents.defaults` about the length of a conversation. */
export const compactionSettings = onFirstUse(() => ({
  contextTokens: z
    .int()
    .min(1000)
    .optional()
    .describe("Use at most this many tokens of a model's context window."),
  compaction: compaction(),
}))
