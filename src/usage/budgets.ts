import type { Clock } from "../kernel/clock.ts"
import { moment } from "./amounts.ts"
import { periodAt } from "./calendar.ts"
import type { Budget } from "./config.ts"
import { overBudget } from "./faults.ts"
import type { BudgetStanding, Spender } from "./service.ts"
import type { GroupSum } from "./store.ts"
import { type Sum, tokensOf } from "./sum.ts"
import { describeSpent, enoughFor } from "./told.ts"

type Whose = Pick<Spender, "agentId" | "sessionKey">
type Per = Budget["per"]

interface Spent {
  tokens: number
  micros: number
}

/** What was used in the day or month under way, of everything and of each agent and session. */
interface Counted {
  from: number
  to: number
  zone: string
  spent: Map<string, Spent>
  /** Warnings that were given. */
  told: Set<string>
}

interface Needs {
  config: () => readonly Budget[]
  zone: () => string
  clock: Pick<Clock, "now">
  /** All that was used since then. */
  since(from: number): Promise<readonly GroupSum[]>
  tell(standing: BudgetStanding): void
}

/**
 * Counts what budgets limit. The counts are in memory: the store is read when there first is a
 * budget, and never by a call. A call under way may go over; the next one is stopped.
 */
export class Budgets {
  readonly #counted = new Map<Per, Counted>()
  #loading: Promise<void> | undefined
  /** Calls that ended while the store was read. */
  #late: { who: Whose; sum: Sum }[] = []

  constructor(private readonly needs: Needs) {}

  /** Reads up on what was used, if there are budgets and it is not known. */
  async ready(): Promise<void> {
    const missing = this.#neededPeriods().some((per) => !this.#current(per))
    if (missing) await (this.#loading ??= this.#load().finally(() => (this.#loading = undefined)))
  }

  /** Throws `usage.over-budget`. */
  async admit(who: Whose) {
    if (!this.needs.config().length) return
    await this.ready()
    const now = this.needs.clock.now()
    for (const [at, budget] of this.needs.config().entries()) {
      if (budget.action !== "stop" || !limits(budget, who)) continue
      const standing = this.#standing(budget, at, targetOf(budget, who))
      if (standing?.state === "spent")
        throw overBudget({
          spent: describeSpent(standing),
          resets: moment(standing.resetsAt, this.needs.zone()),
          setting: `${standing.setting}.${standing.unit}`,
          enough: enoughFor(standing),
          waitMs: Math.max(0, standing.resetsAt - now),
          budget: standing,
        })
    }
  }

  add(who: Whose, sum: Sum) {
    if (this.#loading) this.#late.push({ who, sum })
    for (const per of this.#counted.keys()) {
      const counted = this.#current(per)
      if (counted) count(counted, who, sum)
    }
    for (const [at, budget] of this.needs.config().entries())
      if (limits(budget, who)) this.#warn(budget, at, targetOf(budget, who))
  }

  /** How each stands, for each agent and session that has used anything of it. */
  async standing(): Promise<BudgetStanding[]> {
    await this.ready()
    return this.needs.config().flatMap((budget, at) => {
      const targets = [...(this.#current(budget.per)?.spent.keys() ?? [])]
      const own = targets.filter((target) => isTarget(budget, target))
      const named = budget.of === "all" && !own.length ? ["all"] : own
      return named
        .map((target) => this.#standing(budget, at, target))
        .filter((standing) => standing !== undefined)
        .toSorted((a, b) => b.spent - a.spent)
        .slice(0, mostShown)
    })
  }

  #neededPeriods() {
    return [...new Set(this.needs.config().map(({ per }) => per))]
  }

  /** The count that holds now: one of a new day begins at nothing. */
  #current(per: Per): Counted | undefined {
    const counted = this.#counted.get(per)
    if (!counted) return undefined
    const now = this.needs.clock.now()
    const zone = this.needs.zone()
    if (zone !== counted.zone || now < counted.from) {
      this.#counted.delete(per)
      return undefined
    }
    if (now < counted.to) return counted
    const next = { ...periodAt(per, now, zone), zone, spent: new Map(), told: new Set<string>() }
    this.#counted.set(per, next)
    return next
  }

  async #load() {
    const now = this.needs.clock.now()
    const zone = this.needs.zone()
    for (const per of this.#neededPeriods()) {
      if (this.#current(per)) continue
      this.#late = []
      const counted: Counted = {
        ...periodAt(per, now, zone),
        zone,
        spent: new Map(),
        told: new Set(),
      }
      for (const group of await this.needs.since(counted.from)) count(counted, group, group)
      for (const { who, sum } of this.#late) count(counted, who, sum)
      this.#counted.set(per, counted)
      // What was said before a restart is not said again.
      for (const { setting, of, state } of this.#near(per))
        counted.told.add(toldOf(setting, of, state))
    }
    this.#late = []
  }

  *#near(per: Per) {
    for (const [at, budget] of this.needs.config().entries())
      if (budget.per === per)
        for (const target of this.#counted.get(per)?.spent.keys() ?? [])
          if (isTarget(budget, target)) {
            const standing = this.#standing(budget, at, target)
            if (standing && standing.state !== "ok") yield standing
          }
  }

  #warn(budget: Budget, at: number, target: string) {
    const standing = this.#standing(budget, at, target)
    if (!standing || standing.state === "ok") return
    const told = this.#current(budget.per)!.told
    const word = toldOf(standing.setting, target, standing.state)
    if (told.has(word)) return
    told.add(word)
    this.needs.tell(standing)
  }

  #standing(budget: Budget, at: number, target: string): BudgetStanding | undefined {
    const counted = this.#current(budget.per)
    if (!counted) return undefined
    const { tokens = 0, micros = 0 } = counted.spent.get(target) ?? {}
    const unit = budget.usd === undefined ? "tokens" : "usd"
    const limit = budget.usd ?? budget.tokens!
    const spent = unit === "usd" ? micros / 1_000_000 : tokens
    return {
      setting: `usage.budgets[${at}]`,
      of: target,
      per: budget.per,
      unit,
      limit,
      spent,
      action: budget.action,
      state: spent >= limit ? "spent" : spent >= limit * budget.warnAt ? "near" : "ok",
      resetsAt: counted.to,
    }
  }
}

/** Agents or sessions of one budget that are shown, the ones that used most. */
const mostShown = 50

const toldOf = (setting: string, of: string, state: string) => `${setting} ${of} ${state}`

const limits = ({ agentId }: Budget, who: Whose) => agentId === undefined || agentId === who.agentId

const targetOf = ({ of, agentId }: Budget, who: Whose) =>
  of === "session"
    ? `session:${who.sessionKey}`
    : of === "agent" || agentId !== undefined
      ? `agent:${who.agentId}`
      : "all"

/** Session keys name their agent: `agent:<id>:…` */
const isTarget = ({ of, agentId }: Budget, target: string) => {
  if (of === "session")
    return target.startsWith(agentId === undefined ? "session:" : `session:agent:${agentId}:`)
  if (agentId !== undefined) return target === `agent:${agentId}`
  return of === "agent" ? target.startsWith("agent:") : target === "all"
}

const count = ({ spent }: Counted, { agentId, sessionKey }: Whose, sum: Sum) => {
  for (const target of ["all", `agent:${agentId}`, `session:${sessionKey}`]) {
    const { tokens, micros } = spent.get(target) ?? { tokens: 0, micros: 0 }
    spent.set(target, { tokens: tokens + tokensOf(sum), micros: micros + sum.micros })
  }
}
