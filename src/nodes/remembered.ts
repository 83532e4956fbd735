import type { Clock } from "../kernel/clock.ts"
import { service } from "../kernel/service.ts"
import { anotherCall, lost, nodeRefused, timedOut } from "./faults.ts"

/** Answers of calls that were made under a key, for callers who ask again. */
export interface Remembered {
  /** Makes the call once; the same one again gets its answer. Throws for another under the same key. */
  once<T>(key: string, what: unknown, work: () => Promise<T>): Promise<T>
}
export const Remembered = service<Remembered>("remembered node calls")

const keptMs = 5 * 60_000
const most = 1000
const mostBytes = 32 * 1024 * 1024

interface Entry {
  what: string
  at: number
  bytes: number
  answer: Promise<unknown>
}

export const createRemembered = (clock: Clock): Remembered => {
  const entries = new Map<string, Entry>()
  let total = 0

  const forget = (key: string, entry: Entry) => {
    if (entries.get(key) !== entry) return
    total -= entry.bytes
    entries.delete(key)
  }
  /** The oldest go first. */
  const tidy = () => {
    for (const [key, entry] of entries) {
      const isOver = clock.now() - entry.at > keptMs
      if (!isOver && entries.size <= most && total <= mostBytes) break
      forget(key, entry)
    }
  }

  const settle = async (key: string, entry: Entry) => {
    try {
      const value = await entry.answer
      if (entries.get(key) !== entry) return
      entry.bytes = JSON.stringify(value)?.length ?? 0
      total += entry.bytes
      tidy()
    } catch (error) {
      // What never reached the node may be tried again; what may have happened there is not repeated.
      if (![timedOut, lost, nodeRefused].some((kind) => kind.is(error))) forget(key, entry)
    }
  }

  return {
    once<T>(key: string, what: unknown, work: () => Promise<T>): Promise<T> {
      tidy()
      const text = Bun.hash(JSON.stringify(what)).toString(36)
      const known = entries.get(key)
      if (known && known.what !== text) throw anotherCall({ key })
      if (known) return known.answer as Promise<T>
      const answer = work()
      const entry: Entry = { what: text, at: clock.now(), bytes: 0, answer }
      entries.set(key, entry)
      void settle(key, entry)
      return answer
    },
  }
}
