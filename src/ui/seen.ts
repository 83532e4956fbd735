import { signal } from "@preact/signals"
import type { SessionRow } from "./frames.ts"

const shelf = "fased.seen"
const most = 500

interface Kept {
  /** What was there before this browser first looked is not news. */
  since: number
  /** When each session was last on screen. */
  at: Record<string, number>
}

const readKept = (storage: Pick<Storage, "getItem">, now: number): Kept => {
  try {
    const kept = JSON.parse(storage.getItem(shelf) ?? "") as Kept
    if (Number.isFinite(kept.since) && kept.at) return kept
  } catch {
    // Never written, or not by us.
  }
  return { since: now, at: {} }
}

/** Which conversations have moved on since they were last on screen in this browser. */
export const createSeen = (storage: Pick<Storage, "getItem" | "setItem">, now: () => number) => {
  const kept = signal(readKept(storage, now()))
  const write = (next: Kept) => {
    kept.value = next
    storage.setItem(shelf, JSON.stringify(next))
  }
  write(kept.value)
  return {
    isNew({ key, updatedAt }: Pick<SessionRow, "key" | "updatedAt">) {
      const { since, at } = kept.value
      return (updatedAt ?? 0) > (at[key] ?? since)
    },
    look(key: string) {
      const { since, at } = kept.peek()
      const entries = Object.entries({ ...at, [key]: now() })
      const newest = entries.toSorted(([, a], [, b]) => b - a).slice(0, most)
      write({ since, at: Object.fromEntries(newest) })
    },
  }
}

export type Seen = ReturnType<typeof createSeen>
