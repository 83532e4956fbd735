import { service } from "./service.ts"

/** Time as a service, so that a test can turn the clock. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number
  /** Runs `work` once after `ms`; the returned function cancels it. Never keeps the process alive. */
  after(ms: number, work: () => void): () => void
  /** Runs `work` every `ms`; the returned function stops it. Never keeps the process alive. */
  every(ms: number, work: () => void): () => void
}

export const Clock = service<Clock>("clock")

export const systemClock: Clock = {
  now: () => Date.now(),
  after(ms, work) {
    const timer = setTimeout(work, ms)
    timer.unref()
    return () => clearTimeout(timer)
  },
  every(ms, work) {
    const timer = setInterval(work, ms)
    timer.unref()
    return () => clearInterval(timer)
  },
}

/** Waits so long. Rejects with the signal's reason when that aborts first. */
export const pause = async (clock: Pick<Clock, "after">, ms: number, signal: AbortSignal) => {
  signal.throwIfAborted()
  const over = Promise.withResolvers<void>()
  const cancel = clock.after(ms, over.resolve)
  const onAbort = () => over.reject(signal.reason)
  signal.addEventListener("abort", onAbort, { once: true })
  try {
    await over.promise
  } finally {
    cancel()
    signal.removeEventListener("abort", onAbort)
  }
}
