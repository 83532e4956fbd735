import { setImmediate } from "node:timers/promises"
import type { Clock } from "../kernel/clock.ts"
import type { Log } from "../kernel/log.ts"
import type { CronConfig } from "./config.ts"
import { isOneShot, type Job } from "./job.ts"
import { spanOf } from "./moment.ts"
import { type Run, runIdOf, type Trigger } from "./run.ts"
import type { NextRun } from "./schedule.ts"
import type { TaskStore } from "./store.ts"

/** Later than this it was missed: the gateway was down, or the machine asleep. */
const graceMs = 120_000
const atOnce = 100

interface Needs {
  config: () => CronConfig
  store: TaskStore
  nextRun: NextRun
  clock: Clock
  log: Log
  /** A run that is over before it began. */
  passedOver(run: Run, job: Job): void
}

/** What becomes of a task that is due: a run, or words why there is none this time. */
type Verdict = { trigger: Trigger } | { skip: string }

/** Writes down a run for everything that is due, and moves each task on to its next time. */
export const createDue = ({ config, store, nextRun, clock, log, passedOver }: Needs) => {
  const judge = async (job: Job, scheduledAt: number, now: number): Promise<Verdict> => {
    const late = now - scheduledAt
    const patience = spanOf(config().staleAfter)!
    if (isOneShot(job) && late > patience)
      return { skip: `It was missed: it is ${hours(late)} late.` }
    if (!isOneShot(job) && late > graceMs) {
      const makeUp = (job.missedRuns ?? config().missedRuns) === "once"
      // Of all that it missed, the newest counts.
      const newest = makeUp ? await nextRun(job, now - patience) : undefined
      if (newest === undefined || newest > now)
        return { skip: "It was missed while the gateway was down or asleep." }
    }
    if (await store.atWork(job.id)) return { skip: "The run before it had not ended." }
    return { trigger: late > graceMs ? "missed" : "schedule" }
  }

  const claim = async (job: Job, now: number) => {
    const scheduledAt = job.state.nextRunAtMs!
    const verdict = await judge(job, scheduledAt, now)
    const next = isOneShot(job) ? undefined : await nextRun(job, Math.max(scheduledAt, now))
    const trigger = "trigger" in verdict ? verdict.trigger : "schedule"
    const runId = runIdOf(job.id, scheduledAt, trigger)
    const run: Run = {
      // A clock that was set back comes to the same moment twice.
      runId: (await store.run(runId)) ? `${runId}-${now.toString(36)}` : runId,
      job,
      trigger,
      scheduledAt,
      createdAt: now,
      state: "queued",
      nextRunAtMs: next,
      ...("skip" in verdict && {
        state: "done",
        status: "skipped",
        error: verdict.skip,
        endedAt: now,
      }),
    }
    const isMissed = "skip" in verdict && isOneShot(job)
    const claimed = await store.claim(run, (known) =>
      known.enabled && known.state.nextRunAtMs === scheduledAt
        ? {
            ...known,
            ...(isMissed && { enabled: false }),
            state: {
              ...known.state,
              nextRunAtMs: next,
              ...("skip" in verdict && { lastRunStatus: "skipped", lastError: verdict.skip }),
              ...(isMissed && { disabledReason: verdict.skip }),
            },
          }
        : null,
    )
    if (claimed && "skip" in verdict) passedOver(run, job)
  }

  return async () => {
    for (;;) {
      const now = clock.now()
      const jobs = await store.due(now, atOnce)
      for (const job of jobs)
        await claim(job, now).catch(async (error: unknown) => {
          log.error("a task could not be started", { task: job.id, error })
          await setAside(job, error)
        })
      if (jobs.length < atOnce) return
      await setImmediate()
    }
  }

  /** One that cannot be worked out any more, such as in a zone that is gone, must not be due for ever. */
  async function setAside(job: Job, error: unknown) {
    await store.update(job.id, (known) => ({
      ...known,
      enabled: false,
      state: {
        ...known.state,
        nextRunAtMs: undefined,
        disabledReason: `Its time could not be worked out: ${(error as Error).message}`,
      },
    }))
  }
}

const hours = (ms: number) =>
  ms < 172_800_000 ? `${Math.round(ms / 3_600_000)} hours` : `${Math.round(ms / 86_400_000)} days`
