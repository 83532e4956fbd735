interface Ticket {
  lane: string
  start: () => void
  /** Its turn was called off while it waited. */
  gone: boolean
}

/**
 * Work of one lane runs one piece after another, in the order it came, and no more than `limit()`
 * pieces of all lanes at a time. Lanes whose next piece waits for a place get one in turn.
 */
export class Lanes {
  /** What waits behind each lane's head. A lane is here as long as it has a head. */
  readonly #behind = new Map<string, Ticket[]>()
  /** Heads that wait for a place. */
  readonly #ready: Ticket[] = []
  #running = 0

  constructor(private readonly limit: () => number) {}

  get running() {
    return this.#running
  }

  /** Rejects with the signal's reason when that aborts before `work` began; later it is the work's own. */
  async run<T>(lane: string, work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    signal?.throwIfAborted()
    await this.#turn(lane, signal)
    try {
      return await work()
    } finally {
      this.#running--
      this.#advance(lane)
      this.#fill()
    }
  }

  #turn(lane: string, signal: AbortSignal | undefined) {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const callOff = () => {
      ticket.gone = true
      reject(signal?.reason)
    }
    const start = () => {
      signal?.removeEventListener("abort", callOff)
      resolve()
    }
    const ticket: Ticket = { lane, start, gone: false }
    signal?.addEventListener("abort", callOff, { once: true })
    const behind = this.#behind.get(lane)
    if (behind) behind.push(ticket)
    else {
      this.#behind.set(lane, [])
      this.#ready.push(ticket)
      this.#fill()
    }
    return promise
  }

  /** The lane's head is done: the next one may have a place. */
  #advance(lane: string) {
    const next = this.#behind.get(lane)?.shift()
    if (next) this.#ready.push(next)
    else this.#behind.delete(lane)
  }

  #fill() {
    while (this.#running < this.limit()) {
      const ticket = this.#ready.shift()
      if (!ticket) return
      if (ticket.gone) this.#advance(ticket.lane)
      else {
        this.#running++
        ticket.start()
      }
    }
  }
}
