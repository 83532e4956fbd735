import { describe, expect, test } from "bun:test"
import { createScheduler } from "../../src/cron/scheduler.ts"
import { Database } from "../../src/store/database.ts"
import { migrations } from "../../src/cron/schema.ts"
import { createTaskStore } from "../../src/cron/store.ts"
import type { Job } from "../../src/cron/job.ts"
import type { Run } from "../../src/cron/run.ts"
import { silentLog } from "../support/silent-log.ts"
import { turnableClock } from "../support/turnable-clock.ts"

const settle = () => new Promise((resolve) => setImmediate(resolve))

/** A scheduler whose tasks are due at these moments, a clock, and how many timers it has. */
const scheduling = (due: number[], more: { broken?: boolean } = {}) => {
  const clock = turnableClock(0)
  const timers = new Set<object>()
  let looks = 0
  let set = 0
  const done: number[] = []
  const scheduler = createScheduler({
    enabled: () => true,
    async nextDue() {
      looks++
      if (more.broken) throw new Error("the disk is gone")
      return due.length ? Math.min(...due) : null
    },
    async runDue() {
      for (const at of due.filter((at) => at <= clock.now() + set)) {
        due.splice(due.indexOf(at), 1)
        done.push(at)
      }
    },
    setBack: async () => void done.push(-1),
    clock: {
      ...clock,
      now: () => clock.now() + set,
      after(ms, work) {
        const timer = {}
        timers.add(timer)
        const cancel = clock.after(ms, () => {
          timers.delete(timer)
          work()
        })
        return () => {
          timers.delete(timer)
          cancel()
        }
      },
    },
    log: silentLog,
  })
  return {
    scheduler,
    clock,
    done,
    set: (ms: number) => void (set += ms),
    get timers() {
      return timers.size
    },
    get looks() {
      return looks
    },
  }
}

describe("the timer", () => {
  test("there is none where nothing is due, and one where anything is", async () => {
    const place = scheduling([])
    place.scheduler.replan()
    await settle()
    expect(place.timers).toBe(0)
    const busy = scheduling(Array.from({ length: 10_000 }, (_, at) => 3_600_000 + at))
    busy.scheduler.replan()
    await settle()
    expect(busy.timers).toBe(1)
    // Until then, waking up looks at a number and at nothing else.
    for (let minute = 1; minute < 60; minute++) busy.clock.turn(60_000)
    await settle()
    expect({ looks: busy.looks, timers: busy.timers }).toEqual({ looks: 1, timers: 1 })
  })

  test("what is due runs at its moment, the next is planned", async () => {
    const place = scheduling([1000, 5000])
    place.scheduler.replan()
    await settle()
    place.clock.turn(1000)
    await settle()
    expect(place.done).toEqual([1000])
    expect(place.scheduler.nextWakeAtMs).toBe(5000)
  })

  test("a clock that was set forward is noticed within a minute, and so is one set back", async () => {
    const place = scheduling([10 * 3_600_000])
    place.scheduler.replan()
    await settle()
    place.set(10 * 3_600_000)
    place.clock.turn(60_000)
    await settle()
    expect(place.done).toEqual([10 * 3_600_000])
    const back = scheduling([10 * 3_600_000])
    back.scheduler.replan()
    await settle()
    back.set(-86_400_000)
    back.clock.turn(60_000)
    await settle()
    expect(back.done).toEqual([-1])
  })

  test("one set back is noticed also when it just looks what is due", async () => {
    const back = scheduling([10 * 3_600_000])
    back.scheduler.replan()
    await settle()
    back.set(-86_400_000)
    back.scheduler.replan()
    back.clock.turn(60_000)
    await settle()
    expect(back.done).toEqual([-1])
  })

  test("a look that fails is made again", async () => {
    const options = { broken: true }
    const place = scheduling([1], options)
    place.scheduler.replan()
    await settle()
    expect(place.timers).toBe(1)
    options.broken = false
    place.clock.turn(60_000)
    await settle()
    expect(place.done).toEqual([1])
  })

  test("closed, it has none", async () => {
    const place = scheduling([1000])
    place.scheduler.replan()
    await settle()
    place.scheduler.close()
    expect(place.timers).toBe(0)
  })
})

describe("claims", () => {
  const job = (at: number): Job => ({
    id: "0123456789ab",
    name: "x",
    enabled: true,
    wakeMode: "now",
    schedule: { kind: "every", everyMs: 1000 },
    sessionTarget: "isolated",
    payload: { kind: "agentTurn", message: "x" },
    createdAtMs: 0,
    updatedAtMs: 0,
    creator: { kind: "operator" },
    state: { nextRunAtMs: at },
  })
  const run = (id: string): Run => ({
    runId: id,
    job: job(1000),
    trigger: "schedule",
    scheduledAt: 1000,
    createdAt: 1000,
    state: "queued",
  })
  const moved = (known: Job) =>
    known.state.nextRunAtMs === 1000 ? { ...known, state: { nextRunAtMs: 2000 } } : null

  test("of many that find a task due, one gets it", async () => {
    const store = createTaskStore(new Database(":memory:", migrations))
    await store.save(job(1000))
    const claims = await Promise.all(["a", "b", "c"].map((id) => store.claim(run(id), moved)))
    expect(claims).toEqual([true, false, false])
    expect((await store.get("0123456789ab"))!.state.nextRunAtMs).toBe(2000)
    expect((await store.runs({ sortDir: "asc", limit: 10, offset: 0 })).total).toBe(1)
  })

  test("the log of a task keeps the newest, whatever their size", async () => {
    const store = createTaskStore(new Database(":memory:", migrations))
    await store.save(job(1000))
    for (let at = 0; at < 20; at++) {
      await store.claim({ ...run(`r${at}`), createdAt: at }, (known) => known)
      await store.end(
        { ...run(`r${at}`), createdAt: at, state: "done", status: "ok", endedAt: at },
        (known) => known,
      )
    }
    const left = async () =>
      (await store.runs({ sortDir: "desc", limit: 50, offset: 0 })).runs.map(({ runId }) => runId)
    await store.prune("0123456789ab", { lines: 3, bytes: 1_000_000 })
    expect(await left()).toEqual(["r19", "r18", "r17"])
    await store.prune("0123456789ab", { lines: 3, bytes: 1 })
    expect(await left()).toEqual(["r19"])
  })
})
