import type { TurnPart } from "../agent/turns.ts"
import type { Clock } from "../kernel/clock.ts"
import type { EventStream } from "./event-stream.ts"
import { tooSlow } from "./faults.ts"
import type { Laggards } from "./laggards.ts"

/** Characters that wait for a slow client before its source is held up. */
const mostWaiting = 64 * 1024
/** Words that wait are joined into pieces of about so many characters. */
const pieceSize = 4096
/** Who takes nothing for so long, with that much waiting, is taken for gone. */
const patienceMs = 30_000

interface Waiting {
  part: TurnPart
  /** What its words are, until they are joined. */
  deltas: string[]
  size: number
}

/**
 * What an answer says beyond what its client reads: joined, as a word's event weighs many times
 * the word. So most answers are read to their end at the provider, however slow the client is.
 */
export class Backlog {
  readonly #waiting: Waiting[] = []
  #size = 0
  #flushing = false
  #room: PromiseWithResolvers<void> | undefined
  #emptied: PromiseWithResolvers<void> | undefined
  #letGo = () => {}

  constructor(
    private readonly options: {
      stream: EventStream
      /** Writes a part to the stream. */
      say: (part: TurnPart) => void
      /** Stops the source. */
      cut: (why: Error) => void
      laggards: Laggards
      clock: Clock
    },
  ) {}

  readonly hear = (part: TurnPart) => {
    const { stream, say } = this.options
    if (!this.#waiting.length && !stream.room()) return say(part)
    this.#join(part)
    if (this.#size >= mostWaiting && !this.#room) this.#hold()
    if (!this.#flushing) void this.#flush()
  }

  /** Undefined while the source may go on. */
  readonly room = () => this.#room?.promise

  /** Resolves when all was written. */
  async empty() {
    if (this.#waiting.length) await (this.#emptied ??= Promise.withResolvers<void>()).promise
  }

  #join(part: TurnPart) {
    const last = this.#waiting.at(-1)
    const delta = "delta" in part ? part.delta : ""
    this.#size += delta.length
    if (last && last.size < pieceSize && isMore(part, last.part)) {
      last.deltas.push(delta)
      last.size += delta.length
      return
    }
    if (last) last.deltas = [last.deltas.join("")]
    this.#waiting.push({ part, deltas: [delta], size: delta.length })
  }

  async #flush() {
    const { stream, say } = this.options
    this.#flushing = true
    while (this.#waiting.length) {
      await stream.room()
      const { part, deltas, size } = this.#waiting.shift()!
      this.#size -= size
      say("delta" in part ? { ...part, delta: deltas.join("") } : part)
      if (this.#size < mostWaiting) this.#release()
    }
    this.#flushing = false
    this.#emptied?.resolve()
    this.#emptied = undefined
  }

  #hold() {
    const { stream, cut, laggards, clock } = this.options
    this.#room = Promise.withResolvers()
    const leave = laggards.add(() => cut(tooSlow()))
    const stop = clock.after(patienceMs, () => stream.giveUp())
    this.#letGo = () => {
      leave()
      stop()
    }
  }

  #release() {
    this.#room?.resolve()
    this.#room = undefined
    this.#letGo()
    this.#letGo = () => {}
  }
}

const isMore = (part: TurnPart, last: TurnPart) =>
  part.type !== "call" &&
  part.type === last.type &&
  (part.type !== "arguments" || part.id === (last as { id: string }).id)
