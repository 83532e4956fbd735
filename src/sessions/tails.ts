import type { Entry } from "./message.ts"

/** An entry, and the bytes it has on disk. */
export interface Weighed {
  entry: Entry
  bytes: number
}

/** Bytes kept of all transcripts together. */
const mostBytes = 2_000_000

/**
 * The newest entries of the transcripts in use, so that a turn reads from disk only what it has not
 * seen. A tail holds every entry from its first to the transcript's last. One that ends elsewhere,
 * after a write that was taken back or was another's, is dropped.
 */
export class Tails {
  /** Oldest first; the transcript used last comes last. */
  readonly #tails = new Map<string, Weighed[]>()
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

  #keep(sessionId: string, tail: Weighed[]) {
    this.drop(sessionId)
    this.#tails.set(sessionId, tail)
    this.#bytes += weightOf(tail)
    for (const oldest of this.#tails.keys()) {
      if (this.#bytes <= mostBytes) return
      this.drop(oldest)
    }
  }
}

const weightOf = (tail: readonly Weighed[]) => tail.reduce((sum, { bytes }) => sum + bytes, 0)
