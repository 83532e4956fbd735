import { amount, dollars, fromMicros, moment, tokens } from "./amounts.ts"
import type { BudgetStanding } from "./service.ts"
import { type Sum, tokensOf } from "./sum.ts"

/** `12.3k tokens, $0.12`: no cost where none is known, and why. */
export const describeSum = (sum: Sum): string => {
  const parts = [`${tokens(tokensOf(sum))} tokens`]
  if (sum.micros || isAllPriced(sum)) parts.push(dollars(fromMicros(sum.micros)))
  const notes = [
    sum.unpriced && `${sum.unpriced} ${calls(sum.unpriced)} without a known price`,
    sum.subscription && `${sum.subscription} ${calls(sum.subscription)} by subscription`,
    sum.uncounted && `${sum.uncounted} ${calls(sum.uncounted)} that no provider counted`,
  ].filter(Boolean)
  return parts.join(", ") + (notes.length ? ` (${notes.join(", ")})` : "")
}

const calls = (count: number) => (count === 1 ? "call" : "calls")

const isAllPriced = ({ calls, failed, unpriced, subscription, uncounted }: Sum) =>
  calls > failed && !unpriced && !subscription && !uncounted

const whose = ({ of }: BudgetStanding) => (of === "all" ? "" : ` of ${of.replace(":", " ")}`)

/** `this day's budget of agent ada is spent, $1.20 of $1` */
export const describeSpent = (budget: BudgetStanding): string => {
  const { per, unit, spent, limit, state } = budget
  const how = state === "spent" ? "spent" : "nearly spent"
  return `this ${per}'s budget${whose(budget)} is ${how}, ${amount(spent, unit)} of ${amount(limit, unit)}`
}

/** A limit that leaves room again. */
export const enoughFor = ({ limit, spent, unit }: BudgetStanding): number => {
  const enough = Math.max(limit, spent) * 2
  return unit === "tokens" ? Math.ceil(enough) : Math.ceil(enough * 100) / 100
}

/** How it stands and, when there is little left, what comes of that. */
export const describeBudget = (budget: BudgetStanding, zone: string): string => {
  const { per, unit, limit, spent, state, action, resetsAt } = budget
  if (state === "ok")
    return `${amount(spent, unit)} of ${amount(limit, unit)} this ${per}${whose(budget)}`
  const stops = state === "spent" && action === "stop" ? "; no model is called" : ""
  return `${describeSpent(budget)}${stops}. It begins anew ${moment(resetsAt, zone)}`
}
