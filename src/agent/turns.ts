import type { Clock } from "../kernel/clock.ts"
import { service } from "../kernel/service.ts"
import type { Outcome } from "./outcome.ts"

/** Why a turn was stopped before it was done. */
export type Stop = "user" | "deadline" | "shutdown"

/** A turn that waits for its lane or runs. */
export interface Turn {
  runId: string
  sessionKey: string
  agentId: string
  stop: AbortController
  /** Null when the process goes down first: the turn is run again by the next one. */
  done: Promise<Outcome | null>
}

/** The turns of this process, and how the newest ones ended. */
export interface Turns {
  get(runId: string): Turn | undefined
  /** The oldest first: it is the one that runs, the rest wait. */
  ofSession(sessionKey: string): Turn[]
  readonly active: number
  /** Stops a turn, or all of a session; the ids of those it stopped. */
  abort(target: { sessionKey: string; runId?: string }, why: Stop): string[]
  /** How a turn ended; null when it is not known here or the process stopped first. */
  outcome(runId: string): Promise<Outcome | null>
}
export const Turns = service<Turns>("turns")

const remembered = 1000

/** Keeps the books of turns; `begin` registers one and forgets it, but for its outcome, when it ends. */
export class TurnBook implements Turns {
  readonly #active = new Map<string, Turn>()
  readonly #ended = new Map<string, Outcome>()

  /** `run` is to give an outcome whatever happens. */
  begin(
    { runId, sessionKey, agentId }: Pick<Turn, "runId" | "sessionKey" | "agentId">,
    run: (stop: AbortSignal) => Promise<Outcome | null>,
  ): Turn {
    const stop = new AbortController()
    const done = run(stop.signal)
      .then((outcome) => {
        if (outcome) this.#remember(outcome)
        return outcome
      })
      .finally(() => this.#active.delete(runId))
    const turn = { runId, sessionKey, agentId, stop, done }
    this.#active.set(runId, turn)
    return turn
  }

  get active() {
    return this.#active.size
  }

  get(runId: string) {
    return this.#active.get(runId)
  }

  ofSession(sessionKey: string) {
    return [...this.#active.values()].filter((turn) => turn.sessionKey === sessionKey)
  }

  abort(target: { sessionKey: string; runId?: string }, why: Stop) {
    const turns = this.ofSession(target.sessionKey).filter(
      (turn) => !target.runId || turn.runId === target.runId,
    )
    // The newest first: the next in line must not begin when the one before it stops.
    for (const turn of turns.toReversed()) turn.stop.abort(why)
    return turns.map((turn) => turn.runId)
  }

  async outcome(runId: string) {
    return this.#ended.get(runId) ?? (await this.#active.get(runId)?.done) ?? null
  }

  /** Lets turns finish for up to `ms`, then ends the rest and waits until their books are in order. */
  async drain(ms: number, clock: Clock) {
    const all = () => Promise.allSettled([...this.#active.values()].map(({ done }) => done))
    if (!this.#active.size) return
    const patience = Promise.withResolvers<void>()
    const cancel = clock.after(ms, patience.resolve)
    await Promise.race([all(), patience.promise])
    cancel()
    for (const turn of [...this.#active.values()].toReversed())
      turn.stop.abort("shutdown" satisfies Stop)
    await all()
  }

  #remember(outcome: Outcome) {
    this.#ended.set(outcome.runId, outcome)
    if (this.#ended.size <= remembered) return
    const oldest = this.#ended.keys().next()
    if (!oldest.done) this.#ended.delete(oldest.value)
  }
}
