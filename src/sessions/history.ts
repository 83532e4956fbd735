import { z } from "zod"
import type { Entry } from "./message.ts"
import { messageSchema } from "./message.ts"

const place = z.object({
  id: z.string(),
  seq: z.int(),
  runId: z.string().optional(),
})

/** A transcript message with its place in `__fased`, and in `__openclaw` for that family's clients. */
export const historyMessage = messageSchema.and(
  z.object({ __fased: place.optional(), __openclaw: place.optional() }),
)
export type HistoryMessage = z.infer<typeof historyMessage>

/** The most characters one message may bring into `chat.history`. */
const longestMessage = 128 * 1024
const omitted = "[chat.history omitted: message too large]"

export const toHistory = ({ id, seq, runId, message }: Entry): HistoryMessage => {
  const where = { id, seq, ...(runId && { runId }) }
  return { ...bounded(message), __fased: where, __openclaw: where }
}

const bounded = (message: Entry["message"]): Entry["message"] => {
  if (message.role === "user")
    return message.content.length > longestMessage ? { ...message, content: omitted } : message
  const size = JSON.stringify(message.content).length
  if (size <= longestMessage) return message
  return { ...message, content: [{ type: "text", text: omitted }] } as Entry["message"]
}

/** The newest of `entries` that fit into `maxChars`, oldest first; always at least one. */
export const newestWithin = (entries: HistoryMessage[], maxChars: number) => {
  let room = maxChars
  let from = entries.length
  while (from > 0) {
    room -= JSON.stringify(entries[from - 1]).length
    if (room < 0 && from < entries.length) break
    from--
  }
  return entries.slice(from)
}
