import type { Outcome } from "../agent/outcome.ts"
import type { Turns } from "../agent/turns.ts"
import type { Clock } from "../kernel/clock.ts"
import type { Bus } from "../kernel/event.ts"
import { Fault } from "../kernel/fault.ts"
import type { Log } from "../kernel/log.ts"
import type { SystemEvents } from "../kernel/system-events.ts"
import { dollars } from "../usage/amounts.ts"
import type { BackgroundBudget } from "./budget.ts"
import type { CronConfig } from "./config.ts"
import { toEvent } from "./entry.ts"
import { cronEvent } from "./events.ts"
import { notQueued, unknownRun } from "./faults.ts"
import { judged } from "./goal.ts"
import type { Job } from "./job.ts"
import { codeOf, resultOf } from "./outcome.ts"
import type { Report } from "./report.ts"
import type { Rights } from "./rights.ts"
import type { Run } from "./run.ts"
import { settled } from "./settle.ts"
import type { TaskStore } from "./store.ts"
import { createWaiting } from "./waiting.ts"
import { begin, ending } from "./work.ts"

export interface Runner {
  /** Starts what is queued, as far as there is room. */
  pump(): void
  /** Takes up what a dead process was at. */
  takeUp(): Promise<void>
  /** Ends a run that waits or is at work. Throws `cron.unknown-run` and `cron.not-queued`. */
  cancel(runId: string, reason?: string): Promise<Run>
  /** Ends runs that nothing works on; all, or one. */
  clearStale(runId?: string): Promise<string[]>
  /** Runs that are noted as at work and that nothing works on. */
  stale(): Promise<Run[]>
  readonly running: number
  /** Starts no more. */
  rest(): void
  close(): Promise<void>
}

type Needs = Parameters<typeof begin>[2] & {
  config: () => CronConfig
  store: TaskStore
  turns: Turns
  rights(job: Job): Promise<Rights>
  budget: BackgroundBudget
  /** What the models of a run cost, in US dollars, where prices are known. */
  costOf(run: Run): Promise<number>
  report: Report
  events: SystemEvents
  /** The session of the people a task is for. */
  home(job: Job): string
  bus: Bus
  clock: Clock
  log: Log
  /** A task has another next run. */
  changed(): void
}

const hourMs = 3_600_000
const dayMs = 24 * hourMs

/** What keeps a run from beginning, and when that is over. */
type Blocked = { why: string; until?: number }

