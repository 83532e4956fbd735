import * as z from "zod"
import { fromMicros } from "./amounts.ts"
import type { DayReport } from "./service.ts"
import { add, groupBy, nothing, type Sum, tokensOf } from "./sum.ts"

/** Parameters that name a stretch of days. */
export const periodParams = z.object({
  days: z.int().min(1).max(1100).optional().describe("So many days up to today; default 7."),
  startDate: z.iso.date().optional().describe("First day, as 2026-01-31."),
  endDate: z.iso.date().optional().describe("Last day; default: today."),
  mode: z
    .enum(["utc", "gateway", "specific"])
    .default("gateway")
    .describe("Whose days: those of UTC, of the gateway's zone, or of utcOffset."),
  utcOffset: z
    .string()
    .regex(/^UTC(?:[+-]\d{1,2}(?::\d{2})?)?$/)
    .optional()
    .describe("For mode specific, as UTC+5:30."),
})

export const totals = z.object({
  calls: z.int(),
  failedCalls: z.int(),
  input: z.int(),
  output: z.int(),
  cacheRead: z.int(),
  cacheWrite: z.int(),
  totalTokens: z.int(),
  /** US dollars, of the calls whose price is known. */
  totalCost: z.number(),
  /** Calls whose price is not known. */
  missingCostEntries: z.int(),
  /** Calls that a subscription covers: they have tokens and no cost. */
  subscriptionCalls: z.int(),
  /** Calls that were stopped, or answered, without a count of tokens. */
  uncountedCalls: z.int(),
})

export const toTotals = (sum: Sum): z.infer<typeof totals> => {
  const { calls, input, output, cacheRead, cacheWrite } = sum
  return {
    calls,
    failedCalls: sum.failed,
    input,
    output,
    cacheRead,
    cacheWrite,
    totalTokens: tokensOf(sum),
    totalCost: fromMicros(sum.micros),
    missingCostEntries: sum.unpriced,
    subscriptionCalls: sum.subscription,
    uncountedCalls: sum.uncounted,
  }
}

export const daily = z.object({ date: z.string(), ...totals.shape })

/** Every day of the report, those without a call as well. */
export const toDaily = ({ dates, sums }: Pick<DayReport, "dates" | "sums">) => {
  const byDate = new Map(groupBy(sums, ({ date }) => date).map(({ key, sum }) => [key, sum]))
  return dates.map((date) => ({ date, ...toTotals(byDate.get(date) ?? nothing) }))
}

export const total = (sums: readonly Sum[]) => sums.reduce<Sum>(add, nothing)
