/** All that works on tasks, put together on first use. */
import { randomBytes } from "node:crypto"
import { agents, findAgent } from "../agents/config.ts"
import { Turns } from "../agent/turns.ts"
import { Environment } from "../config/paths.ts"
import { Devices } from "../devices/store.ts"
import { Receive } from "../kernel/channel.ts"
import { Clock } from "../kernel/clock.ts"
import { Deliveries } from "../kernel/delivery.ts"
import { Bus } from "../kernel/event.ts"
import { Log } from "../kernel/log.ts"
import type { Services } from "../kernel/service.ts"
import { SystemEvents } from "../kernel/system-events.ts"
import { Models } from "../models/service.ts"
import { GuardedFetch } from "../net/guarded-fetch.ts"
import { Directory } from "../sessions/directory.ts"
import { mainSession } from "../sessions/keys.ts"
import { Store } from "../store/database.ts"
import { Usages, Zone } from "../usage/service.ts"
import { createAnnounce } from "./announce.ts"
import { createBudget } from "./budget.ts"
import { cron } from "./config.ts"
import { createDue } from "./due.ts"
import { cronEvent } from "./events.ts"
import { ambiguousTask, stillRunning, tooManyTasks, unknownRun, unknownTask } from "./faults.ts"
import { type Job, newJob } from "./job.ts"
import { newTask, patched, planned, readTask, refuseForeign } from "./plan.ts"
import { createReport } from "./report.ts"
import { rightsOf } from "./rights.ts"
import { type Run, runIdOf, toEntry, type Trigger } from "./run.ts"
import { createRunner } from "./runner.ts"
import { createNextRun } from "./schedule.ts"
import { createScheduler } from "./scheduler.ts"
import type { Tasks } from "./service.ts"
import { createTaskStore } from "./store.ts"
import { agentOf, homeOf } from "./work.ts"

const mostTasks = 100_000
const batch = 500

