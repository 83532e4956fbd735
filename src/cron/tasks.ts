import { randomBytes } from "node:crypto"
import type { Clock } from "../kernel/clock.ts"
import type { Models } from "../models/service.ts"
import type { BackgroundBudget } from "./budget.ts"
import type { CronConfig } from "./config.ts"
import { ambiguousTask, stillRunning, tooManyTasks, unknownRun, unknownTask } from "./faults.ts"
import { type Job, newJob } from "./job.ts"
import { newTask, patched, placed, planned, readTask, refuseForeign } from "./plan.ts"
import { type Run, runIdOf, type Trigger } from "./run.ts"
import type { Runner } from "./runner.ts"
import type { NextRun } from "./schedule.ts"
import type { Tasks } from "./service.ts"
import type { TaskStore } from "./store.ts"

const mostTasks = 100_000

interface Needs {
  config: () => CronConfig
  store: TaskStore
  nextRun: NextRun
  models: Pick<Models, "check">
  runner: Runner
  budget: BackgroundBudget
  scheduler: { readonly nextWakeAtMs: number | undefined }
  isOn: () => boolean
  /** Claims what is due, and starts it as far as there is room. */
  runDue(): Promise<void>
  audit: Tasks["audit"]
  /** Throws for a task that names a session it cannot work in. */
  checkTarget(job: Job): void
  /** The agent that answers where nobody is named. */
  defaultAgent: () => string
  told(job: Job, action: "added" | "updated" | "removed"): void
  clock: Pick<Clock, "now">
}

/** What people, agents and clients do with tasks. */
export const createTasks = (needs: Needs): Tasks => {
  const { config, store, nextRun, models, runner, told, clock } = needs

  const find = async (written: string) => {
    const found = await store.find(written.trim())
    if (!found.length) throw unknownTask({ id: written })
    if (found.length > 1) throw ambiguousTask({ id: written, ids: found.map(({ id }) => id) })
    return found[0]!
  }

  const findRun = async (runId: string) => {
    const run = await store.run(runId)
    if (!run) throw unknownRun({ runId })
    return run
  }

  /** A model that went away since is for its runs to tell of, not for every change of the task. */
  const checkModel = (job: Job, before?: Job) => {
    const model = modelOf(job)
    if (model !== undefined && model !== (before && modelOf(before))) models.check(model)
  }

  const enqueue = async (job: Job, trigger: Trigger) => {
    const now = clock.now()
    const runId = runIdOf(job.id, now, trigger)
    const run: Run = { runId, job, trigger, scheduledAt: now, createdAt: now, state: "queued" }
    await store.claim(run, (known) => known)
    runner.pump()
    return runId
  }

  /** What a run notes on its task meanwhile stays. */
  const change = async (job: Job, after: Job, replan: boolean) => {
    const now = clock.now()
    checkModel(after, job)
    needs.checkTarget(after)
    const ready = await planned(
      { ...after, updatedAtMs: now },
      { nextRun, now, webhook: config().webhook, replan },
    )
    const saved = await store.update(job.id, (known) => {
      const { nextRunAtMs, disabledReason, consecutiveErrors } = ready.state
      return {
        ...ready,
        state: replan
          ? { ...known.state, nextRunAtMs, disabledReason, consecutiveErrors }
          : known.state,
      }
    })
    if (!saved) throw unknownTask({ id: job.id })
    told(saved, "updated")
    return saved
  }

  return {
    async add(asked, creator) {
      if ((await store.count()).all >= mostTasks) throw tooManyTasks({ most: mostTasks })
      const now = clock.now()
      const id = randomBytes(6).toString("hex")
      const made = newTask(asked, { id, creator, now })
      checkModel(made)
      needs.checkTarget(made)
      const job = await planned(made, { nextRun, now, webhook: config().webhook })
      await store.save(job)
      told(job, "added")
      return job
    },
    get: find,
    async update(written, patch, creator) {
      const job = await find(written)
      const asked = placed(readTask(patched(job, patch)))
      refuseForeign(patch, asked)
      const replan = "schedule" in patch || ("enabled" in patch && asked.enabled !== job.enabled)
      const after = { ...job, ...cleared(job), ...asked, creator } as Job
      return change(job, after, replan)
    },
    async enable(written, enabled, creator) {
      const job = await find(written)
      return job.enabled === enabled ? job : change(job, { ...job, enabled, creator }, true)
    },
    async remove(written) {
      const job = await find(written)
      await store.remove(job.id)
      const open = await store.atWork(job.id)
      if (open) await runner.cancel(open.runId, "Its task was removed.").catch(() => undefined)
      told(job, "removed")
      return job
    },
    // Whoever answers where nobody is named works on those tasks too.
    list: (filter) => store.list({ ...filter, nobodys: filter.agentId === needs.defaultAgent() }),
    async run(written, mode) {
      const job = await find(written)
      if (await store.atWork(job.id)) return { ran: false, reason: "already-running" }
      if (mode === "force") return { ran: true, runId: await enqueue(job, "manual") }
      const { nextRunAtMs = Infinity } = job.state
      if (!job.enabled || nextRunAtMs > clock.now()) return { ran: false, reason: "not-due" }
      await needs.runDue()
      const run = await store.atWork(job.id)
      return run ? { ran: true, runId: run.runId } : { ran: false, reason: "not-due" }
    },
    runs: store.runs,
    runDetail: findRun,
    cancel: runner.cancel,
    async retry(runId) {
      const run = await findRun(runId)
      if (run.endedAt === undefined) throw stillRunning({ runId })
      const job = await find(run.job.id)
      const open = await store.atWork(job.id)
      if (open) throw stillRunning({ runId: open.runId })
      return { runId: await enqueue(job, "retry") }
    },
    clearStale: runner.clearStale,
    audit: needs.audit,
    async status() {
      const { all, enabled } = await store.count()
      const { nextWakeAtMs } = needs.scheduler
      return {
        enabled: needs.isOn(),
        jobs: all,
        enabledJobs: enabled,
        running: runner.running,
        ...(nextWakeAtMs !== undefined && { nextWakeAtMs }),
        budget: await needs.budget.standing(),
      }
    },
  }
}

const modelOf = ({ payload }: Job) => (payload.kind === "agentTurn" ? payload.model : undefined)

/** What a patch takes back is not there afterwards. */
const cleared = (job: Job) =>
  Object.fromEntries(
    Object.keys(newJob.shape)
      .filter((key) => key in job)
      .map((key) => [key, undefined]),
  )
