/** Works out anew when tasks are due, after the clock or the zone they go by is another. */
import type { Clock } from "../kernel/clock.ts"
import type { Job } from "./job.ts"
import type { Notes } from "./notes.ts"
import type { NextRun } from "./schedule.ts"
import type { TaskStore } from "./store.ts"

const batch = 500

interface Needs {
  store: Pick<TaskStore, "enabled" | "update" | "lastClaim">
  notes: Notes
  nextRun: NextRun
  /** This machine's. */
  zone: string
  clock: Pick<Clock, "now">
}

export const createReplan = ({ store, notes, nextRun, zone, clock }: Needs) => {
  /** What is due already is left to be judged as such; undefined from `at` leaves a task as it is. */
  const replan = async (at: (job: Job, now: number) => Promise<number | undefined>) => {
    for (let after = ""; ;) {
      const jobs = await store.enabled(after, batch)
      for (const job of jobs) {
        const now = clock.now()
        if ((job.state.nextRunAtMs ?? 0) <= now) continue
        // One that cannot be worked out any more is set aside when it is due.
        const nextRunAtMs = await at(job, now).catch(() => undefined)
        if (nextRunAtMs === undefined) continue
        await store.update(job.id, (known) => ({
          ...known,
          state: { ...known.state, nextRunAtMs },
        }))
      }
      if (jobs.length < batch) return
      after = jobs.at(-1)!.id
    }
  }

  /**
   * The clock was set back by so much: a span is counted from now. Moments of a calendar come once
   * more only when waiting for the one after them would be waiting for more than two of them.
   */
  const setBack = (byMs: number) =>
    replan(async (job, now) => {
      const { schedule, state } = job
      if (schedule.kind === "at") return undefined
      if (schedule.kind === "every" && schedule.anchorMs === undefined)
        return state.nextRunAtMs! - now > schedule.everyMs ? now + schedule.everyMs : undefined
      const next = await nextRun(job, now)
      const after = next && (await nextRun(job, next))
      return next && after && byMs >= after - next ? next : undefined
    })

  /** Calendars without a zone go by this machine's. */
  const followZone = async () => {
    const known = notes.read("zone")
    if (known === zone) return
    notes.write("zone", zone)
    if (known === null) return
    await replan(async (job, now) => {
      const { schedule } = job
      const isLocal = schedule.kind === "cron" && schedule.tz === undefined
      return isLocal ? nextRun(job, now) : undefined
    })
  }

  return {
    setBack,
    /** Zone and clock may be others than when tasks were last looked after. */
    async atStart() {
      await followZone()
      const ahead = (await store.lastClaim()) - clock.now()
      if (ahead > 0) await setBack(ahead)
    },
  }
}
