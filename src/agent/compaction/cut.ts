import type { Entry } from "../../sessions/message.ts"
import { weigh } from "../context.ts"

/** A conversation in two: what a summary will tell, and what stays word for word. */
export interface Cut {
  older: readonly Entry[]
  kept: readonly Entry[]
}

/**
 * Cuts before a question, so that no call loses its result. As much of the newest stays as fits
 * into `keepBytes`, and the newest question at least. Null when nothing would be left to summarise.
 */
export const cutBefore = (entries: readonly Entry[], keepBytes: number): Cut | null => {
  let room = keepBytes
  let from = entries.findLastIndex(({ message }) => message.role === "user")
  if (from < 0) from = entries.length
  for (let at = entries.length - 1; at >= 0; at--) {
    const { message } = entries[at]!
    room -= weigh(message)
    if (room < 0) break
    if (message.role === "user") from = Math.min(from, at)
  }
  return from > 0 ? { older: entries.slice(0, from), kept: entries.slice(from) } : null
}
