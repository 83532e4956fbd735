import type { Clock } from "./clock.ts"
import { Prepared } from "./method.ts"

const most = 32

/**
 * Keeps answers as JSON text, so that clients who poll cost a string each. An answer holds while
 * `stamp` stays the same, and never longer than `keepMs`.
 */
export const preparedAnswers = <T>(clock: Clock, keepMs: number) => {
  const answers = new Map<string, { stamp: unknown; at: number; answer: Prepared<T> }>()
  return async (key: string, stamp: unknown, make: () => Promise<T>): Promise<Prepared<T>> => {
    const known = answers.get(key)
    const now = clock.now()
    if (known && known.stamp === stamp && now - known.at < keepMs) return known.answer
    const answer = new Prepared<T>(JSON.stringify(await make()))
    if (answers.size >= most) answers.clear()
    answers.set(key, { stamp, at: now, answer })
    return answer
  }
}
