import type { Clock } from "../../kernel/clock.ts"
import { Line, type Batch, type Queued } from "./line.ts"
import type { QueueSettings } from "./settings.ts"

interface Place<T extends Queued> {
  line: Line<T>
  /** The turn under way. `open` until its end is on record: what comes later waits for no quiet. */
  current?: { open: boolean; items: readonly T[] }
  cancel?: () => void
}

interface Needs<T extends Queued> {
  clock: Clock
  /** How something joins a session that is busy. */
  settings(item: T): Promise<QueueSettings>
  /** Waits until there is room for another turn, then does it. */
  admit(head: T, work: () => Promise<void>): Promise<void>
  /** Never throws. */
  answer(batch: Batch<T>): Promise<void>
  /** Something will not be answered: it gave way to newer ones. */
  callOff(item: T): void
  /** Stops the turn that answers these. */
  interrupt(items: readonly T[]): void
}

/** Turns of one session, one after another. What comes in meanwhile waits as the mode says. */
export class Queue<T extends Queued> {
  readonly #places = new Map<string, Place<T>>()

  constructor(private readonly needs: Needs<T>) {}

  /** `alone`: it gets a turn to itself, whatever else waits. */
  async add(item: T, { alone = false } = {}) {
    const { clock, settings, callOff, interrupt } = this.needs
    const { sessionKey } = item
    const at = clock.now()
    if (alone || !this.#busy(sessionKey)) {
      this.#place(sessionKey).line.add(item, at)
      return this.#next(sessionKey)
    }
    const wanted = await settings(item)
    const { line, current } = this.#place(sessionKey)
    if (wanted.mode === "interrupt") {
      for (const older of line.clear()) callOff(older)
      interrupt(current?.items ?? [])
      line.add(item, at)
    } else for (const gone of line.add(item, at, wanted)) callOff(gone)
    this.#next(sessionKey)
  }

  /** Takes something out that still waits. */
  remove(item: T): boolean {
    const removed = this.#places.get(item.sessionKey)?.line.remove(item) ?? false
    if (removed) this.#next(item.sessionKey)
    return removed
  }

  /** What is to be said to the turn under way. */
  steer(head: T) {
    return this.#places.get(head.sessionKey)?.line.steer(head.kind) ?? []
  }

  /** The end of the turn under way is on record. */
  close(sessionKey: string) {
    const current = this.#places.get(sessionKey)?.current
    if (current) current.open = false
  }

  #busy(sessionKey: string) {
    const place = this.#places.get(sessionKey)
    return place !== undefined && (place.current?.open === true || place.line.head !== undefined)
  }

  #place(sessionKey: string): Place<T> {
    return this.#places.getOrInsertComputed(sessionKey, () => ({ line: new Line<T>() }))
  }

  #next(sessionKey: string) {
    const place = this.#place(sessionKey)
    place.cancel?.()
    place.cancel = undefined
    if (place.current) return
    const { head, due } = place.line
    if (!head || due === undefined) return void this.#places.delete(sessionKey)
    const wait = due - this.needs.clock.now()
    if (wait > 0) place.cancel = this.needs.clock.after(wait, () => this.#next(sessionKey))
    else void this.#run(place, head)
  }

  async #run(place: Place<T>, head: T) {
    const current: Place<T>["current"] = (place.current = { open: true, items: [] })
    await this.needs.admit(head, async () => {
      const batch = place.line.take()
      if (!batch) return
      current.items = batch.items
      await this.needs.answer(batch)
    })
    current.open = false
    place.current = undefined
    this.#next(head.sessionKey)
  }
}
