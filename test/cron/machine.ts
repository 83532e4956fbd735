import type { Job, Schedule } from "../../src/cron/job.ts"
import { createDue } from "../../src/cron/due.ts"
import { createNotes } from "../../src/cron/notes.ts"
import { createReplan } from "../../src/cron/replan.ts"
import { createNextRun } from "../../src/cron/schedule.ts"
import { createScheduler } from "../../src/cron/scheduler.ts"
import { migrations } from "../../src/cron/schema.ts"
import { settled } from "../../src/cron/settle.ts"
import { cron } from "../../src/cron/config.ts"
import { createTaskStore } from "../../src/cron/store.ts"
import { Database } from "../../src/store/database.ts"
import { silentLog } from "../support/silent-log.ts"
import { turnableClock } from "../support/turnable-clock.ts"

const minuteMs = 60_000

interface Ran {
  name: string
  at: number
  scheduledAt: number
  trigger: string
  status: string
}

/**
 * A machine whose clock is turned by hand, with all that decides when tasks run; what they do takes no
 * time and goes well. It can be put down and started anew, in another zone as well.
 */
export const machine = (
  start: string,
  options: { zone?: string; missedRuns?: "skip" | "once" } = {},
) => {
  const turnable = turnableClock(Date.parse(start))
  let set = 0
  const clock = { ...turnable, now: () => turnable.now() + set }
  const config = cron.schema.parse({ missedRuns: options.missedRuns })
  const db = new Database(":memory:", migrations)
  const store = createTaskStore(db)
  const ran: Ran[] = []
  let scheduler: ReturnType<typeof createScheduler> | undefined
  let zone = options.zone ?? "UTC"
  let looks = 0
  let atWork = 0

  const note = (name: string, scheduledAt: number, trigger: string, status: string) =>
    ran.push({ name, at: clock.now(), scheduledAt, trigger, status })

  /** Ends everything that was claimed. */
  const work = async () => {
    for (let run = await store.take(clock.now()); run; run = await store.take(clock.now())) {
      const ended = { ...run, state: "done" as const, status: "ok" as const, endedAt: clock.now() }
      await store.end(ended, (job) => settled(job, { run: ended, now: clock.now() }, config))
      note(run.job.name, run.scheduledAt, run.trigger, "ok")
    }
  }

  const up = async (at = zone) => {
    zone = at
    const nextRun = createNextRun(() => zone)
    const due = createDue({
      config: () => config,
      store,
      nextRun,
      clock,
      log: silentLog,
      passedOver: ({ scheduledAt, trigger }, { name }) =>
        void note(name, scheduledAt, trigger, "skipped"),
    })
    const counted = async (does: () => Promise<unknown>) => {
      atWork++
      await does().finally(() => atWork--)
    }
    const replan = createReplan({ store, notes: createNotes(db), nextRun, zone, clock })
    await replan.atStart()
    scheduler = createScheduler({
      enabled: () => true,
      async nextDue() {
        looks++
        return store.nextDue()
      },
      runDue: () => counted(async () => (await due(), await work())),
      setBack: (by) => counted(() => replan.setBack(by)),
      clock,
      log: silentLog,
    })
    scheduler.replan()
    await idle()
  }

  /** Until nothing is left to be done at this moment. */
  const idle = async () => {
    for (let quiet = 0; quiet < 3; quiet = atWork ? 0 : quiet + 1)
      await new Promise((resolve) => setImmediate(resolve))
  }

  /** Lets time pass, a minute at a time, as a machine that runs has it. */
  const pass = async (ms: number) => {
    for (let left = ms; left > 0; left -= minuteMs) {
      turnable.turn(Math.min(left, minuteMs))
      await idle()
    }
  }

  return {
    store,
    clock,
    ran,
    up,
    pass,
    get looks() {
      return looks
    },
    ok: (name: string) => ran.filter((one) => one.name === name && one.status === "ok"),
    nextOf: async (name: string) => (await store.find(name))[0]!.state.nextRunAtMs,
    /** Puts it down for so long. */
    async down(ms: number, at = zone) {
      scheduler?.close()
      turnable.turn(ms)
      await up(at)
    },
    /** Sets the clock, as a person or a time server does; timers run on as they did. */
    async set(ms: number) {
      set += ms
      await pass(minuteMs)
    },
    async add(name: string, schedule: Schedule, more: Partial<Job> = {}) {
      const now = clock.now()
      const job: Job = {
        id: Bun.hash(name).toString(16).padStart(12, "0").slice(0, 12),
        name,
        enabled: true,
        wakeMode: "now",
        schedule,
        sessionTarget: "isolated",
        payload: { kind: "agentTurn", message: name },
        createdAtMs: now,
        updatedAtMs: now,
        creator: { kind: "operator" },
        state: {},
        ...more,
      }
      const nextRunAtMs = await createNextRun(() => zone)(job, now)
      await store.save({ ...job, state: { nextRunAtMs } })
      scheduler?.replan()
    },
  }
}
