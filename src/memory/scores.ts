/** The maths of a search (contract 18 §14). All scores are between 0 and 1. */
import type { MemorySearch } from "../agents/memory-search.ts"

export interface Scored {
  id: number
  path: string
  text: string
  score: number
}

/** `rank` is how far a match is behind the best one by BM25. */
export const textScore = (rank: number) => 1 / (1 + Math.max(0, rank))

/** Of two vectors of length 1. What points away is no match at all. */
export const vectorScore = (a: Float32Array, b: Float32Array) => Math.max(0, dot(a, b))

/** Four sums side by side, which takes half the time of one. */
export const dot = (a: Float32Array, b: Float32Array) => {
  let [s0, s1, s2, s3] = [0, 0, 0, 0]
  let i = 0
  for (; i + 3 < a.length; i += 4) {
    s0 += a[i]! * b[i]!
    s1 += a[i + 1]! * b[i + 1]!
    s2 += a[i + 2]! * b[i + 2]!
    s3 += a[i + 3]! * b[i + 3]!
  }
  for (; i < a.length; i++) s0 += a[i]! * b[i]!
  return s0 + s1 + s2 + s3
}

/** The same direction, with length 1; a vector without a direction stays as it is. */
export const normalized = (vector: Float32Array) => {
  const length = Math.sqrt(dot(vector, vector))
  return length > 0 && Number.isFinite(length) ? vector.map((value) => value / length) : vector
}

type Weights = Pick<MemorySearch["hybrid"], "vectorWeight" | "textWeight">

/** The weights, made to add up to 1; alike where both are 0. */
export const weights = ({ vectorWeight, textWeight }: Weights) => {
  const sum = vectorWeight + textWeight
  return sum > 0
    ? { vector: vectorWeight / sum, text: textWeight / sum }
    : { vector: 0.5, text: 0.5 }
}

const dayMs = 86_400_000

/** The day that a daily note is named for, in milliseconds; undefined for what does not age. */
export const dayOf = (path: string): number | undefined => {
  const day = /(?:^|\/)(\d{4}-\d{2}-\d{2})(?:[^/\d][^/]*)?\.md$/.exec(path)?.[1]
  const at = day === undefined ? NaN : Date.parse(`${day}T00:00:00Z`)
  return Number.isNaN(at) ? undefined : at
}

/** What is left of a score: half of it after each half-life. */
export const decay = (
  path: string,
  { now, halfLifeDays }: { now: number; halfLifeDays: number },
) => {
  const day = dayOf(path)
  if (day === undefined) return 1
  const ageDays = Math.max(0, (now - day) / dayMs)
  return Math.exp((-Math.LN2 / halfLifeDays) * ageDays)
}

/** Words that two texts share, of all they have. */
export const jaccard = (a: ReadonlySet<string>, b: ReadonlySet<string>) => {
  if (!a.size && !b.size) return 0
  let both = 0
  for (const word of a) if (b.has(word)) both++
  return both / (a.size + b.size - both)
}

export const wordSet = (text: string): ReadonlySet<string> =>
  new Set(text.toLowerCase().match(/[\p{L}\p{N}\p{M}]+/gu))

/** Maximal marginal relevance: each next one fits well and differs from those before. */
export const diversify = <T extends Scored>(
  hits: readonly T[],
  { lambda, most }: { lambda: number; most: number },
): T[] => {
  const left = hits.map((hit) => ({ hit, words: wordSet(hit.text), likeness: 0 }))
  const picked: T[] = []
  while (left.length && picked.length < most) {
    let best = 0
    let bestWorth = -Infinity
    for (const [at, { hit, likeness }] of left.entries()) {
      const worth = lambda * hit.score - (1 - lambda) * likeness
      if (worth > bestWorth) [best, bestWorth] = [at, worth]
    }
    const [next] = left.splice(best, 1)
    picked.push(next!.hit)
    for (const one of left) one.likeness = Math.max(one.likeness, jaccard(one.words, next!.words))
  }
  return picked
}
