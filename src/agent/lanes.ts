import type { AgentsConfig } from "../agents/config.ts"
import type { Clock } from "../kernel/clock.ts"
import type { Log } from "../kernel/log.ts"
import type { Admitted } from "./admitted.ts"
import { isCron, isSubagent } from "./standing.ts"

/** Waiting longer than this is worth a line. */
const patienceMs = 2000

/**
 * Turns wait for room among their like: those of people, of subagents, of the clock, and those that
 * one session asks of another. The last have room of their own, as the one who asks may wait inside
 * a turn: both in one lane could wait for each other.
 */
export const createLanes = (
  config: () => AgentsConfig,
  tasks: () => number,
  clock: Clock,
  log: Log,
) => {
  const main = new Lanes(() => config().defaults.maxConcurrent)
  const nested = new Lanes(() => config().defaults.maxConcurrent)
  const subagent = new Lanes(() => config().defaults.subagents.maxConcurrent)
  const cron = new Lanes(tasks)
  const laneOf = ({ sessionKey, message }: Admitted) => {
    if (isSubagent(sessionKey)) return subagent
    if (isCron(sessionKey)) return cron
    return message.sender.kind === "agent" ? nested : main
  }
  return {
    run<T>(head: Admitted, work: () => Promise<T>): Promise<T> {
      const { sessionKey, runId } = head
      const asked = clock.now()
      return laneOf(head).run(sessionKey, () => {
        const ms = clock.now() - asked
        if (ms > patienceMs)
          log.info("turn waited for room", { session: sessionKey, run: runId, ms })
        return work()
      })
    },
  }
}

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
