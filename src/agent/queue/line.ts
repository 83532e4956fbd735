import type { QueueSettings } from "./settings.ts"

/** What waits. Only what is of one kind may share a turn: same place, same rights, same wishes. */
export interface Queued {
  readonly sessionKey: string
  readonly kind: string
}

interface Waiting<T> {
  item: T
  at: number
  /** How it came upon a busy session; undefined for one that gets a turn to itself at once. */
  settings?: QueueSettings
  /** It was shown to the turn under way, and is answered after it all the same. */
  shown?: true
}

/** Messages that share a turn, oldest first. Of `dropped` only a line each is left. */
export interface Batch<T> {
  items: T[]
  dropped: T[]
}

/** The messages of one session that wait for a turn. */
export class Line<T extends Queued> {
  #waiting: Waiting<T>[] = []
  #dropped: T[] = []

  get head(): T | undefined {
    return this.#waiting[0]?.item ?? this.#dropped[0]
  }

  /** Puts one in; gives back what has to go for it. */
  add(item: T, at: number, settings?: QueueSettings): T[] {
    if (!settings || this.#waiting.length < settings.cap) {
      this.#waiting.push({ item, at, settings })
      return []
    }
    if (settings.drop === "new") return [item]
    const oldest = this.#waiting.splice(0, this.#waiting.length - settings.cap + 1)
    this.#waiting.push({ item, at, settings })
    const gone = oldest.map((waiting) => waiting.item)
    if (settings.drop === "old") return gone
    this.#dropped.push(...gone)
    return []
  }

  remove(item: T): boolean {
    const before = this.#waiting.length + this.#dropped.length
    this.#waiting = this.#waiting.filter((waiting) => waiting.item !== item)
    this.#dropped = this.#dropped.filter((dropped) => dropped !== item)
    return this.#waiting.length + this.#dropped.length < before
  }

  clear(): T[] {
    const all = [...this.#dropped, ...this.#waiting.map(({ item }) => item)]
    this.#waiting = []
    this.#dropped = []
    return all
  }

  /** When the next turn may begin: once it has been quiet for a while, or no more can wait. */
  get due(): number | undefined {
    const last = this.#waiting.at(-1)
    if (!last) return this.#dropped.length ? 0 : undefined
    const alone = !this.#waiting[0]!.settings
    if (alone || !last.settings || this.#waiting.length >= last.settings.cap) return 0
    return last.at + last.settings.debounceMs
  }

  /** The messages of the next turn. */
  take(): Batch<T> | undefined {
    const first = this.#waiting.shift()
    if (!first) return this.#takeDropped()
    const items = [first.item]
    const joins = ({ item, settings }: Waiting<T>) =>
      settings?.mode === "collect" && item.kind === first.item.kind
    if (joins(first))
      while (this.#waiting[0] && joins(this.#waiting[0])) items.push(this.#waiting.shift()!.item)
    const dropped = first.settings
      ? this.#dropped.filter(({ kind }) => kind === items[0]!.kind)
      : []
    this.#dropped = this.#dropped.filter((item) => !dropped.includes(item))
    return { items, dropped }
  }

  /** Nothing of their kind waits any more: the newest of them speaks for the rest. */
  #takeDropped(): Batch<T> | undefined {
    const kind = this.#dropped[0]?.kind
    const same = this.#dropped.filter((item) => item.kind === kind)
    const newest = same.pop()
    if (!newest) return undefined
    this.#dropped = this.#dropped.filter((item) => item.kind !== kind)
    return { items: [newest], dropped: same }
  }

  /** What is to steer a turn of this kind, oldest first. What `stays` is answered after it as well. */
  steer(kind: string): { item: T; stays: boolean }[] {
    const steering = this.#waiting.filter(
      ({ item, settings, shown }) =>
        item.kind === kind &&
        !shown &&
        (settings?.mode === "steer" || settings?.mode === "steer-backlog"),
    )
    return steering.map((waiting) => {
      const stays = waiting.settings!.mode === "steer-backlog"
      if (stays) waiting.shown = true
      else this.#waiting.splice(this.#waiting.indexOf(waiting), 1)
      return { item: waiting.item, stays }
    })
  }
}
