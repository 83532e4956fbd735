import type { Clock } from "../../src/kernel/clock.ts"
import { turnableClock } from "./turnable-clock.ts"

const stepMs = 250
/** Of its time in each millisecond or more of the machine's, while nobody waits. */
const hurryMs = 2000
/** While a client does: a handshake takes a few seconds of it. */
const calmMs = 250

/**
 * A clock that runs many times as fast as the machine's, in small steps between which this process does
 * what it has to: what waits for the clock goes on, and an answer over a socket is not cut off by an hour
 * that passes at once.
 */
export const hurriedClock = (startsAt: number) => {
  const turnable = turnableClock(startsAt)
  const armed = new Set<object>()
  const after: Clock["after"] = (ms, work) => {
    const alarm = {}
    armed.add(alarm)
    const cancel = turnable.after(ms, () => (armed.delete(alarm), work()))
    return () => (armed.delete(alarm), cancel())
  }
  const clock: Clock = {
    now: turnable.now,
    after,
    every(ms, work) {
      let stop = () => {}
      const again = () => (stop = after(ms, () => (again(), work())))
      again()
      return () => stop()
    },
  }
  const run = async (ms: number, isOver: () => boolean) => {
    while (!isOver()) {
      await new Promise((resolve) => setTimeout(resolve, 1))
      for (let left = ms; left > 0 && !isOver(); left -= stepMs) turnable.turn(stepMs)
    }
  }
  return {
    clock,
    /** Alarms that are set. */
    get armed() {
      return armed.size
    },
    /** Lets so much of its time pass. */
    pass(ms: number) {
      const until = turnable.now() + ms
      return run(hurryMs, () => turnable.now() >= until)
    },
    /** Lets it go on, with less haste, until `work` is done: what is put off for a moment waits for the clock. */
    async during<T>(work: Promise<T>): Promise<T> {
      let isOver = false
      const done = work.finally(() => (isOver = true))
      await run(calmMs, () => isOver)
      return done
    },
  }
}
