import type { Clock } from "../kernel/clock.ts"
import { bodyTooLarge, bodyTooSlow } from "./faults.ts"

/** Reads a small body. One that is too long, or does not end, is refused before it is whole. */
export const readBody = async (
  { body, headers }: Request,
  {
    most,
    withinMs,
    clock,
    hold,
  }: {
    most: number
    withinMs: number
    clock: Clock
    /** Hears of each piece before it is kept; may throw. */
    hold?: (bytes: number) => void
  },
): Promise<Buffer> => {
  if (Number(headers.get("content-length") ?? 0) > most) throw bodyTooLarge({ most })
  if (!body) return Buffer.alloc(0)
  const reader = body.getReader()
  let isLate = false
  // What is cancelled may have failed already; then it rejects with what reading it said.
  const letGo = () => void reader.cancel().catch(() => undefined)
  const cancelClock = clock.after(withinMs, () => {
    isLate = true
    letGo()
  })
  const chunks: Uint8Array[] = []
  let size = 0
  try {
    for (let read = await reader.read(); !read.done; read = await reader.read()) {
      size += read.value.byteLength
      if (size > most) throw bodyTooLarge({ most })
      hold?.(read.value.byteLength)
      chunks.push(read.value)
    }
  } finally {
    cancelClock()
    letGo()
  }
  if (isLate) throw bodyTooSlow()
  return Buffer.concat(chunks)
}
