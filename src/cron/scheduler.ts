import type { Clock } from "../kernel/clock.ts"
import type { Log } from "../kernel/log.ts"

export interface Scheduler {
  /** Looks anew when the first task is due. */
  replan(): void
  /** When the first one is due; undefined when none ever is. */
  readonly nextWakeAtMs: number | undefined
  close(): void
}

/**
 * A timer counts how long the machine runs and not what its clock says: looked at once a minute, a
 * clock that was set, or a machine that slept, is noticed.
 */
const longestSleepMs = 60_000
/** Further back than this it was set, and does not just tick unevenly. */
const toleranceMs = 2000

/** One timer for the first task that is due, and none when none is. Thousands of tasks cost no more. */
export const createScheduler = ({
  enabled,
  nextDue,
  runDue,
  setBack,
  clock,
  log,
}: {
  enabled: () => boolean
  nextDue(): Promise<number | null>
  /** Claims all that is due. */
  runDue(): Promise<void>
  /** The clock was set back by so much. */
  setBack(byMs: number): Promise<void>
  clock: Clock
  log: Log
}): Scheduler => {
  let at: number | undefined
  let lookedAt = clock.now()
  let cancel: (() => void) | undefined
  let busy = false
  let again = false
  let todo: (() => Promise<void>) | undefined
  let closed = false

  const sleep = () => {
    cancel?.()
    cancel = undefined
    if (closed || at === undefined || !enabled()) return
    lookedAt = clock.now()
    if (at <= lookedAt) return void look(runDue)
    cancel = clock.after(Math.min(at - lookedAt, longestSleepMs), wake)
  }

  const wake = () => {
    const now = clock.now()
    const back = lookedAt - now
    if (back > toleranceMs) void look(() => setBack(back))
    else if (now < at!) sleep()
    else void look(runDue)
  }

  const look = async (work?: () => Promise<void>) => {
    again = true
    // What came while it looks is done before it rests: a clock that was set is noticed once.
    todo ??= work
    if (busy) return
    busy = true
    try {
      while (again) {
        again = false
        const first = todo
        todo = undefined
        await first?.()
        at = (await nextDue()) ?? undefined
      }
    } catch (error) {
      log.error("cron: timer tick failed", { error })
      // Tried again rather than never: whatever it was may pass.
      at = clock.now() + longestSleepMs
    } finally {
      busy = false
      sleep()
    }
  }

  return {
    replan: () => void look(),
    get nextWakeAtMs() {
      return enabled() ? at : undefined
    },
    close() {
      closed = true
      cancel?.()
    },
  }
}
