import type { OpenModel } from "../models/service.ts"
import type { ModelUsage } from "../kernel/model-usage.ts"

/**
 * What a call costs. `subscription`: paid for by the month · `unpriced`: nobody knows the price ·
 * `uncounted`: the provider did not say how many tokens it was.
 */
export type Charge =
  | { billing: "priced"; micros: number; price: Price }
  | { billing: "subscription" | "unpriced" | "uncounted" }

/** US dollars per million tokens, which is millionths of a dollar per token. */
export type Price = NonNullable<OpenModel["cost"]>

export const chargeOf = (
  { cost, way }: Pick<OpenModel, "cost" | "way">,
  usage: ModelUsage | undefined,
): Charge => {
  if (!usage?.totalTokens) return { billing: "uncounted" }
  if (way?.subscription) return { billing: "subscription" }
  if (!cost) return { billing: "unpriced" }
  return { billing: "priced", micros: costOf(cost, usage), price: cost }
}

/** What calls in a row cost; undefined once that is not known of one. */
export const addCosts = (micros: number | undefined, charge: Charge) =>
  micros === undefined || charge.billing !== "priced" ? undefined : micros + charge.micros

const costOf = (price: Price, { input, output, cacheRead, cacheWrite }: ModelUsage) =>
  Math.round(
    input * price.input +
      output * price.output +
      cacheRead * price.cacheRead +
      cacheWrite * price.cacheWrite,
  )
