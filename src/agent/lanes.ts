/**
 * Turns of one session run one after another, and no more than `limit()` of all sessions at a time.
 * Waiting turns start in the order they came.
 */
export class Lanes {
  readonly #tails = new Map<string, Promise<void>>()
  readonly #waiting: (() => void)[] = []
  #running = 0

  constructor(private readonly limit: () => number) {}

  get running() {
    return this.#running
  }

  async run<T>(lane: string, work: () => Promise<T>): Promise<T> {
    const before = this.#tails.get(lane)
    const { promise: done, resolve: leave } = Promise.withResolvers<void>()
    const tail = before ? before.then(() => done) : done
    this.#tails.set(lane, tail)
    try {
      await before
      await this.#seat()
      try {
        return await work()
      } finally {
        this.#running--
        this.#waiting.shift()?.()
      }
    } finally {
      leave()
      if (this.#tails.get(lane) === tail) this.#tails.delete(lane)
    }
  }

  async #seat() {
    while (this.#running >= this.limit())
      await new Promise<void>((resolve) => this.#waiting.push(resolve))
    this.#running++
  }
}
