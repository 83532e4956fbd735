import * as z from "zod"
import { Clock } from "../kernel/clock.ts"
import { method } from "../kernel/method.ts"
import { budgetStanding } from "./events.ts"
import { Ledger, Usages } from "./service.ts"
import { groupBy } from "./sum.ts"
import { daily, periodParams, toDaily, total, totals, toTotals } from "./wire.ts"

export const status = method({
  name: "usage.status",
  scope: "read",
  summary: "What each provider was used for today, and how the budgets stand.",
  params: () => z.object({}),
  result: () =>
    z.object({
      updatedAt: z.number(),
      timeZone: z.string(),
      today: totals,
      providers: z.array(
        z.object({
          provider: z.string(),
          displayName: z.string(),
          /** Quotas, of providers that tell them. */
          windows: z.array(
            z.object({
              label: z.string(),
              usedPercent: z.number(),
              resetAt: z.number().optional(),
            }),
          ),
          today: totals,
        }),
      ),
      budgets: z.array(budgetStanding),
    }),
  example: {},
  needs: { ledger: Ledger, usages: Usages, clock: Clock },
  async handle(_, { ledger, usages, clock }) {
    const { sums, zone } = await usages.days({ days: 1 })
    return {
      updatedAt: clock.now(),
      timeZone: zone,
      today: toTotals(total(sums)),
      providers: groupBy(sums, ({ provider }) => provider).map(({ key, sum }) => ({
        provider: key,
        displayName: key,
        windows: [],
        today: toTotals(sum),
      })),
      budgets: await ledger.standing(),
    }
  },
})

export type UsageStatus = z.infer<typeof status.result>

export const cost = method({
  name: "usage.cost",
  scope: "read",
  summary: "Tokens and cost of each day.",
  params: () =>
    periodParams.extend({
      days: z.int().min(1).max(1100).optional().describe("So many days up to today; default 30."),
    }),
  result: () =>
    z.object({
      updatedAt: z.number(),
      days: z.int(),
      startDate: z.string(),
      endDate: z.string(),
      timeZone: z.string(),
      daily: z.array(daily),
      totals: totals,
    }),
  example: { days: 30 },
  needs: { usages: Usages, clock: Clock },
  async handle({ days = 30, ...params }, { usages, clock }) {
    const report = await usages.days({ days, ...params })
    const { startDate, endDate, zone: timeZone, dates, sums } = report
    return {
      updatedAt: clock.now(),
      days: dates.length,
      startDate,
      endDate,
      timeZone,
      daily: toDaily(report),
      totals: toTotals(total(sums)),
    }
  },
})
