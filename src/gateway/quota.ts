import type { Clock } from "../kernel/clock.ts"
import type { Limit } from "../kernel/method.ts"

const mostKeys = 10_000

/** Counts calls by key; the map stays bounded whatever the keys are. */
export const createQuota = (clock: () => Clock) => {
  /** When the counted calls were made. Ordered by use, the longest unused first. */
  const calls = new Map<string, number[]>()
  return {
    /** How many keys are remembered. */
    get size() {
      return calls.size
    },

    /** Counts one call, or gives the milliseconds until there is room for it. */
    take(key: string, { max, windowMs }: Limit): number {
      const now = clock().now()
      const recent = (calls.get(key) ?? []).filter((at) => at > now - windowMs)
      calls.delete(key)
      calls.set(key, recent)
      if (calls.size > mostKeys) calls.delete(calls.keys().next().value!)
      if (recent.length >= max) return recent[0]! + windowMs - now
      recent.push(now)
      return 0
    },
  }
}
