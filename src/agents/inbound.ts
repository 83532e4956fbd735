import * as z from "zod"
import { onFirstUse } from "../kernel/later.ts"

const debounce = onFirstUse(() => z.int().min(0).max(60_000))

const patterns = onFirstUse(() =>
  z
    .array(z.string().min(1).max(200))
    .optional()
    .describe("Words that speak to the agent, as regular expressions. Unset: its name and emoji."),
)

/** Settings of `messages` about what comes from chat networks. */
export const inboundSettings = onFirstUse(() => ({
  inbound: z
    .strictObject({
      debounceMs: debounce()
        .default(0)
        .describe("How long to wait for more of the same sender; 0 to answer each message."),
      byChannel: z
        .record(z.string(), debounce().describe("Milliseconds."))
        .default({})
        .describe("The same for single channels."),
    })
    .prefault({})
    .describe("Messages that somebody writes in quick succession."),
  groupChat: z
    .strictObject({
      mentionPatterns: patterns(),
      historyLimit: z
        .int()
        .min(0)
        .max(1000)
        .default(50)
        .describe("Messages of a group told along that were not answered; 0 for none."),
    })
    .prefault({})
    .describe("Rooms with several people."),
}))

/** `agents.list[].groupChat` */
export const ownGroupChat = onFirstUse(() =>
  z
    .strictObject({ mentionPatterns: patterns() })
    .optional()
    .describe("How this agent takes part in rooms with several people."),
)

/** Settings of `agents.defaults` about what stands before a message. */
export const envelopeSettings = onFirstUse(() => ({
  envelopeTimezone: z
    .string()
    .min(1)
    .default("local")
    .describe("Time zone of the times before messages: local, utc, user, or one by name."),
  envelopeTimestamp: z
    .enum(["on", "off"])
    .default("on")
    .describe("Tell when a message of a chat network was written."),
  envelopeElapsed: z
    .enum(["on", "off"])
    .default("on")
    .describe("Tell how long after the one before."),
}))
