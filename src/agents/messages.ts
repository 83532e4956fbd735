import * as z from "zod"
import { onFirstUse } from "../kernel/later.ts"
import { queueModes } from "../kernel/channel.ts"
import { section } from "../kernel/section.ts"
import { inboundSettings } from "./inbound.ts"
import { answerSettings } from "./replies.ts"

/** Names that older configs use. */
const legacyModes: Readonly<Record<string, string>> = {
  "steer+backlog": "steer-backlog",
  queue: "steer",
}
const queueMode = onFirstUse(() =>
  z.preprocess(
    (value) => (typeof value === "string" ? (legacyModes[value] ?? value) : value),
    z.enum(queueModes),
  ),
)
const debounce = onFirstUse(() => z.int().min(0).max(600_000))

export const messages = section({
  id: "messages",
  summary: "What happens to messages on their way to an agent, and to its answers.",
  reload: "live",
  schema: () =>
    z.strictObject({
      queue: z
        .strictObject({
          mode: queueMode()
            .default("collect")
            .describe("What becomes of messages that come in while a turn is under way."),
          debounceMs: debounce()
            .default(1000)
            .describe("How long it is to be quiet before waiting messages are answered."),
          debounceMsByChannel: z
            .record(z.string(), debounce().describe("Milliseconds."))
            .default({})
            .describe("The same for single channels."),
          cap: z
            .int()
            .min(1)
            .max(1000)
            .default(20)
            .describe("Messages that may wait in a session."),
          drop: z
            .enum(["summarize", "old", "new"])
            .default("summarize")
            .describe(
              "What goes when more wait: the oldest with a line left, the oldest, the newest.",
            ),
          byChannel: z
            .record(z.string(), queueMode().describe("Mode of this channel."))
            .default({})
            .describe("Mode of single channels."),
        })
        .prefault({})
        .describe("Messages that wait for a turn to end."),
      ...inboundSettings(),
      ...answerSettings(),
    }),
})
export type MessagesConfig = z.infer<typeof messages.schema>
