import type { Database } from "../store/database.ts"
import type { Charge, Price } from "./price.ts"
import { quarterMs } from "./schema.ts"
import type { RecordedCall } from "./service.ts"
import { type Sum, sumOf } from "./sum.ts"

/** Sums of one session, model and purpose. */
export interface GroupSum extends Sum {
  agentId: string
  sessionKey: string
  provider: string
  model: string
  kind: string
}

export interface UsageStore {
  /** All of them or none. */
  add(calls: readonly RecordedCall[]): Promise<void>
  /** What was used from one moment to another, to the quarter of an hour. */
  between(from: number, to: number, sessionKey?: string): Promise<GroupSum[]>
  calls(sessionKey: string, limit: number): Promise<RecordedCall[]>
  ofTranscript(sessionId: string): Promise<Sum>
  ofRun(sessionKey: string, runId: string, startedAt: number): Promise<Sum>
  /** Removes some of what is older; false when nothing was left to remove. */
  prune(before: { calls: number; sums: number }, most: number): Promise<boolean>
}

interface CallRow {
  at: number
  agentId: string
  sessionKey: string
  sessionId: string | null
  runId: string | null
  kind: RecordedCall["kind"]
  provider: string
  model: string
  profile: string | null
  input: number | null
  output: number | null
  cacheRead: number | null
  cacheWrite: number | null
  billing: Charge["billing"]
  micros: number | null
  price: string | null
  ms: number
  outcome: RecordedCall["outcome"]
}

const camel = (column: string) =>
  column.replace(/_(.)/, (_, letter: string) => letter.toUpperCase())

const sums = ["calls", "failed", "input", "output", "cache_read", "cache_write"]
  .concat(["micros", "unpriced", "subscription", "uncounted"])
  .map((column) => `coalesce(sum(${column}), 0) AS ${camel(column)}`)
  .join(", ")

const sumOfCalls = `count(*) AS calls, coalesce(sum(outcome = 'error'), 0) AS failed,
  coalesce(sum(input), 0) AS input, coalesce(sum(output), 0) AS output,
  coalesce(sum(cache_read), 0) AS cacheRead, coalesce(sum(cache_write), 0) AS cacheWrite,
  coalesce(sum(micros), 0) AS micros, coalesce(sum(billing = 'unpriced'), 0) AS unpriced,
  coalesce(sum(billing = 'subscription'), 0) AS subscription,
  coalesce(sum(billing = 'uncounted' AND outcome <> 'error'), 0) AS uncounted`

