import type { MemorySearch } from "../agents/memory-search.ts"
import { decay, diversify, textScore, vectorScore, weights } from "./scores.ts"
import type { IndexStore, Piece } from "./store.ts"

export interface Query {
  words: readonly string[]
  /** Of length 1; undefined to go by words alone. */
  vector?: Float32Array
  maxResults: number
  minScore: number
  now: number
  signal: AbortSignal
}

export interface Ranked extends Piece {
  score: number
}

/** Finds the best pieces of an index by words, by meaning, or by both (contract 18 §14). */
export const rank = async (
  store: IndexStore,
  query: Query,
  hybrid: MemorySearch["hybrid"],
): Promise<Ranked[]> => {
  const { maxResults, minScore, vector, signal, now } = query
  const candidates = maxResults * hybrid.candidateMultiplier
  const byWords = vector && !hybrid.enabled ? [] : store.match(query.words, candidates)
  const byMeaning = vector ? await store.nearest(vector, candidates, signal) : []

  const pieces = new Map<number, Piece>()
  const text = new Map<number, number>()
  const meaning = new Map<number, number>()
  for (const { rank, ...piece } of byWords) {
    pieces.set(piece.id, piece)
    text.set(piece.id, textScore(rank))
    const own = vector && store.vectorOf(piece.id)
    if (own?.length === vector?.length && own) meaning.set(piece.id, vectorScore(vector!, own))
  }
  for (const { score, ...piece } of byMeaning) {
    pieces.set(piece.id, piece)
    meaning.set(piece.id, Math.max(0, score))
  }

  const { vector: wv, text: wt } = !vector
    ? { vector: 0, text: 1 }
    : hybrid.enabled
      ? weights(hybrid)
      : { vector: 1, text: 0 }
  const scored = [...pieces.values()].flatMap((piece): Ranked[] => {
    const both = wv * (meaning.get(piece.id) ?? 0) + wt * (text.get(piece.id) ?? 0)
    const age = hybrid.temporalDecay.enabled
      ? decay(piece.path, { now, halfLifeDays: hybrid.temporalDecay.halfLifeDays })
      : 1
    // What has no vector yet cannot reach more than its words are worth.
    const least = meaning.has(piece.id) || wt === 0 ? minScore : minScore * wt
    return both * age >= least ? [{ ...piece, score: both * age }] : []
  })
  const best = scored.toSorted((a, b) => b.score - a.score || a.id - b.id)
  const { enabled, lambda } = hybrid.mmr
  return enabled ? diversify(best, { lambda, most: maxResults }) : best.slice(0, maxResults)
}

/** Words and numbers; signs between them only part them. */
export const wordsIn = (text: string) => [
  ...new Set((text.toLowerCase().match(/[\p{L}\p{N}\p{M}]+/gu) ?? []).slice(0, 32)),
]
