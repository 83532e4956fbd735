import { describe, expect, test } from "bun:test"
import { type AnyCheck, check } from "../../src/kernel/check.ts"
import { Clock } from "../../src/kernel/clock.ts"
import { fault } from "../../src/kernel/fault.ts"
import { Log } from "../../src/kernel/log.ts"
import { service, Services } from "../../src/kernel/service.ts"
import { applyFixes } from "../../src/doctor/fix.ts"
import { beginRun } from "../../src/doctor/history.ts"
import { run as doctorRun } from "../../src/doctor/methods.ts"
import { runChecks } from "../../src/doctor/run.ts"
import { createDoctor } from "../../src/doctor/service.ts"

/** The world the checks look at: what is broken, and what was done to it, in order. */
interface World {
  broken: Set<string>
  acts: string[]
}
const World = service<World>("world")

const setUp = (...broken: string[]) => {
  const services = new Services()
  const world = services.provide(World, { broken: new Set(broken), acts: [] })
  const quiet = () => {}
  const errors: string[] = []
  const log: Log = {
    trace: quiet,
    debug: quiet,
    info: quiet,
    warn: quiet,
    error: (message) => errors.push(message),
    for: () => log,
  }
  const timers: (() => void)[] = []
  services.provide(Log, log)
  services.provide(Clock, {
    now: () => 0,
    after: (_, work) => {
      timers.push(work)
      return () => timers.splice(timers.indexOf(work), 1)
    },
    every: () => quiet,
  })
  return { services, world, errors, timers }
}

const thing = (name: string, more: Partial<AnyCheck> = {}): AnyCheck => ({
  ...check({
    id: `world.${name}`,
    title: `The ${name} works`,
    severity: "error",
    needs: { world: World },
    detect({ world }) {
      world.acts.push(`look at ${name}`)
      return world.broken.has(name) ? { name } : null
    },
    explain: ({ name }) => `The ${name} is broken.`,
    fix: {
      describe: ({ name }) => `Mend the ${name}.`,
      apply({ name }, { world }) {
        world.acts.push(`mend ${name}`)
        world.broken.delete(name)
      },
    },
  }),
  ...more,
})

const roof = thing("roof")
const wall = thing("wall", { after: [roof] })
const lamp = thing("lamp", { after: [wall], severity: "warn" })

const trouble = fault("test.trouble", {
  status: 500,
  message: () => "The meter cannot be read.",
  hint: () => "Turn it on.",
})

describe("runChecks", () => {
  test("says all is well when it is", async () => {
    const { services } = setUp()
    expect(await runChecks([roof, wall, lamp], services)).toEqual({
      ok: true,
      checked: 3,
      findings: [],
      skipped: [],
    })
  })

  test("makes a check only when its ground holds, whatever the order of the list", async () => {
    const { services, world } = setUp("roof")
    const report = await runChecks([lamp, wall, roof], services)
    expect(world.acts).toEqual(["look at roof"])
    expect(report).toEqual({
      ok: false,
      checked: 1,
      findings: [
        {
          id: "world.roof",
          title: "The roof works",
          severity: "error",
          explain: "The roof is broken.",
          fix: "Mend the roof.",
        },
      ],
      skipped: [
        { id: "world.lamp", title: "The lamp works", because: "world.wall" },
        { id: "world.wall", title: "The wall works", because: "world.roof" },
      ],
    })
  })

  test("is still ok with warnings only, and changes nothing", async () => {
    const { services, world } = setUp("lamp")
    const report = await runChecks([roof, wall, lamp], services)
    expect(report.ok).toBe(true)
    expect(report.findings.map(({ id }) => id)).toEqual(["world.lamp"])
    expect(world.broken).toEqual(new Set(["lamp"]))
  })

  test("looks at a shared ground once", async () => {
    const { services, world } = setUp()
    await runChecks([thing("a", { after: [roof] }), thing("b", { after: [roof] }), roof], services)
    expect(world.acts.filter((act) => act === "look at roof")).toHaveLength(1)
  })

  test("reports a check that throws and makes the others all the same", async () => {
    const { services, errors } = setUp("wall")
    const faulty = thing("meter", {
      detect() {
        throw trouble()
      },
    })
    const buggy = thing("clock", { detect: () => Promise.reject(new Error("sk-secret")) })
    const mute = thing("door", {
      detect: () => ({}),
      explain() {
        throw new Error("sk-secret")
      },
    })
    const lost = thing("key", { needs: { lost: service("lost") }, detect: ({ lost }) => lost })
    const report = await runChecks([faulty, buggy, mute, lost, roof, wall], services)
    expect(report.findings.map(({ id }) => id)).toEqual([
      "world.meter",
      "world.clock",
      "world.door",
      "world.key",
      "world.wall",
    ])
    expect(report.findings[0]).toMatchObject({
      severity: "warn",
      explain: "This could not be checked: The meter cannot be read.",
      next: "Turn it on.",
    })
    expect(JSON.stringify(report)).not.toContain("sk-secret")
    expect(errors).toHaveLength(3)
  })

  test("does not wait for ever, and skips what stands on a check that hangs", async () => {
    const { services, timers } = setUp()
    const slow = thing("slow", { detect: () => new Promise(() => {}) })
    const report = runChecks([slow, thing("next", { after: [slow] })], services)
    expect(timers).toHaveLength(1)
    timers[0]!()
    expect(await report).toMatchObject({
      findings: [{ id: "world.slow", explain: expect.stringContaining("within 5 s") }],
      skipped: [{ id: "world.next", because: "world.slow" }],
    })
  })

  test("makes independent checks side by side", async () => {
    const { services } = setUp()
    const met = Promise.withResolvers<null>()
    const first = thing("first", { detect: () => met.promise })
    const second = thing("second", {
      detect() {
        met.resolve(null)
        return null
      },
    })
    expect((await runChecks([first, second], services)).ok).toBe(true)
  })
})