export const createUsageStore = (db: Database): UsageStore => {
  const { sqlite } = db
  const insert = sqlite.query(
    `INSERT INTO usage_calls (at, agent_id, session_key, session_id, run_id, kind, provider, model,
       profile, input, output, cache_read, cache_write, billing, micros, price, ms, outcome)
     VALUES ($at, $agentId, $sessionKey, $sessionId, $runId, $kind, $provider, $model,
       $profile, $input, $output, $cacheRead, $cacheWrite, $billing, $micros, $price, $ms, $outcome)`,
  )
  const addSum = sqlite.query(
    `INSERT INTO usage_sums (quarter, agent_id, session_key, provider, model, kind, calls, failed,
       input, output, cache_read, cache_write, micros, unpriced, subscription, uncounted)
     VALUES ($quarter, $agentId, $sessionKey, $provider, $model, $kind, $calls, $failed,
       $input, $output, $cacheRead, $cacheWrite, $micros, $unpriced, $subscription, $uncounted)
     ON CONFLICT DO UPDATE SET calls = calls + excluded.calls, failed = failed + excluded.failed,
       input = input + excluded.input, output = output + excluded.output,
       cache_read = cache_read + excluded.cache_read,
       cache_write = cache_write + excluded.cache_write, micros = micros + excluded.micros,
       unpriced = unpriced + excluded.unpriced,
       subscription = subscription + excluded.subscription,
       uncounted = uncounted + excluded.uncounted`,
  )
  const between = sqlite.query<GroupSum, [number, number, string | null]>(
    `SELECT agent_id AS agentId, session_key AS sessionKey, provider, model, kind, ${sums}
     FROM usage_sums WHERE quarter >= ?1 AND quarter < ?2 AND (?3 IS NULL OR session_key = ?3)
     GROUP BY agent_id, session_key, provider, model, kind`,
  )
  const newest = sqlite.query<CallRow, [string, number]>(
    `SELECT at, agent_id AS agentId, session_key AS sessionKey, session_id AS sessionId,
       run_id AS runId, kind, provider, model, profile, input, output, cache_read AS cacheRead,
       cache_write AS cacheWrite, billing, micros, price, ms, outcome
     FROM usage_calls WHERE session_key = ? ORDER BY at DESC, id DESC LIMIT ?`,
  )
  const ofTranscript = sqlite.query<Sum, [string]>(
    `SELECT ${sumOfCalls} FROM usage_calls WHERE session_id = ?`,
  )
  const ofRun = sqlite.query<Sum, [string, number, string]>(
    `SELECT ${sumOfCalls} FROM usage_calls WHERE session_key = ? AND at >= ? AND run_id = ?`,
  )
  const pruneCalls = sqlite.query(
    "DELETE FROM usage_calls WHERE id IN (SELECT id FROM usage_calls WHERE at < ? LIMIT ?)",
  )
  const pruneSums = sqlite.query(
    `DELETE FROM usage_sums WHERE (quarter, agent_id, session_key, provider, model, kind) IN
       (SELECT quarter, agent_id, session_key, provider, model, kind FROM usage_sums
        WHERE quarter < ? LIMIT ?)`,
  )

  return {
    async add(calls) {
      db.write(() => {
        for (const call of calls) {
          insert.run({ ...toRow(call) })
          const { agentId, sessionKey, provider, model, kind } = call
          const quarter = quarterOf(call.at)
          addSum.run({ quarter, agentId, sessionKey, provider, model, kind, ...sumOf(call) })
        }
      })
    },
    async between(from, to, sessionKey) {
      return between.all(quarterOf(from), quarterOf(to), sessionKey ?? null)
    },
    async calls(sessionKey, limit) {
      return newest.all(sessionKey, limit).map(toCall).reverse()
    },
    async ofTranscript(sessionId) {
      return ofTranscript.get(sessionId)!
    },
    async ofRun(sessionKey, runId, startedAt) {
      return ofRun.get(sessionKey, startedAt, runId)!
    },
    async prune(before, most) {
      return db.write(() => {
        const calls = pruneCalls.run(before.calls, most).changes
        const removed = calls + pruneSums.run(quarterOf(before.sums), most).changes
        return removed > 0
      })
    },
  }
}

const quarterOf = (at: number) => Math.floor(at / quarterMs)

const toRow = ({ tokens, charge, ...call }: RecordedCall): CallRow => {
  const isPriced = charge.billing === "priced"
  return {
    at: call.at,
    agentId: call.agentId,
    sessionKey: call.sessionKey,
    sessionId: call.sessionId ?? null,
    runId: call.runId ?? null,
    kind: call.kind,
    provider: call.provider,
    model: call.model,
    profile: call.profile ?? null,
    input: tokens?.input ?? null,
    output: tokens?.output ?? null,
    cacheRead: tokens?.cacheRead ?? null,
    cacheWrite: tokens?.cacheWrite ?? null,
    billing: charge.billing,
    micros: isPriced ? charge.micros : null,
    price: isPriced ? JSON.stringify(charge.price) : null,
    ms: call.ms,
    outcome: call.outcome,
  }
}

const toCall = (row: CallRow): RecordedCall => {
  const { sessionId, runId, profile, input, output, cacheRead, cacheWrite } = row
  const { billing, micros, price, ...rest } = row
  const charge: Charge =
    billing === "priced"
      ? { billing, micros: micros ?? 0, price: JSON.parse(price ?? "{}") as Price }
      : { billing }
  return {
    ...rest,
    sessionId: sessionId ?? undefined,
    runId: runId ?? undefined,
    profile: profile ?? undefined,
    tokens:
      input === null
        ? undefined
        : {
            input,
            output: output ?? 0,
            cacheRead: cacheRead ?? 0,
            cacheWrite: cacheWrite ?? 0,
          },
    charge,
  }
}
