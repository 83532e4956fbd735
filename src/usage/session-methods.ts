import * as z from "zod"
import { Clock } from "../kernel/clock.ts"
import { method } from "../kernel/method.ts"
import { Directory } from "../sessions/directory.ts"
import { fromMicros } from "./amounts.ts"
import { type RecordedCall, Usages } from "./service.ts"
import { groupBy, sumOf, tokensOf } from "./sum.ts"
import { daily, periodParams, toDaily, total, totals, toTotals } from "./wire.ts"

const key = z.string().min(1).describe("Session key; `main` is the default agent's main session.")

export const sessionsUsage = method({
  name: "sessions.usage",
  scope: "read",
  summary: "Tokens and cost by session, model, provider, agent, purpose and day.",
  params: () =>
    periodParams.extend({
      key: key.optional(),
      limit: z.int().min(1).max(1000).default(50).describe("Most sessions, those that used most."),
      includeContextWeight: z.boolean().optional().describe("Accepted for older clients."),
    }),
  result: () =>
    z.object({
      updatedAt: z.number(),
      startDate: z.string(),
      endDate: z.string(),
      timeZone: z.string(),
      sessions: z.array(
        z.object({
          key: z.string(),
          agentId: z.string(),
          sessionId: z.string().optional(),
          label: z.string().optional(),
          updatedAt: z.number().optional(),
          usage: totals.extend({ dailyBreakdown: z.array(daily) }),
        }),
      ),
      totals: totals,
      aggregates: z.object({
        byModel: z.array(z.object({ provider: z.string(), model: z.string(), ...totals.shape })),
        byProvider: z.array(z.object({ provider: z.string(), ...totals.shape })),
        byAgent: z.array(z.object({ agentId: z.string(), ...totals.shape })),
        byKind: z.array(z.object({ kind: z.string(), ...totals.shape })),
        daily: z.array(daily),
      }),
    }),
  example: { days: 7 },
  needs: { usages: Usages, directory: Directory, clock: Clock },
  async handle({ key: written, limit, ...period }, { usages, directory, clock }) {
    const key = written === undefined ? undefined : directory.key(written).key
    const report = await usages.days(period, key)
    const { startDate, endDate, zone: timeZone, sums } = report
    const sessions = groupBy(sums, ({ sessionKey }) => sessionKey).slice(0, limit)
    return {
      updatedAt: clock.now(),
      startDate,
      endDate,
      timeZone,
      sessions: await Promise.all(
        sessions.map(async ({ key, first, sum }) => {
          const session = await directory.find(key).catch(() => null)
          const own = sums.filter(({ sessionKey }) => sessionKey === key)
          const dates = [...new Set(own.map(({ date }) => date))]
          return {
            key,
            agentId: first.agentId,
            sessionId: session?.sessionId,
            label: session?.label ?? session?.title ?? undefined,
            updatedAt: session?.updatedAt,
            usage: { ...toTotals(sum), dailyBreakdown: toDaily({ dates, sums: own }) },
          }
        }),
      ),
      totals: toTotals(total(sums)),
      aggregates: {
        byModel: groupBy(sums, ({ provider, model }) => `${provider}/${model}`).map(
          ({ first: { provider, model }, sum }) => ({ provider, model, ...toTotals(sum) }),
        ),
        byProvider: groupBy(sums, ({ provider }) => provider).map(({ key: provider, sum }) => ({
          provider,
          ...toTotals(sum),
        })),
        byAgent: groupBy(sums, ({ agentId }) => agentId).map(({ key: agentId, sum }) => ({
          agentId,
          ...toTotals(sum),
        })),
        byKind: groupBy(sums, ({ kind }) => kind).map(({ key: kind, sum }) => ({
          kind,
          ...toTotals(sum),
        })),
        daily: toDaily(report),
      },
    }
  },
})

const ofCall = {
  timestamp: z.number(),
  input: z.int(),
  output: z.int(),
  cacheRead: z.int(),
  cacheWrite: z.int(),
  totalTokens: z.int(),
  /** US dollars; absent when the price is not known or a subscription covers it. */
  cost: z.number().optional(),
}

const toPoint = (call: RecordedCall) => {
  const sum = sumOf(call)
  const { input, output, cacheRead, cacheWrite } = sum
  return {
    timestamp: call.at,
    input,
    output,
    cacheRead,
    cacheWrite,
    totalTokens: tokensOf(sum),
    cost: call.charge.billing === "priced" ? fromMicros(call.charge.micros) : undefined,
  }
}

const callsOf = z.object({
  key,
  limit: z.int().min(1).max(5000).default(1000).describe("Most calls, the newest."),
})

export const timeseries = method({
  name: "sessions.usage.timeseries",
  scope: "read",
  summary: "How the tokens and the cost of a session grew, call by call.",
  params: () => callsOf,
  result: () =>
    z.object({
      key: z.string(),
      points: z.array(
        z.object({ ...ofCall, cumulativeTokens: z.number(), cumulativeCost: z.number() }),
      ),
    }),
  example: { key: "main" },
  needs: { usages: Usages, directory: Directory },
  async handle(params, { usages, directory }) {
    const { key } = directory.key(params.key)
    let cumulativeTokens = 0
    let cumulativeCost = 0
    const points = (await usages.calls(key, params.limit)).map((call) => {
      const point = toPoint(call)
      cumulativeTokens += point.totalTokens
      cumulativeCost += point.cost ?? 0
      return { ...point, cumulativeTokens, cumulativeCost }
    })
    return { key, points }
  },
})

export const logs = method({
  name: "sessions.usage.logs",
  scope: "read",
  summary: "The model calls of a session: what each was for, what it used and how it ended.",
  params: () => callsOf,
  result: () =>
    z.object({
      key: z.string(),
      entries: z.array(
        z.object({
          ...ofCall,
          kind: z.string(),
          provider: z.string(),
          model: z.string(),
          authProfile: z.string().optional(),
          sessionId: z.string().optional(),
          runId: z.string().optional(),
          billing: z.enum(["priced", "subscription", "unpriced", "uncounted"]),
          durationMs: z.number(),
          outcome: z.enum(["ok", "error", "aborted"]),
        }),
      ),
    }),
  example: { key: "main", limit: 100 },
  needs: { usages: Usages, directory: Directory },
  async handle(params, { usages, directory }) {
    const { key } = directory.key(params.key)
    const calls = await usages.calls(key, params.limit)
    return {
      key,
      entries: calls.map((call) => ({
        ...toPoint(call),
        kind: call.kind,
        provider: call.provider,
        model: call.model,
        authProfile: call.profile,
        sessionId: call.sessionId,
        runId: call.runId,
        billing: call.charge.billing,
        durationMs: call.ms,
        outcome: call.outcome,
      })),
    }
  },
})
