import type { Entry } from "../../sessions/message.ts"
import { weigh } from "../context.ts"

/** A conversation in two: what a summary will tell, and what stays word for word. */
export interface Cut {
  older: readonly Entry[]
  kept: readonly Entry[]
}

/**
 * Cuts before a question, so that no call loses its result. As much of the newest stays as fits
 * into `keepBytes`; the newest question does in any case, unless another `follows` that is not among
 * the entries. Null when nothing would be left to summarise.
 */
export const cutBefore = (
  entries: readonly Entry[],
  keepBytes: number,
  follows = false,
): Cut | null => {
  let room = keepBytes
  const newest = entries.findLastIndex(({ message }) => message.role === "user")
  let from = follows || newest < 0 ? entries.length : newest
  for (let at = entries.length - 1; at >= 0; at--) {
    const { message } = entries[at]!
    room -= weigh(message)
    if (room < 0) break
    if (message.role === "user") from = Math.min(from, at)
  }
  return from > 0 ? { older: entries.slice(0, from), kept: entries.slice(from) } : null
}
