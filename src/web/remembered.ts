import type { Clock } from "../kernel/clock.ts"

/** Answers kept for a while, the newest `most` of them. What failed is asked anew. */
export const remembered = <T>(clock: Clock, most: number) => {
  const kept = new Map<string, { at: number; answer: T }>()
  return async (key: string, ttlMs: number, ask: () => Promise<T>): Promise<T> => {
    const known = kept.get(key)
    if (known && clock.now() - known.at < ttlMs) return known.answer
    const answer = await ask()
    if (!ttlMs) return answer
    kept.delete(key)
    kept.set(key, { at: clock.now(), answer })
    if (kept.size > most) kept.delete(kept.keys().next().value!)
    return answer
  }
}
