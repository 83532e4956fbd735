import { setImmediate } from "node:timers/promises"
import type { Clock } from "../kernel/clock.ts"
import { daysOf } from "./calendar.ts"
import type { DaySum, Usages } from "./service.ts"
import type { UsageStore } from "./store.ts"

/** Days that are read before others get their turn. */
const daysAtOnce = 30

export const createUsages = ({
  store,
  flush,
  zone,
  clock,
}: {
  store: UsageStore
  /** Writes what is noted only in memory. */
  flush(): Promise<void>
  zone: () => string
  clock: Pick<Clock, "now">
}): Usages => ({
  async days(period, sessionKey) {
    await flush()
    const { zone: counted, days } = daysOf(period, { now: clock.now(), zone: zone() })
    const sums: DaySum[] = []
    for (const [at, { date, from, to }] of days.entries()) {
      if (at % daysAtOnce === daysAtOnce - 1) await setImmediate()
      for (const sum of await store.between(from, to, sessionKey)) sums.push({ date, ...sum })
    }
    const dates = days.map(({ date }) => date)
    return { startDate: dates[0]!, endDate: dates.at(-1)!, zone: counted, dates, sums }
  },
  async calls(sessionKey, limit) {
    await flush()
    return store.calls(sessionKey, limit)
  },
  async ofTranscript(sessionId) {
    await flush()
    return store.ofTranscript(sessionId)
  },
  async ofRun(sessionKey, runId, startedAt) {
    await flush()
    return store.ofRun(sessionKey, runId, startedAt)
  },
})
