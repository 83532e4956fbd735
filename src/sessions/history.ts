import * as z from "zod"
import { onFirstUse } from "../kernel/later.ts"
import type { Entry } from "./message.ts"
import { leftOut, messageSchema } from "./message.ts"

const place = onFirstUse(() =>
  z.object({
    id: z.string(),
    seq: z.int(),
    runId: z.string().optional(),
  }),
)

/** A transcript message with its place in `__fased`, and in `__openclaw` for that family's clients. */
export const historyMessage = onFirstUse(() =>
  messageSchema.and(z.object({ __fased: place().optional(), __openclaw: place().optional() })),
)
export type HistoryMessage = z.infer<ReturnType<typeof historyMessage>>

/** The most bytes one message may bring into `chat.history`. */
export const maxMessageBytes = 128 * 1024

export const toHistory = ({ id, seq, runId, message }: Entry): HistoryMessage => {
  const where = { id, seq, ...(runId && { runId }) }
  const tooLong = JSON.stringify(message.content).length > maxMessageBytes
  return { ...(tooLong ? leftOut(message) : message), __fased: where, __openclaw: where }
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
