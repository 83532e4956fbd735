/** All that works on tasks, put together on first use. */
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
import { createAudit } from "./audit.ts"
import { createBudget } from "./budget.ts"
import { cron } from "./config.ts"
import { createDayStore } from "./day-store.ts"
import { createDue } from "./due.ts"
import { toEvent } from "./entry.ts"
import { cronEvent } from "./events.ts"
import type { Job } from "./job.ts"
import { createNotes } from "./notes.ts"
import { createReplan } from "./replan.ts"
import { createReport } from "./report.ts"
import { rightsOf } from "./rights.ts"
import { createRunner } from "./runner.ts"
import { createNextRun } from "./schedule.ts"
import { createScheduler } from "./scheduler.ts"
import { createTaskStore } from "./store.ts"
import { createTasks } from "./tasks.ts"
import { agentOf, homeOf, namedKeyOf } from "./work.ts"

const hourMs = 3_600_000

export const createWork = (services: Services) => {
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
  const db = services.get(Store)
  const store = createTaskStore(db)
  const hostZone = Intl.DateTimeFormat().resolvedOptions().timeZone
  const nextRun = createNextRun(() => hostZone)
  const isOn = () => config().enabled && services.get(Environment).FASED_SKIP_CRON !== "1"
  const home = (job: Job) => homeOf(job, { agents: agentsConfig(), directory })
  const changed = () => scheduler.replan()

  const usages = services.get(Usages)
  const budget = createBudget({
    config: () => config().budget,
    store: createDayStore(db),
    usages,
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
  const rights = ({ creator }: Job) =>
    rightsOf(creator, { device: (id) => devices.get(id, "operator"), agents: agentsConfig })
  const runner = createRunner({
    config,
    store,
    turns: services.get(Turns),
    directory,
    models,
    receive: () => services.get(Receive),
    agents: agentsConfig,
    rights,
    budget,
    async costOf({ sessionKey, turnId, startedAt }) {
      const { micros } = await usages.ofRun(sessionKey!, turnId!, startedAt ?? 0)
      return micros / 1e6
    },
    report,
    events,
    home,
    bus,
    clock,
    log,
    changed,
  })
  const due = createDue({
    config,
    store,
    nextRun,
    clock,
    log,
    passedOver(run, job) {
      bus.emit(cronEvent, toEvent(run, "finished"))
      log.warn("run skipped", { task: job.id, reason: run.error })
      if (job.schedule.kind !== "at") return
      events.enqueue(home(job), `The task "${job.name}" did not run. ${run.error}`)
    },
  })

  const runDue = async () => {
    await due()
    runner.pump()
  }
  const replan = createReplan({ store, notes: createNotes(db), nextRun, zone: hostZone, clock })
  const scheduler = createScheduler({
    enabled: isOn,
    nextDue: store.nextDue,
    runDue,
    setBack: replan.setBack,
    clock,
    log,
  })

  const tasks = createTasks({
    config,
    store,
    nextRun,
    models,
    runner,
    budget,
    scheduler,
    isOn,
    async runDue() {
      await runDue()
      changed()
    },
    audit: createAudit({
      store,
      agents: agentsConfig,
      directory,
      models,
      rights,
      stale: runner.stale,
    }),
    checkTarget: (job) => void namedKeyOf(job, { agents: agentsConfig(), directory }),
    defaultAgent: () => findAgent(agentsConfig()).id,
    told({ id, name, state: { nextRunAtMs } }, action) {
      bus.emit(cronEvent, { jobId: id, jobName: name, action, nextRunAtMs })
      changed()
    },
    clock,
  })

  const closing = new AbortController()
  let puttingAway = Promise.resolve()
  const putAway = () => {
    puttingAway = report
      .putAway(closing.signal)
      .catch((error: unknown) => log.warn("sessions of old runs could not be put away", { error }))
  }
  let stopPuttingAway = () => {}
  const stopTimers = () => {
    scheduler.close()
    stopPuttingAway()
    closing.abort()
  }

  return {
    tasks,
    budget,
    async start() {
      await replan.atStart()
      if (!isOn() && (await store.count()).enabled)
        log.warn("cron: scheduler disabled; jobs will not run automatically")
      await runner.takeUp()
      scheduler.replan()
      stopPuttingAway = clock.every(hourMs, putAway)
      putAway()
    },
    /** The config is another. */
    replan() {
      scheduler.replan()
      runner.pump()
    },
    rest() {
      stopTimers()
      runner.rest()
    },
    async close() {
      stopTimers()
      await Promise.all([runner.close(), puttingAway])
    },
  }
}
