import type { Clock } from "./clock.ts"

/** What a call rejects with when its time is over. */
export class TooSlow extends Error {
  constructor(readonly ms: number) {
    super(`no answer within ${Math.round(ms / 1000)} seconds`)
    this.name = "TooSlow"
  }
}

/**
 * Waits so long for work that may never settle and may not hear its signal. What
 * comes of it later is thrown away.
 */
export const within = async <T>(
  clock: Clock,
  ms: number,
  work: (signal: AbortSignal) => Promise<T> | T,
  ...outer: readonly (AbortSignal | undefined)[]
): Promise<T> => {
  for (const signal of outer) signal?.throwIfAborted()
  const abort = new AbortController()
  const over = Promise.withResolvers<never>()
  const end = (reason: unknown) => {
    over.reject(reason)
    abort.abort(reason)
  }
  const cancel = clock.after(ms, () => end(new TooSlow(ms)))
  const onAbort = ({ target }: Event) => end((target as AbortSignal).reason)
  for (const signal of outer) signal?.addEventListener("abort", onAbort)
  const working = (async () => work(abort.signal))()
  working.catch(() => undefined)
  try {
    return await Promise.race([working, over.promise])
  } finally {
    cancel()
    for (const signal of outer) signal?.removeEventListener("abort", onAbort)
  }
}
