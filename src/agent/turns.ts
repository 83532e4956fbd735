import type { Clock } from "../kernel/clock.ts"
import { service } from "../kernel/service.ts"
import type { Outcome } from "./outcome.ts"

/** What a turn says, the moment it says it. */
export type TurnPart =
  | { type: "text"; delta: string }
  | { type: "thinking"; delta: string }
  /** A call that the client is to make, and its arguments as they are written. */
  | { type: "call"; id: string; name: string }
  | { type: "arguments"; id: string; delta: string }

/** Why a turn was stopped before it was done. */
export type Stop = "user" | "deadline" | "shutdown"

/** A turn that waits for its lane or runs. */
export interface Turn {
  runId: string
  sessionKey: string
  agentId: string
  stop: AbortController
  /** When it last showed a sign of life; undefined while it waits. */
  movedAt(): number | undefined
  /**
   * Hears all that is said from now on, unpaced; begun at the acceptance, all there is. What ends it
   * is `done`. The function it gives stops that.
   */
  follow(listener: (part: TurnPart) => void): () => void
  /** It has shown none for too long. */
  stuck: boolean
  /** Ends it for everyone, whether its work ever ends or not. */
  abandon(): void
  /** Null when the process goes down first: the turn is run again by the next one. */
  done: Promise<Outcome | null>
}

interface Target {
  sessionKey: string
  runId?: string
  /** Also the turns of its subagents, and of theirs. */
  tree?: boolean
}

/** The turns of this process, and how the newest ones ended. */
export interface Turns {
  get(runId: string): Turn | undefined
  /** The oldest first: it is the one that runs, the rest wait. */
  ofSession(sessionKey: string): Turn[]
  readonly active: number
  /** Turns that show no sign of life. */
  readonly stuck: readonly Turn[]
  /** Stops a turn, or all of a session; the ids of those it stopped. */
  abort(target: Target, why: Stop): string[]
  /** Stops all turns of a session, and gives up on what does not end; the ids of both. */
  unlock(sessionKey: string): Promise<{ stopped: string[]; abandoned: string[] }>
  /** How a turn ended; null when it is not known here or the process stopped first. */
  outcome(runId: string): Promise<Outcome | null>
  /** The turn that answered a message along with its own, if one did. */
  answeredBy(runId: string): Promise<string | null>
}
export const Turns = service<Turns>("turns")

const remembered = 1000
/** How long a turn that is told to stop may take over it before it is given up on. */
const graceMs = 2000

/** Keeps the books of turns; `begin` registers one and forgets it, but for its outcome, when it ends. */
export class TurnBook implements Turns {
  readonly #active = new Map<string, Turn>()
  readonly #ended = new Map<string, Outcome>()

  constructor(
    private readonly clock: Clock,
    readonly answeredBy: Turns["answeredBy"],
    /** The sessions of a session's subagents, and of theirs. */
    private readonly descendants: (sessionKey: string) => readonly string[],
  ) {}

  /** `run` is to give an outcome whatever happens. */
  begin(
    facts: Omit<Turn, "stop" | "stuck" | "done">,
    run: (stop: AbortSignal) => Promise<Outcome | null>,
  ): Turn {
    const stop = new AbortController()
    const done = run(stop.signal)
      .then((outcome) => {
        if (outcome) this.#remember(outcome)
        return outcome
      })
      .finally(() => this.#active.delete(facts.runId))
    const turn = { ...facts, stop, done, stuck: false }
    this.#active.set(facts.runId, turn)
    return turn
  }

  get active() {
    return this.#active.size
  }

  get stuck() {
    return [...this.#active.values()].filter(({ stuck }) => stuck)
  }

  get(runId: string) {
    return this.#active.get(runId)
  }

  ofSession(sessionKey: string) {
    return [...this.#active.values()].filter((turn) => turn.sessionKey === sessionKey)
  }

  abort({ sessionKey, runId, tree }: Target, why: Stop) {
    const sessions = tree ? [sessionKey, ...this.descendants(sessionKey)] : [sessionKey]
    const turns = sessions
      .flatMap((key) => this.ofSession(key))
      .filter((turn) => !runId || turn.runId === runId)
    // The newest first: the next in line must not begin when the one before it stops.
    for (const turn of turns.toReversed()) turn.stop.abort(why)
    return turns.map((turn) => turn.runId)
  }

  async unlock(sessionKey: string) {
    const turns = this.ofSession(sessionKey)
    const stopped = this.abort({ sessionKey }, "user")
    await this.#within(graceMs, turns)
    const left = this.ofSession(sessionKey).filter(({ runId }) => stopped.includes(runId))
    for (const turn of left) turn.abandon()
    await Promise.all(left.map(({ done }) => done))
    return { stopped, abandoned: left.map(({ runId }) => runId) }
  }

  async outcome(runId: string) {
    return this.#ended.get(runId) ?? (await this.#active.get(runId)?.done) ?? null
  }

  /** Tells of turns that have not moved for `ms`, once each; they may move again. */
  watch(ms: number, tell: (turn: Turn, silentMs: number) => void) {
    const now = this.clock.now()
    for (const turn of this.#active.values()) {
      const silentMs = now - (turn.movedAt() ?? now)
      if (silentMs > ms && !turn.stuck) tell(turn, silentMs)
      turn.stuck = silentMs > ms
    }
  }

  /** Lets turns finish for up to `ms`, then ends the rest and waits until their books are in order. */
  async drain(ms: number) {
    if (!this.#active.size) return
    await this.#within(ms, [...this.#active.values()])
    const left = [...this.#active.values()]
    for (const turn of left.toReversed()) turn.stop.abort("shutdown" satisfies Stop)
    await Promise.allSettled(left.map(({ done }) => done))
  }

  async #within(ms: number, turns: readonly Turn[]) {
    const patience = Promise.withResolvers<void>()
    const cancel = this.clock.after(ms, patience.resolve)
    await Promise.race([Promise.allSettled(turns.map(({ done }) => done)), patience.promise])
    cancel()
  }

  #remember(outcome: Outcome) {
    this.#ended.set(outcome.runId, outcome)
    if (this.#ended.size <= remembered) return
    const oldest = this.#ended.keys().next()
    if (!oldest.done) this.#ended.delete(oldest.value)
  }
}
