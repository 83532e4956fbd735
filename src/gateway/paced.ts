import type { Clock } from "../kernel/clock.ts"

/** Runs `work` at once, and again no sooner than after the milliseconds it gave; calls in between become one. */
export const paced = (clock: Clock, work: () => number) => {
  let waiting = false
  let again = false
  const run = () => {
    if (waiting) {
      again = true
      return
    }
    waiting = true
    clock.after(work(), () => {
      waiting = false
      if (!again) return
      again = false
      run()
    })
  }
  return run
}
