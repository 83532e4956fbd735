import * as z from "zod"
import { onFirstUse } from "../kernel/later.ts"

const chars = onFirstUse(() => z.int().min(1).max(100_000))
const breaks = ["paragraph", "newline", "sentence"] as const

/** How answers come to chat networks while they are written; for every agent. */
export const replySettings = onFirstUse(() => ({
  typingMode: z
    .enum(["never", "instant", "thinking", "message"])
    .optional()
    .describe(
      "When it shows that it writes. Unset: at once where it was spoken to, else with its first words.",
    ),
  typingIntervalSeconds: z
    .int()
    .min(1)
    .max(60)
    .default(6)
    .describe("How often that is shown anew."),
  humanDelay: z
    .strictObject({
      mode: z
        .enum(["off", "natural", "custom"])
        .default("off")
        .describe("No pause, 0.8 to 2.5 seconds, or as minMs and maxMs say."),
      minMs: z.int().min(0).max(60_000).default(800).describe("Shortest pause of custom."),
      maxMs: z.int().min(0).max(60_000).default(2500).describe("Longest pause of custom."),
    })
    .prefault({})
    .describe("A pause between the parts of a reply that is sent as it is written."),
  blockStreamingDefault: z
    .enum(["off", "on"])
    .default("off")
    .describe("Send replies in parts as they are written, where a channel says nothing else."),
  blockStreamingBreak: z
    .enum(["text_end", "message_end"])
    .default("text_end")
    .describe("Send parts as the text grows, or all when it ends."),
  blockStreamingChunk: z
    .strictObject({
      minChars: chars().default(800).describe("Shortest part."),
      maxChars: chars().default(1200).describe("Longest part."),
      breakPreference: z.enum(breaks).default("paragraph").describe("Where a part should end."),
    })
    .prefault({})
    .describe("Size of the parts."),
  blockStreamingCoalesce: z
    .strictObject({
      idleMs: z.int().min(0).max(60_000).default(1000).describe("A pause after which a part goes."),
      minChars: chars().optional().describe("Shortest part, over blockStreamingChunk."),
      maxChars: chars().optional().describe("Longest part, over blockStreamingChunk."),
    })
    .prefault({})
    .describe("How small parts are joined."),
}))

/** What stands around answers on chat networks. */
export const answerSettings = onFirstUse(() => ({
  responsePrefix: z
    .string()
    .max(200)
    .optional()
    .describe(
      "Stands before every answer on chat networks: words with {model}, {provider}, {identity.name}, or auto for the agent's name.",
    ),
  ackReaction: z
    .string()
    .max(64)
    .optional()
    .describe(
      "Reaction to a message that is being answered; empty for none. Unset: the agent's emoji.",
    ),
  ackReactionScope: z
    .enum(["group-mentions", "group-all", "direct", "all", "off"])
    .default("group-mentions")
    .describe("Which messages get it."),
  removeAckAfterReply: z.boolean().default(false).describe("Take it back once it is answered."),
}))
