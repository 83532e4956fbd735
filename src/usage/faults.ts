import { fault } from "../kernel/fault.ts"
import { amount, moment } from "./amounts.ts"
import type { BudgetStanding } from "./service.ts"

export const noSuchPeriod = fault<{ problem: string }>("usage.period", {
  status: 400,
  message: ({ problem }) => problem,
  hint: () => "Name days as 2026-01-31, the first one first, or a number of days.",
})

export const overBudget = fault<{ budget: BudgetStanding; now: number; zone: string }>(
  "usage.over-budget",
  {
    status: 429,
    wire: "UNAVAILABLE",
    message: ({ budget }) => `No model is called: ${describeSpent(budget)}`,
    hint: ({ budget, zone }) =>
      `It begins anew ${moment(budget.resetsAt, zone)}. To raise it: fased config set '${budget.setting}.${budget.unit}' ${Math.ceil(budget.limit * 2)}`,
    details: ({ budget }) => ({ budget }),
    retryable: true,
    retryAfterMs: ({ budget, now }) => Math.max(0, budget.resetsAt - now),
  },
)

const whose = ({ of, per }: BudgetStanding) =>
  of === "all" ? `this ${per}'s budget` : `this ${per}'s budget of ${of.replace(":", " ")}`

export const describeSpent = (budget: BudgetStanding) =>
  `${whose(budget)} is ${budget.state === "spent" ? "spent" : "nearly spent"}, ${amount(budget.spent, budget.unit)} of ${amount(budget.limit, budget.unit)}.`
