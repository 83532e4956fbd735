import type { Result } from "../../methods.ts"
import { amount, dollars } from "../../words.ts"

export type Report = Result<"sessions.usage">
export type Totals = Report["totals"]
export type Measure = "tokens" | "cost"

export const measures = [
  { value: "tokens", label: "Tokens" },
  { value: "cost", label: "Cost" },
] as const

export const valueOf = (totals: Totals, measure: Measure) =>
  measure === "cost" ? totals.totalCost : totals.totalTokens

export const inWords = (value: number, measure: Measure) =>
  measure === "cost" ? dollars(value) : amount(value)

/** What a day's tokens are made of, from the bottom of its bar to the top. */
export const tokenParts = [
  { key: "cacheRead", label: "Read from a cache" },
  { key: "cacheWrite", label: "Written to a cache" },
  { key: "input", label: "Read" },
  { key: "output", label: "Written" },
] as const

/** Round steps for an axis up to `most`, at most four of them. */
export const stepsTo = (most: number): number[] => {
  if (most <= 0) return []
  const rough = most / 4
  const size = 10 ** Math.floor(Math.log10(rough))
  const step = [1, 2, 2.5, 5, 10].map((one) => one * size).find((one) => one >= rough)!
  return Array.from({ length: Math.floor(most / step) }, (_, at) => (at + 1) * step)
}

/** `3 May`, for a day as `2026-05-03`. */
export const dayName = (date: string) =>
  new Date(`${date}T12:00:00`).toLocaleDateString(undefined, { day: "numeric", month: "short" })
