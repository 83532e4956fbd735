import type { Entry } from "./message.ts"
import type { Extract } from "./session.ts"

/** An entry, and the bytes it has on disk. */
export interface Weighed {
  entry: Entry
  bytes: number
}

/** Bytes kept of all transcripts together, and entries of one. */
const mostBytes = 2_000_000
const mostEntries = 1000

/** What an extract takes of a tail, and what it may still take of the entries before that. */
export const takenOf = (
  tail: readonly Weighed[],
  { limit, before = Infinity, since = 0, maxBytes = Infinity }: Extract,
): { entries: Entry[]; more: { limit: number; maxBytes: number } | undefined } => {
  const to = tail.findLastIndex(({ entry }) => entry.seq < before) + 1
  let from = to
  let room = maxBytes
  for (; from > 0 && to - from < limit; from--) {
    const { entry, bytes } = tail[from - 1]!
    if (entry.seq < since || (bytes > room && from < to)) break
    room -= bytes
  }
  const entries = tail.slice(from, to).map(({ entry }) => entry)
  const isFull = from > 0 || entries.length === limit || room < 0
  const more = isFull ? undefined : { limit: limit - entries.length, maxBytes: room }
  return { entries, more }
}

/**
 * The newest entries of the transcripts in use, so that a turn reads from disk only what it has not
 * seen. A tail holds every entry from its first to the transcript's last. One that ends elsewhere,
 * after a write that was taken back or was another's, is dropped.
 */
export class Tails {
  /** Oldest first; the transcript used last comes last. */
  readonly #tails = new Map<string, readonly Weighed[]>()
  #bytes = 0

  /** What is known of a transcript whose last entry is `end`. */
  of(sessionId: string, end: Pick<Entry, "id"> | null): readonly Weighed[] {
    const tail = this.#tails.get(sessionId)
    if (!tail) return []
    if (tail.at(-1)!.entry.id !== end?.id) {
      this.drop(sessionId)
      return []
    }
    this.#tails.delete(sessionId)
    this.#tails.set(sessionId, tail)
    return tail
  }

  /** Entries were written, perhaps, after the one that was the last. */
  append(sessionId: string, end: Pick<Entry, "id"> | null, added: readonly Weighed[]) {
    if (added.length) this.#keep(sessionId, [...this.of(sessionId, end), ...added])
  }

  /** Entries were read that come right before those known; before the end, where none are. */
  prepend(sessionId: string, older: readonly Weighed[]) {
    if (!older.length) return
    this.#keep(sessionId, [...older, ...(this.#tails.get(sessionId) ?? [])])
  }

  drop(sessionId: string) {
    this.#bytes -= weightOf(this.#tails.get(sessionId) ?? [])
    this.#tails.delete(sessionId)
  }

  #keep(sessionId: string, entries: readonly Weighed[]) {
    this.drop(sessionId)
    const tail = entries.slice(-mostEntries)
    this.#tails.set(sessionId, tail)
    this.#bytes += weightOf(tail)
    for (const oldest of this.#tails.keys()) {
      if (this.#bytes <= mostBytes) return
      this.drop(oldest)
    }
  }
}

const weightOf = (tail: readonly Weighed[]) => tail.reduce((sum, { bytes }) => sum + bytes, 0)
