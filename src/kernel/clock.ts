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