describe("applyFixes", () => {
  const keeping = {
    ...beginRun({ state: "/nowhere", now: 0 }),
    keeping: async (_: string, __: unknown, work: () => Promise<void> | void) => await work(),
  }
  const yes = { approve: () => true, keeping }

  test("mends what is broken, ground first, then what stood on it", async () => {
    const { services, world } = setUp("lamp", "roof", "wall")
    const { repairs, report } = await applyFixes([lamp, wall, roof], services, yes)
    expect(world.acts.filter((act) => act.startsWith("mend"))).toEqual([
      "mend roof",
      "mend wall",
      "mend lamp",
    ])
    expect(repairs).toEqual([
      { id: "world.roof", fix: "Mend the roof.", diff: [], state: "fixed" },
      { id: "world.wall", fix: "Mend the wall.", diff: [], state: "fixed" },
      { id: "world.lamp", fix: "Mend the lamp.", diff: [], state: "fixed" },
    ])
    expect(report).toMatchObject({ ok: true, findings: [], skipped: [] })
  })

  test("asks before each and leaves alone what was declined", async () => {
    const { services, world } = setUp("roof", "lamp")
    const asked: string[] = []
    const { repairs, report } = await applyFixes([roof, thing("lamp")], services, {
      keeping,
      approve({ id, fix }) {
        asked.push(fix)
        return id === "world.lamp"
      },
    })
    expect(asked).toEqual(["Mend the roof.", "Mend the lamp."])
    expect(world.broken).toEqual(new Set(["roof"]))
    expect(repairs.map(({ state }) => state)).toEqual(["declined", "fixed"])
    expect(report.ok).toBe(false)
  })

  test("tells what would not mend, tries it once and goes on", async () => {
    const { services, world } = setUp("pump", "well", "roof")
    const pump = thing("pump", { fix: { describe: () => "Kick it.", apply() {} } })
    const well = thing("well", {
      fix: {
        describe: () => "Dig.",
        apply() {
          world.acts.push("dig")
          throw trouble()
        },
      },
    })
    const { repairs } = await applyFixes([pump, well, roof], services, yes)
    expect(repairs).toEqual([
      { id: "world.pump", fix: "Kick it.", diff: [], state: "remains" },
      {
        id: "world.well",
        fix: "Dig.",
        diff: [],
        state: "failed",
        problem: "The meter cannot be read. Turn it on.",
      },
      { id: "world.roof", fix: "Mend the roof.", diff: [], state: "fixed" },
    ])
    expect(world.acts.filter((act) => act === "dig")).toHaveLength(1)
  })

  test("does nothing where nothing can be fixed", async () => {
    const { services } = setUp("roof")
    const { repairs, report } = await applyFixes([thing("roof", { fix: undefined })], services, yes)
    expect(repairs).toEqual([])
    expect(report.findings).toHaveLength(1)
  })
})

test("callers of doctor.run at the same time share one run, later ones get a new one", async () => {
  const { services, world } = setUp()
  const doctor = createDoctor(async () => [roof], services)
  await Promise.all([doctor.run(), doctor.run(), doctor.run()])
  expect(world.acts).toHaveLength(1)
  await doctor.run()
  expect(world.acts).toHaveLength(2)
})

test("doctor.run's result fits what it declares", async () => {
  const { services } = setUp("roof")
  const report = await createDoctor(async () => [roof, wall], services).run()
  expect(doctorRun.result.parse(report)).toEqual(report)
  expect(doctorRun.params.safeParse({ fix: true }).success).toBe(false)
})