export const createRunner = (needs: Needs): Runner => {
  const { store, config, clock, bus } = needs
  const log = needs.log.for("cron")
  const atWork = new Map<string, Promise<void>>()
  /** Runs that somebody stopped, and why. */
  const cancelled = new Map<string, string>()
  const closing = new AbortController()
  let pumping = false
  let again = false

  const fill = async () => {
    while (!closing.signal.aborted && atWork.size < config().maxConcurrentRuns) {
      const run = await store.take(clock.now())
      if (!run) return
      bus.emit(cronEvent, toEvent(run, "started"))
      follow(run)
    }
  }

  const pump = async () => {
    if (pumping) return void (again = true)
    pumping = true
    try {
      do {
        again = false
        await fill()
      } while (again)
    } finally {
      pumping = false
    }
  }
  const start = () =>
    void pump().catch((error: unknown) => log.error("queued runs could not be started", { error }))

  const follow = (run: Run) => {
    const done = work(run)
      .catch((error: unknown) => failed(run, error))
      .catch((error: unknown) => log.error("a run could not be ended", { run: run.runId, error }))
      .finally(() => {
        atWork.delete(run.runId)
        start()
      })
    atWork.set(run.runId, done)
  }

  const work = async (run: Run) => {
    const begun = run.turnId ? run : await first(run)
    if (!begun) return
    const outcome = await ending(begun, needs)
    if (outcome) return after(begun, outcome)
    if (closing.signal.aborted) return
    await finish({ ...begun, status: "error", error: "Its turn left no trace." }, {})
  }

  /** Undefined when it ends here: it may not begin, or waits for its session. */
  const first = async (run: Run): Promise<Run | undefined> => {
    const rights = await needs.rights(run.job)
    if ("lost" in rights) return void (await block(run, { why: `May not run: ${rights.lost}.` }))
    const limit = await limited(run)
    if (limit) return void (await block(run, limit))
    if (run.job.payload.kind === "systemEvent" && run.job.wakeMode === "next-heartbeat")
      return void (await wait(run))
    if (cancelled.has(run.runId)) return void (await finish(run, {}))
    const begun = await begin(run, rights.owner, needs)
    await store.saveRun(begun)
    if (cancelled.has(run.runId)) stopTurn(begun)
    return begun
  }

  const limited = async ({ job, trigger }: Run): Promise<Blocked | undefined> => {
    const { maxRunsPerHour, maxTokens, maxCost } = job.executionPolicy ?? {}
    const now = clock.now()
    if (maxRunsPerHour && trigger !== "manual") {
      // The run at hand is among them.
      const { runs } = await store.since(job.id, now - hourMs)
      if (runs > maxRunsPerHour)
        return { why: `It has run ${maxRunsPerHour} times within the hour.` }
    }
    if (maxTokens ?? maxCost) {
      const { tokens, usd } = await store.since(job.id, now - dayMs)
      if (tokens >= (maxTokens ?? Infinity))
        return { why: `It has used ${tokens} of ${maxTokens} tokens a day.` }
      if (usd >= (maxCost ?? Infinity))
        return { why: `It has used ${dollars(usd)} of ${dollars(maxCost!)} a day.` }
    }
    return needs.budget.admit()
  }

  const block = (run: Run, { why, until }: Blocked) =>
    finish({ ...run, status: "blocked", error: sentence(why) }, { until })

  const wait = async (run: Run) => {
    const sessionKey = needs.home(run.job)
    const told: Run = { ...run, state: "waiting", sessionKey }
    await store.saveRun(told)
    await store.update(run.job.id, (job) => ({
      ...job,
      state: { ...job.state, runningAtMs: undefined },
    }))
    waiting.add(told)
  }
  const waiting = createWaiting({
    events: needs.events,
    bus,
    reached: (run) =>
      void finish({ ...run, status: "ok", deliveryStatus: "not-requested" }, {}).catch(
        (error: unknown) => log.error("a run could not be ended", { run: run.runId, error }),
      ),
  })

  const after = async (run: Run, outcome: Outcome) => {
    const { text, reached } = judged(run.job, outcome.text)
    const costUsd = await needs.costOf(run)
    const result: Run = {
      ...run,
      ...resultOf({ ...outcome, text }),
      ...(costUsd && { costUsd }),
      ...(reached !== undefined && outcome.status === "ok" && { reached }),
    }
    const delivered = await needs.report.result(result, text, closing.signal)
    if (closing.signal.aborted && delivered.deliveryStatus === "unknown") return
    await finish({ ...result, ...delivered }, { code: codeOf(outcome) })
  }

  const failed = (run: Run, error: unknown) => {
    if (closing.signal.aborted) return
    if (!(error instanceof Fault))
      log.error("a run failed unexpectedly", { run: run.runId, task: run.job.id, error })
    const why = error instanceof Fault ? error.message : "It failed unexpectedly; see fased logs."
    return finish(
      { ...run, status: "error", error: why },
      error instanceof Fault ? { code: error.code } : {},
    )
  }

  const finish = async (run: Run, why: { code?: string; until?: number }) => {
    const now = clock.now()
    const stopped = run.status === "ok" ? undefined : cancelled.get(run.runId)
    const ended: Run = {
      ...run,
      state: "done",
      ...(stopped && { state: "cancelled", status: "skipped", error: stopped }),
      endedAt: now,
    }
    const job = await store.end(ended, (job) => settled(job, { run: ended, ...why, now }, config()))
    bus.emit(cronEvent, toEvent({ ...ended, nextRunAtMs: job?.state.nextRunAtMs }, "finished"))
    log.info("run finished", {
      task: run.job.id,
      run: run.runId,
      status: ended.status,
      error: ended.error,
    })
    needs.changed()
    if (job) await needs.report.failures(job, ended, closing.signal)
    const { keepLines, maxBytes } = config().runLog
    await store.prune(run.job.id, { lines: keepLines, bytes: maxBytes })
  }

  const cancel = async (runId: string, reason = "It was cancelled.") => {
    const run = await store.run(runId)
    if (!run) throw unknownRun({ runId })
    if (run.endedAt !== undefined) throw notQueued({ runId, state: run.state })
    cancelled.set(runId, reason)
    const done = atWork.get(runId)
    if (done) {
      stopTurn(run)
      await done
    } else {
      waiting.drop(runId)
      await finish(run, {})
    }
    cancelled.delete(runId)
    return (await store.run(runId)) ?? run
  }

  const stale = async () => (await store.open("running")).filter(({ runId }) => !atWork.has(runId))

  const stopTurn = ({ turnId, sessionKey }: Run) => {
    if (turnId && sessionKey) needs.turns.abort({ sessionKey, runId: turnId }, "user")
  }

  return {
    get running() {
      return atWork.size
    },
    pump: start,
    rest() {
      closing.abort(new Error("the gateway stops"))
    },
    cancel,
    stale,
    async takeUp() {
      for (const run of await store.open("waiting")) waiting.add(run)
      for (const run of await store.open("running")) follow(run)
      start()
    },
    async clearStale(runId) {
      const found = (await stale()).filter((run) => !runId || run.runId === runId)
      for (const run of found)
        await finish({ ...run, status: "error", error: "Nothing worked on it any more." }, {})
      return found.map((run) => run.runId)
    },
    async close() {
      closing.abort(new Error("the gateway stops"))
      waiting.close()
      await Promise.all(atWork.values())
    },
  }
}

const sentence = (text: string) =>
  `${text.charAt(0).toUpperCase()}${text.slice(1)}${text.endsWith(".") ? "" : "."}`