export const createTasks = (services: Services) => {
  const clock = services.get(Clock)
  const log = services.get(Log).for("cron")
  const bus = services.get(Bus)
  const directory = services.get(Directory)
  const events = services.get(SystemEvents)
  const guarded = services.get(GuardedFetch)
  const devices = services.get(Devices)
  const models = services.get(Models)
  const config = () => services.get(cron)
  const agentsConfig = () => services.get(agents)
  const store = createTaskStore(services.get(Store))
  const hostZone = Intl.DateTimeFormat().resolvedOptions().timeZone
  const nextRun = createNextRun(() => hostZone)
  const isOn = () => config().enabled && services.get(Environment).FASED_SKIP_CRON !== "1"
  const home = (job: Job) => homeOf(job, { agents: agentsConfig(), directory })
  const changed = () => scheduler.replan()

  const budget = createBudget({
    config: () => config().budget,
    store,
    usages: services.get(Usages),
    zone: services.get(Zone),
    clock,
    log,
    tell: (text) => {
      const { key } = directory.key(mainSession(findAgent(agentsConfig()).id))
      events.enqueue(key, text)
    },
  })
  const announce = createAnnounce({
    deliveries: () => (services.has(Deliveries) ? services.get(Deliveries) : undefined),
    directory,
    events,
    bus,
    clock,
  })
  const placeOf = (job: Job) => ({ agentId: agentOf(job, agentsConfig()), sessionKey: home(job) })
  const report = createReport({ config, store, announce, guarded, directory, placeOf, clock, log })
  const runner = createRunner({
    config,
    store,
    turns: services.get(Turns),
    directory,
    models,
    receive: () => services.get(Receive),
    agents: agentsConfig,
    rights: ({ creator }) =>
      rightsOf(creator, {
        device: (id) => devices.get(id, "operator"),
        agents: agentsConfig,
      }),
    budget,
    report,
    events,
    home,
    bus,
    clock,
    log,
    changed,
  })
  const tell = (job: Job, action: "added" | "updated" | "removed") => {
    const { nextRunAtMs } = job.state
    bus.emit(cronEvent, { jobId: job.id, jobName: job.name, action, nextRunAtMs })
    changed()
  }
  const due = createDue({
    config,
    store,
    nextRun,
    clock,
    log,
    passedOver(run, job) {
      const {
        state: _,
        trigger: _trigger,
        scheduledAtMs: _at,
        usage: _usage,
        ts: _ts,
        ...entry
      } = toEntry(run)
      bus.emit(cronEvent, entry)
      log.warn("run skipped", { task: job.id, reason: run.error })
      if (job.schedule.kind !== "at") return
      events.enqueue(home(job), `The task "${job.name}" did not run. ${run.error}`)
    },
  })

  /** Works out anew when those are due for which `matters` holds. */
  const replanAll = async (
    matters: (job: Job) => boolean,
    at: (job: Job) => Promise<number | undefined>,
  ) => {
    for (let after = ""; ;) {
      const jobs = await store.enabled(after, batch)
      for (const job of jobs.filter(matters)) {
        const nextRunAtMs = await at(job)
        await store.update(job.id, (known) => ({
          ...known,
          state: { ...known.state, nextRunAtMs },
        }))
      }
      if (jobs.length < batch) return
      after = jobs.at(-1)!.id
    }
  }

  const setBack = () => {
    const now = clock.now()
    const isFar = ({ schedule, state: { nextRunAtMs = now } }: Job) =>
      schedule.kind === "every" && nextRunAtMs - now > schedule.everyMs
    return replanAll(isFar, async ({ schedule }) =>
      schedule.kind === "every" ? now + schedule.everyMs : undefined,
    )
  }

  /** Calendars without a zone go by this machine's, which may be another since the last start. */
  const followZone = async () => {
    const known = await store.noted("zone")
    if (known === hostZone) return
    await store.note("zone", hostZone)
    if (known === null) return
    const isLocal = ({ schedule }: Job) => schedule.kind === "cron" && schedule.tz === undefined
    await replanAll(isLocal, (job) => nextRun(job, clock.now()))
  }

  const scheduler = createScheduler({
    enabled: isOn,
    nextDue: store.nextDue,
    async runDue() {
      await due()
      runner.pump()
    },
    setBack,
    clock,
    log,
  })

  const find = async (written: string) => {
    const found = await store.find(written.trim())
    if (!found.length) throw unknownTask({ id: written })
    if (found.length > 1) throw ambiguousTask({ id: written, ids: found.map(({ id }) => id) })
    return found[0]!
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
    tell(saved, "updated")
    return saved
  }

  const tasks: Tasks = {
    async add(asked, creator) {
      if ((await store.count()).all >= mostTasks) throw tooManyTasks({ most: mostTasks })
      const now = clock.now()
      const id = randomBytes(6).toString("hex")
      const made = newTask(asked, { id, creator, now })
      checkModel(made)
      const job = await planned(made, { nextRun, now, webhook: config().webhook })
      await store.save(job)
      tell(job, "added")
      return job
    },
    get: find,
    async update(written, patch, creator) {
      const job = await find(written)
      const asked = readTask(patched(job, patch))
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
      tell(job, "removed")
      return job
    },
    // Whoever answers where nobody is named works on those tasks too.
    list: (filter) =>
      store.list({ ...filter, nobodys: filter.agentId === findAgent(agentsConfig()).id }),
    async run(written, mode) {
      const job = await find(written)
      const now = clock.now()
      if (await store.atWork(job.id)) return { ran: false, reason: "already-running" }
      if (mode === "force") return { ran: true, runId: await enqueue(job, "manual") }
      const { nextRunAtMs = Infinity } = job.state
      if (!job.enabled || nextRunAtMs > now) return { ran: false, reason: "not-due" }
      await due()
      runner.pump()
      changed()
      const run = await store.atWork(job.id)
      return run ? { ran: true, runId: run.runId } : { ran: false, reason: "not-due" }
    },
    runs: store.runs,
    async runDetail(runId) {
      const run = await store.run(runId)
      if (!run) throw unknownRun({ runId })
      return run
    },
    cancel: runner.cancel,
    async retry(runId) {
      const run = await tasks.runDetail(runId)
      if (run.endedAt === undefined) throw stillRunning({ runId })
      const job = await find(run.job.id)
      const open = await store.atWork(job.id)
      if (open) throw stillRunning({ runId: open.runId })
      return { runId: await enqueue(job, "retry") }
    },
    clearStale: runner.clearStale,
    async status() {
      const { all, enabled } = await store.count()
      const { nextWakeAtMs } = scheduler
      return {
        enabled: isOn(),
        jobs: all,
        enabledJobs: enabled,
        running: runner.running,
        ...(nextWakeAtMs !== undefined && { nextWakeAtMs }),
        budget: await budget.standing(),
      }
    },
  }

  return {
    tasks,
    budget,
    async start() {
      await followZone()
      if (!isOn() && (await store.count()).enabled)
        log.warn("cron: scheduler disabled; jobs will not run automatically")
      await runner.takeUp()
      scheduler.replan()
    },
    /** The config is another. */
    replan() {
      scheduler.replan()
      runner.pump()
    },
    rest() {
      scheduler.close()
      runner.rest()
    },
    async close() {
      scheduler.close()
      await runner.close()
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
