import { service } from "../kernel/service.ts"
import type { OpenModel } from "../models/service.ts"
import type { ModelUsage } from "../kernel/model-usage.ts"
import type { Charge } from "./price.ts"
import type { Sum } from "./sum.ts"

export const callKinds = [
  "turn",
  "compaction",
  "memory-flush",
  "image",
  "embedding",
  "task",
  "passthrough",
] as const
export type CallKind = (typeof callKinds)[number]

/** For whom, and for what, a model is called. */
export interface Spender {
  kind: CallKind
  agentId: string
  sessionKey: string
  sessionId?: string
  runId?: string
}

/** A model call that is over, however it went. */
export interface EndedCall {
  who: Spender
  /** `api`: the wire it was called by; the embedded guide has none. */
  model: Pick<OpenModel, "provider" | "model" | "cost" | "way"> & { api?: string }
  /** What the provider counted; absent when it did not come to that. */
  usage?: ModelUsage
  startedAt: number
  outcome: "ok" | "error" | "aborted"
}

/** A call as it stands in the books. */
export interface RecordedCall extends Spender {
  at: number
  provider: string
  model: string
  /** The sign-in it was made with. */
  profile?: string
  tokens?: Omit<ModelUsage, "totalTokens">
  charge: Charge
  ms: number
  outcome: EndedCall["outcome"]
}

/** The books of what models are called for. Whoever calls one asks before, and records it after. */
export interface Ledger {
  /** Throws `usage.over-budget` when a budget that stops is spent. */
  admit(who: Pick<Spender, "agentId" | "sessionKey">): Promise<void>
  /** Notes a call in memory; it is on disk within a second. */
  record(call: EndedCall): Charge
  /** How the budgets of the config stand. */
  standing(): Promise<BudgetStanding[]>
}
export const Ledger = service<Ledger>("usage ledger")

export interface BudgetStanding {
  /** `usage.budgets[0]` */
  setting: string
  /** `all`, `agent:<id>` or `session:<key>` */
  of: string
  per: "day" | "month"
  unit: "usd" | "tokens"
  limit: number
  spent: number
  action: "warn" | "stop"
  state: "ok" | "near" | "spent"
  resetsAt: number
}

/** A stretch of days, as a caller names it. */
export interface Period {
  /** So many days up to today, unless there are dates. */
  days?: number
  startDate?: string
  endDate?: string
  /** `utc`, the gateway's own zone, or `utcOffset`. */
  mode?: "utc" | "gateway" | "specific"
  utcOffset?: string
}

/** One day's sums of one session, model and purpose. */
export interface DaySum extends Sum {
  date: string
  agentId: string
  sessionKey: string
  provider: string
  model: string
  kind: string
}

export interface DayReport {
  startDate: string
  endDate: string
  zone: string
  /** Every day of it, also those without a call. */
  dates: string[]
  sums: DaySum[]
}

/** Answers what was used. What was recorded a moment ago is in it. */
export interface Usages {
  days(period: Period, sessionKey?: string): Promise<DayReport>
  /** The newest calls of a session, oldest first. */
  calls(sessionKey: string, limit: number): Promise<RecordedCall[]>
  /** All that a transcript has used, as far back as single calls are kept. */
  ofTranscript(sessionId: string): Promise<Sum>
  /** All that a run in a session has used since it began. */
  ofRun(sessionKey: string, runId: string, startedAt: number): Promise<Sum>
}
export const Usages = service<Usages>("usage reports")

/** The time zone whose days count here: the one set for agents, else this machine's. */
export const Zone = service<() => string>("usage zone")
