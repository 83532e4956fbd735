import { type Clock, pause } from "../kernel/clock.ts"
import { Fault } from "../kernel/fault.ts"
import { classWords, failureClass } from "../models/auth/cooldown.ts"
import type { Way } from "../models/auth/ways.ts"
import { type Attempt, exhausted, resting } from "../models/faults.ts"
import type { Models, OpenModel } from "../models/service.ts"
import type { SessionOverrides } from "../sessions/overrides.ts"

/** Why the turn went on to another model. */
export interface Fallback {
  from: string
  to: string
  error: Fault
}

type Pin = SessionOverrides["authProfile"]

interface Options {
  /** References to try, best first. */
  refs: readonly string[]
  agentId: string
  /** The profile that the session keeps to. */
  pin: Pin
  models: Models
  clock: Clock
  signal: AbortSignal
  tell(fallback: Fallback): void
  /** The session is to keep to this profile from now on. */
  keepTo(profile: string): void
}

/**
 * The models of one turn, best first, each by every profile it can be called with. What failed is
 * not tried again, what rests is passed over.
 */
export class Candidates {
  readonly #refs: string[]
  #ways: (Way | undefined)[] = []
  /** In use, or tried last. */
  #ref: string | undefined
  #way: Way | undefined
  #isFirst = true
  /** Profiles still tried when the provider is overloaded. */
  #rotations = 0
  #pauseMs = 0
  readonly #failures: (Attempt & { error: Fault; readyAt?: number })[] = []

  constructor(private readonly options: Options) {
    const { refs, models } = options
    this.#refs = refs.length ? [...refs] : [models.defaultRef()]
  }

  /** Opens the next one. When none is left it throws what was wrong. */
  async next(): Promise<OpenModel> {
    const { models, agentId } = this.options
    for (;;) {
      // One that cannot be opened at all leaves no way to it.
      while (!this.#ways.length) if (!this.#toNextRef()) throw this.#nothingLeft()
      const way = (this.#way = this.#ways.shift())
      try {
        this.#passOverIfResting(way)
        await this.#pause()
        return await models.open(this.#ref, { agentId, way })
      } catch (error) {
        this.#note(error)
      }
    }
  }

  /** Gives up on the one in use. Throws the error instead when no other could mend it. */
  async failed(error: unknown) {
    const kind = this.#note(error)
    await this.learnt(error)
    // A key stands in for another only when the provider asked to slow down.
    if (this.#way?.onlyForRate && kind !== "rate") this.#ways = []
    if (kind !== "overload") return
    if (this.#rotations-- <= 0) this.#ways = []
    else this.#pauseMs = this.options.models.overload().backoffMs
  }

  /** Remembers how the one in use failed, also where the turn ends with it. */
  async learnt(error: unknown) {
    if (this.#way && error instanceof Fault) await this.options.models.failed(this.#way, error)
  }

  /** It answered. */
  worked() {
    const way = this.#way
    if (!way) return
    this.options.models.worked(way)
    const { pin, keepTo } = this.options
    const isNews = way.profile && this.#isFirst && pin?.id !== way.id
    if (isNews && pin?.source !== "user") keepTo(way.id)
  }

  #toNextRef(): boolean {
    const before = this.#ref
    const ref = this.#refs.shift()
    if (ref === undefined) return false
    this.#isFirst = before === undefined
    this.#ref = ref
    this.#rotations = this.options.models.overload().rotations
    const last = this.#failures.at(-1)
    if (before !== undefined && last)
      this.options.tell({ from: before, to: ref, error: last.error })
    try {
      this.#ways = this.#waysTo(ref)
    } catch (error) {
      this.#way = undefined
      this.#note(error)
    }
    return true
  }

  /** A profile that a person picked is the only one; one that was picked for them is the first. */
  #waysTo(ref: string): (Way | undefined)[] {
    const { models, agentId, pin } = this.options
    const picked = pin?.source === "user" ? pin.id : undefined
    const ways = models.ways(ref, { agentId, profile: picked })
    if (!ways.length) return [undefined]
    const kept = ways.find(({ id, restsUntil }) => id === pin?.id && restsUntil === undefined)
    return kept ? [kept, ...ways.filter((way) => way !== kept)] : ways
  }

  #passOverIfResting(way: Way | undefined) {
    const { clock, models } = this.options
    const readyInMs = (way?.restsUntil ?? 0) - clock.now()
    if (!way || readyInMs <= 0) return
    const [, model = ""] = /^[^/]*\/(.*)$/s.exec(this.#ref ?? models.defaultRef()) ?? []
    const why = way.restsFor ?? "it failed before"
    throw resting({ provider: way.provider, model, by: way.id, readyInMs, why })
  }

  async #pause() {
    const ms = this.#pauseMs
    this.#pauseMs = 0
    const { clock, signal } = this.options
    if (ms) await pause(clock, ms, signal)
  }

  #note(error: unknown) {
    if (!(error instanceof Fault)) throw error
    const kind = failureClass(error)
    const isResting = resting.is(error)
    if (!kind && !isResting) throw error
    this.#failures.push({
      ref: this.#ref ?? "",
      by: this.#way?.id,
      code: error.code,
      why: kind ? classWords[kind] : "rests",
      error,
      ...(isResting && { readyAt: this.#way?.restsUntil }),
    })
    return kind
  }

  /** What one failed is told as it is; of several, which they were. */
  #nothingLeft() {
    const [first, ...more] = this.#failures
    if (first && !more.length) return first.error
    const waits = this.#failures.flatMap(({ readyAt }) => (readyAt === undefined ? [] : [readyAt]))
    const hint = this.#failures.find(({ readyAt }) => readyAt === undefined)?.error.hint
    const readyInMs = waits.length
      ? Math.max(0, Math.min(...waits) - this.options.clock.now())
      : undefined
    const attempts = this.#failures.map(({ ref, by, code, why }) => ({ ref, by, code, why }))
    return exhausted({ attempts, hint, readyInMs }, first?.error)
  }
}
