import type { Clock } from "../kernel/clock.ts"
import { bodyTooLarge, bodyTooSlow } from "./faults.ts"

/** Reads a small body. One that is too long, or does not end, is refused before it is whole. */
export const readBody = async (
  { body, headers }: Request,
  { most, withinMs, clock }: { most: number; withinMs: number; clock: Clock },
): Promise<Buffer> => {
  if (Number(headers.get("content-length") ?? 0) > most) throw bodyTooLarge({ most })
  if (!body) return Buffer.alloc(0)
  const reader = body.getReader()
  let isLate = false
  const cancelClock = clock.after(withinMs, () => {
    isLate = true
    void reader.cancel()
  })
  const chunks: Uint8Array[] = []
  let size = 0
  try {
    for (let read = await reader.read(); !read.done; read = await reader.read()) {
      size += read.value.byteLength
      if (size > most) throw bodyTooLarge({ most })
      chunks.push(read.value)
    }
  } finally {
    cancelClock()
    void reader.cancel()
  }
  if (isLate) throw bodyTooSlow()
  return Buffer.concat(chunks)
}
