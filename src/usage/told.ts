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

export const describeBudget = (budget: BudgetStanding, zone: string): string => {
  const { of, per, unit, limit, spent, state, action, resetsAt } = budget
  const whose = of === "all" ? "" : ` of ${of.replace(":", " ")}`
  const stands = `${amount(spent, unit)} of ${amount(limit, unit)} this ${per}${whose}`
  if (state === "ok") return stands
  const ends = action === "stop" ? ", no model is called" : ""
  return `${stands}: ${state === "spent" ? `spent${ends}` : "nearly spent"}, begins anew ${moment(resetsAt, zone)}`
}
