import { setImmediate } from "node:timers/promises"
import type { Clock } from "../kernel/clock.ts"
import { Fault } from "../kernel/fault.ts"
import type { Log } from "../kernel/log.ts"
import type { GuardedFetch } from "../net/guarded-fetch.ts"
import type { Directory } from "../sessions/directory.ts"
import type { Announce, Delivered } from "./announce.ts"
import type { CronConfig } from "./config.ts"
import type { Delivery, Job } from "./job.ts"
import { spanOf } from "./moment.ts"
import type { Run } from "./run.ts"
import type { TaskStore } from "./store.ts"
import { callWebhook } from "./webhook.ts"

/** What becomes of a run once its turn is over. */
export interface Report {
  /** Delivers a result; the same run's is delivered once. */
  result(run: Run, text: string, signal: AbortSignal): Promise<Partial<Run>>
  /** Says that a task keeps failing. */
  failures(job: Job, run: Run, signal: AbortSignal): Promise<void>
  /** Takes sessions of old runs off the list, until all are or the signal aborts. */
  putAway(signal: AbortSignal): Promise<void>
}

interface Needs {
  config: () => CronConfig
  store: TaskStore
  announce: Announce
  guarded: GuardedFetch
  directory: Directory
  /** The agent that works on a task, and the session of the people it is for. */
  placeOf(job: Job): { agentId: string; sessionKey: string }
  clock: Clock
  log: Log
}

/** It is announced unless told otherwise; what a lasting session says is said there at any rate. */
export const deliveryOf = ({ sessionTarget, delivery }: Job): Delivery =>
  delivery ?? { mode: "announce", bestEffort: sessionTarget !== "isolated" }

const putAwayAtOnce = 20

export const createReport = (needs: Needs): Report => {
  const { config, store, announce, directory, clock } = needs

  const deliver = async (run: Run, text: string, signal: AbortSignal): Promise<Delivered> => {
    const { job } = run
    const wanted = deliveryOf(job)
    if (wanted.mode === "none") return { status: "not-requested" }
    if (wanted.mode === "webhook") return post(run, signal)
    const words = text.trim()
    if (!words || run.status === "skipped") return { status: "not-requested" }
    const place = { ...needs.placeOf(job), to: wanted, signal }
    const said = run.sessionKey === place.sessionKey
    return announce({ ...place, key: `cron ${run.runId}`, name: job.name, text: words, said })
  }

  /** Noted before it is called: after a crash nobody knows whether it was, and it is not called twice. */
  const post = async (run: Run, signal: AbortSignal): Promise<Delivered> => {
    if ((await store.run(run.runId))?.sending)
      return { status: "unknown", error: "The gateway stopped while it called the webhook." }
    await store.saveRun({ ...run, sending: true })
    return callWebhook(run, { guarded: needs.guarded, config: config(), signal })
  }

  const putAway = async (signal: AbortSignal) => {
    const { sessionRetention } = config()
    if (sessionRetention === false) return
    const before = clock.now() - spanOf(sessionRetention)!
    while (!signal.aborted) {
      const keys = await store.listed(before, putAwayAtOnce)
      for (const key of keys) {
        if (await directory.find(key))
          await directory.remove(key, "pruned").catch((error: unknown) => {
            if (!(error instanceof Fault)) throw error
          })
        await store.unlist(key)
      }
      if (keys.length < putAwayAtOnce) return
      await setImmediate()
    }
  }

  return {
    async result(run, text, signal) {
      const { status, error } = await deliver(run, text, signal)
      const failed =
        status === "not-delivered" && !deliveryOf(run.job).bestEffort && run.status === "ok"
      return {
        deliveryStatus: status,
        ...(error && { deliveryError: error }),
        ...(failed && { status: "error" as const, error }),
      }
    },
    async failures(job, run, signal) {
      const alert =
        job.failureAlert === false ? undefined : { ...config().failureAlert, ...job.failureAlert }
      const { consecutiveErrors = 0, lastAlertAtMs = 0 } = job.state
      const isOn = alert && (alert.enabled || typeof job.failureAlert === "object")
      if (!isOn || run.status !== "error" || consecutiveErrors < alert.after) return
      if (clock.now() - lastAlertAtMs < alert.cooldownMs) return
      await store.update(job.id, (known) => ({
        ...known,
        state: { ...known.state, lastAlertAtMs: clock.now() },
      }))
      const text = `The task "${job.name}" has failed ${consecutiveErrors} times in a row: ${run.error} See fased task runs --id ${job.id}`
      const key = `cron alert ${run.runId}`
      const told =
        alert.mode === "webhook"
          ? await callWebhook(
              {
                ...run,
                summary: text,
                job: { ...job, delivery: { mode: "webhook", to: alert.to } },
              },
              { guarded: needs.guarded, config: config(), signal },
            )
          : await announce({ ...needs.placeOf(job), key, name: job.name, text, to: alert, signal })
      if (told.error)
        needs.log
          .for("cron")
          .warn("a failing task could not be told of", { task: job.id, error: told.error })
    },
    putAway,
  }
}
