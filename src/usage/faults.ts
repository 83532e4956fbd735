import { fault } from "../kernel/fault.ts"
import type { BudgetStanding } from "./service.ts"

export const noSuchPeriod = fault<{ problem: string }>("usage.period", {
  status: 400,
  message: ({ problem }) => problem,
  hint: () => "Name days as 2026-01-31, the first one first, or a number of days.",
})

export const overBudget = fault<{
  /** `this day's budget is spent, $1.20 of $1` */
  spent: string
  resets: string
  /** The setting that limits it, and a value that would not. */
  setting: string
  enough: number
  waitMs: number
  budget: BudgetStanding
}>("usage.over-budget", {
  status: 429,
  wire: "UNAVAILABLE",
  message: ({ spent }) => `No model is called: ${spent}.`,
  hint: ({ resets, setting, enough }) =>
    `It begins anew ${resets}. To raise it: fased config set '${setting}' ${enough}`,
  details: ({ budget }) => ({ budget }),
  retryable: true,
  retryAfterMs: ({ waitMs }) => waitMs,
})
