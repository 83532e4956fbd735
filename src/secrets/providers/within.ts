import type { Clock } from "../../kernel/clock.ts"

/** What `work` gives, or `late` when that takes longer than `ms`. */
export const within = async <T, L>(clock: Clock, ms: number, work: Promise<T>, late: L) => {
  const over = Promise.withResolvers<L>()
  const cancel = clock.after(ms, () => over.resolve(late))
  try {
    return await Promise.race([work, over.promise])
  } finally {
    cancel()
  }
}
