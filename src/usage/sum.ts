import type { RecordedCall } from "./service.ts"

/** What several calls come to. */
export interface Sum {
  calls: number
  /** Calls that ended in an error. */
  failed: number
  /** Tokens read that were in no cache. */
  input: number
  output: number
  cacheRead: number
  cacheWrite: number
  /** Millionths of a US dollar, of the calls whose price is known. */
  micros: number
  unpriced: number
  /** Calls that a subscription covers. */
  subscription: number
  /** Calls that were answered, or stopped, without a count of tokens. */
  uncounted: number
}

export const nothing: Readonly<Sum> = {
  calls: 0,
  failed: 0,
  input: 0,
  output: 0,
  cacheRead: 0,
  cacheWrite: 0,
  micros: 0,
  unpriced: 0,
  subscription: 0,
  uncounted: 0,
}

const fields = Object.keys(nothing) as (keyof Sum)[]

export const sumOf = (call: RecordedCall): Sum => {
  const { charge, outcome, tokens } = call
  const { billing } = charge
  return {
    calls: 1,
    failed: Number(outcome === "error"),
    input: tokens?.input ?? 0,
    output: tokens?.output ?? 0,
    cacheRead: tokens?.cacheRead ?? 0,
    cacheWrite: tokens?.cacheWrite ?? 0,
    micros: billing === "priced" ? charge.micros : 0,
    unpriced: Number(billing === "unpriced"),
    subscription: Number(billing === "subscription"),
    uncounted: Number(billing === "uncounted" && outcome !== "error"),
  }
}

export const add = (a: Readonly<Sum>, b: Readonly<Sum>): Sum =>
  Object.fromEntries(fields.map((field) => [field, a[field] + b[field]])) as unknown as Sum

export const tokensOf = ({ input, output, cacheRead, cacheWrite }: Omit<Sum, "micros">) =>
  input + output + cacheRead + cacheWrite

/** Sums by what `name` makes of each, the largest first. */
export const groupBy = <S extends Sum>(sums: readonly S[], name: (sum: S) => string) => {
  const groups = new Map<string, { first: S; sum: Sum }>()
  for (const one of sums) {
    const key = name(one)
    const known = groups.get(key)
    groups.set(key, { first: known?.first ?? one, sum: add(known?.sum ?? nothing, one) })
  }
  return [...groups]
    .map(([key, group]) => ({ key, ...group }))
    .toSorted((a, b) => b.sum.micros - a.sum.micros || tokensOf(b.sum) - tokensOf(a.sum))
}
