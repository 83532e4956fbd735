/** What a run's end means for its task: when it runs next, and whether it goes on at all. */
import type { CronConfig } from "./config.ts"
import { goesAfterwards, isOneShot, type Job, type JobState } from "./job.ts"
import { passing } from "./outcome.ts"
import type { Run } from "./run.ts"

/** Pauses of a repeating task after failures in a row (contract 19 §3). */
const pausesMs = [30_000, 60_000, 300_000, 900_000, 3_600_000]

export interface Ended {
  run: Run
  /** The fault behind a failure. */
  code?: string
  /** What kept it from running is over by then. */
  until?: number
  now: number
}

/** The task after a run; null when it is done with and goes. */
export const settled = (job: Job, ended: Ended, config: Pick<CronConfig, "retry">): Job | null => {
  const { run, now } = ended
  const noted = { ...job, state: counted(job.state, run) }
  if (run.trigger === "manual") return noted
  if (run.status === "ok") return afterSuccess(noted, run)
  if (isOneShot(job)) return afterOneShot(noted, ended, config)
  if (hasRunEnough(noted)) return worn(noted)
  if (run.status !== "error" || noted.state.nextRunAtMs === undefined) return noted
  const failures = noted.state.consecutiveErrors ?? 1
  const pause = pausesMs[Math.min(failures, pausesMs.length) - 1]!
  return dueAt(noted, Math.max(noted.state.nextRunAtMs, now + pause))
}

const counted = (state: JobState, run: Run): JobState => {
  const { status, error, startedAt, endedAt, deliveryStatus } = run
  const ran = status === "ok" || status === "error"
  return {
    ...state,
    runningAtMs: undefined,
    ...(startedAt !== undefined && { lastRunAtMs: startedAt }),
    lastRunStatus: status,
    lastError: status === "ok" ? undefined : error,
    ...(startedAt !== undefined &&
      endedAt !== undefined && { lastDurationMs: endedAt - startedAt }),
    lastDeliveryStatus: deliveryStatus,
    consecutiveErrors:
      status === "error" ? (state.consecutiveErrors ?? 0) + 1 : ran ? 0 : state.consecutiveErrors,
    totalRuns: (state.totalRuns ?? 0) + Number(ran),
    successes: (state.successes ?? 0) + Number(wentWell(run)),
  }
}

/** Where there is a goal to judge by, an answer alone is no success. */
const wentWell = ({ status, reached = true }: Run) => status === "ok" && reached

const afterSuccess = (job: Job, run: Run): Job | null => {
  // One that was given another time meanwhile has that run before it.
  if (isOneShot(job) && job.state.nextRunAtMs === undefined)
    return goesAfterwards(job) ? null : off(job, undefined)
  if (job.deleteAfterRun && wentWell(run)) return null
  const { maxSuccesses, stopOnSuccess, stopText } = job.executionPolicy ?? {}
  const { successes = 0 } = job.state
  if (stopText && run.summary?.includes(stopText)) return off(job, `Its result says "${stopText}".`)
  if (stopOnSuccess && wentWell(run))
    return off(job, run.reached ? "It has reached what it is for." : "It went well.")
  if (maxSuccesses && successes >= maxSuccesses) return off(job, `It went well ${successes} times.`)
  return hasRunEnough(job) ? worn(job) : job
}

const hasRunEnough = ({ executionPolicy, state }: Job) =>
  (state.totalRuns ?? 0) >= (executionPolicy?.maxTotalRuns ?? Infinity)

const worn = (job: Job) => off(job, `It has run ${job.state.totalRuns} times.`)

/** Tried again where the failure may pass; switched off with its reason where it will not. */
const afterOneShot = (
  job: Job,
  { run, code, until, now }: Ended,
  { retry }: Pick<CronConfig, "retry">,
) => {
  if (job.state.nextRunAtMs !== undefined) return job
  if (until !== undefined) return dueAt(job, until)
  const failures = job.state.consecutiveErrors ?? 0
  const why = passing(code)
  const again = run.status === "error" && why && retry.retryOn.includes(why)
  if (!again || failures > retry.maxAttempts) return off(job, run.error)
  return dueAt(job, now + retry.backoffMs[Math.min(failures, retry.backoffMs.length) - 1]!)
}

const dueAt = (job: Job, at: number): Job => ({ ...job, state: { ...job.state, nextRunAtMs: at } })

const off = (job: Job, disabledReason: string | undefined): Job => ({
  ...job,
  enabled: false,
  state: { ...job.state, nextRunAtMs: undefined, disabledReason },
})
