import type { Clock } from "../../src/kernel/clock.ts"

/** A clock that stands still until it is turned. */
export const turnableClock = (start = 1_700_000_000_000) => {
  let now = start
  const alarms = new Map<object, { at: number; work: () => void }>()
  const after = (ms: number, work: () => void) => {
    const key = {}
    alarms.set(key, { at: now + ms, work })
    return () => void alarms.delete(key)
  }
  const clock: Clock = {
    now: () => now,
    after,
    every(ms, work) {
      let stop = () => {}
      const again = () => {
        stop = after(ms, () => (again(), work()))
      }
      again()
      return () => stop()
    },
  }
  return {
    ...clock,
    turn(ms: number) {
      now += ms
      const due = [...alarms].filter(([, { at }]) => at <= now)
      for (const [key, { work }] of due) if (alarms.delete(key)) work()
    },
  }
}
