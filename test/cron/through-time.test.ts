/** Tasks through days that are longer or shorter than others, clocks that are set and machines that are off. */
import { describe, expect, test } from "bun:test"
import fc from "fast-check"
import type { Schedule } from "../../src/cron/job.ts"
import { machine } from "./machine.ts"
import { hour, minute } from "./support.ts"

const day = 24 * hour
const cron = (expr: string, tz?: string): Schedule => ({
  kind: "cron",
  expr,
  ...(tz && { tz }),
  staggerMs: 0,
})
const local = (ms: number, zone: string) =>
  Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(zone)

describe("days of 23 and of 25 hours", () => {
  test.each([
    ["Europe/Berlin", "2026-03-27T12:00:00Z", 23],
    ["Europe/Berlin", "2026-10-23T12:00:00Z", 25],
    ["America/New_York", "2026-03-06T12:00:00Z", 23],
    ["America/New_York", "2026-10-30T12:00:00Z", 25],
    ["Australia/Lord_Howe", "2026-04-03T12:00:00Z", 24.5],
    ["Australia/Lord_Howe", "2026-10-02T12:00:00Z", 23.5],
    ["America/Santiago", "2026-04-03T12:00:00Z", 25],
    ["America/Santiago", "2026-09-04T12:00:00Z", 23],
  ])("%s from %s", async (zone, from, hours) => {
    const place = machine(from, { zone })
    await place.up()
    await place.add("nine", cron("0 9 * * *"))
    await place.add("night", cron("30 2 * * *"))
    await place.add("often", cron("*/30 * * * *"))
    await place.add("span", { kind: "every", everyMs: 6 * hour })
    await place.pass(4 * day)

    const days = (name: string) =>
      place.ok(name).map(({ at }) => local(at, zone).toPlainDate().toString())
    // Each day once, also where the hour comes twice or not at all.
    expect(days("nine")).toEqual([...new Set(days("nine"))])
    expect(days("nine").length).toBeWithin(3, 6)
    expect(days("night")).toEqual([...new Set(days("night"))])
    expect(days("night").length).toBeWithin(3, 6)
    for (const { at } of place.ok("nine")) expect(local(at, zone).hour).toBe(9)
    const lengths = new Set(
      days("nine").map((date) => local(Date.parse(`${date}T12:00Z`), zone).hoursInDay),
    )
    expect([...lengths]).toContain(hours)
    for (const { at } of place.ok("often")) expect([0, 30]).toContain(local(at, zone).minute)
    expect(place.ok("often")).toHaveLength((4 * day) / (30 * minute))
    expect(place.ok("span")).toHaveLength(16)
    expect(place.ran.filter(({ status }) => status !== "ok")).toEqual([])
  })
})

describe("leap days", () => {
  test("come in their year, over restarts", async () => {
    const place = machine("2026-03-01T00:00:00Z")
    await place.up()
    await place.add("leap", cron("0 12 29 2 *"))
    await place.add("last", cron("0 12 L * *"))
    await place.down(Date.parse("2028-02-27T00:00:00Z") - place.clock.now())
    await place.pass(5 * day)
    const dates = (name: string) => place.ok(name).map(({ at }) => new Date(at).toISOString())
    expect(dates("leap")).toEqual(["2028-02-29T12:00:00.000Z"])
    expect(dates("last")).toEqual(["2028-02-29T12:00:00.000Z"])
    expect(await place.nextOf("leap")).toBe(Date.parse("2032-02-29T12:00:00Z"))
  })
})

describe("another zone", () => {
  test("after a journey, calendars go by it, and those with a zone of their own do not", async () => {
    const place = machine("2026-06-01T00:00:00Z", { zone: "Europe/Berlin" })
    await place.up()
    await place.add("here", cron("0 9 * * *"))
    await place.add("there", cron("0 9 * * *", "America/New_York"))
    await place.down(minute, "Asia/Tokyo")
    await place.pass(day)
    const at = (name: string, zone: string) => place.ok(name).map(({ at }) => local(at, zone).hour)
    expect(at("here", "Asia/Tokyo")).toEqual([9])
    expect(at("there", "America/New_York")).toEqual([9])
  })

  test("what was missed on the way is told of", async () => {
    const place = machine("2026-06-01T00:00:00Z", { zone: "Europe/Berlin" })
    await place.up()
    await place.add("here", cron("0 9 * * *"))
    await place.down(12 * hour, "Asia/Tokyo")
    expect(place.ran).toMatchObject([{ name: "here", status: "skipped" }])
    expect(local((await place.nextOf("here"))!, "Asia/Tokyo").hour).toBe(9)
  })
})

describe("a machine that is off for weeks", () => {
  const weeks = async (missedRuns: "skip" | "once") => {
    const place = machine("2026-06-01T00:00:00Z", { missedRuns })
    await place.up()
    await place.add("daily", cron("0 9 * * *"))
    await place.add("often", { kind: "every", everyMs: minute })
    await place.add("yearly", cron("0 9 3 6 *"))
    await place.add("once", { kind: "at", at: "2026-06-22T09:00:00Z" })
    await place.down(21 * day + 10 * hour)
    return place
  }

  test("skips what it missed, a line for each task, and goes on", async () => {
    const place = await weeks("skip")
    expect(place.ran.map(({ name, status }) => `${name} ${status}`).toSorted()).toEqual([
      "daily skipped",
      "often skipped",
      "once ok",
      "yearly skipped",
    ])
    expect(await place.nextOf("daily")).toBe(Date.parse("2026-06-23T09:00:00Z"))
    await place.pass(day)
    expect(place.ok("daily")).toHaveLength(1)
    expect(place.ok("often")).toHaveLength(24 * 60)
  })

  test("or makes up for each once, if the newest it missed is not too long ago", async () => {
    const place = await weeks("once")
    expect(
      place.ran.map(({ name, status, trigger }) => `${name} ${status} ${trigger}`).toSorted(),
    ).toEqual(["daily ok missed", "often ok missed", "once ok missed", "yearly skipped schedule"])
  })
})

describe("clocks that are wrong and put right", () => {
  test("a year ahead, then right: a daily task runs that day", async () => {
    const place = machine("2026-06-01T00:00:00Z")
    await place.up()
    await place.add("daily", cron("0 9 * * *"))
    await place.add("span", { kind: "every", everyMs: hour })
    await place.add("anchored", { kind: "every", everyMs: 2 * hour, anchorMs: 0 })
    await place.set(365 * day)
    await place.set(-365 * day)
    await place.pass(day)
    for (const [name, times] of [
      ["daily", 1],
      ["span", 24],
      ["anchored", 12],
    ] as const)
      expect(place.ok(name).length).toBeWithin(times - 1, times + 2)
    expect(place.ok("daily")).not.toEqual([])
  })

  test("the same when it was put right while the machine was off", async () => {
    const place = machine("2027-06-01T00:00:00Z")
    await place.up()
    await place.add("daily", cron("0 9 * * *"))
    await place.pass(day)
    await place.down(-365 * day)
    await place.pass(day)
    expect(place.ok("daily")).toHaveLength(2)
  })

  test("half an hour back runs no daily task twice", async () => {
    const place = machine("2026-06-01T08:50:00Z")
    await place.up()
    await place.add("daily", cron("0 9 * * *"))
    await place.pass(15 * minute)
    await place.set(-30 * minute)
    await place.pass(2 * hour)
    expect(place.ok("daily")).toHaveLength(1)
    await place.pass(day)
    expect(place.ok("daily")).toHaveLength(2)
  })
})

test("ten thousand tasks of one moment run once each, and the rest are not looked at", async () => {
  const place = machine("2026-06-01T08:00:00Z")
  for (let at = 0; at < 10_000; at++)
    await place.add(`task ${at}`, cron(at % 4 ? "0 10 1 1 *" : "0 9 * * *"))
  await place.up()
  const looks = place.looks
  await place.pass(59 * minute)
  expect(place.looks).toBe(looks)
  await place.pass(2 * minute)
  const names = place.ran.map(({ name }) => name)
  expect(names).toHaveLength(2500)
  expect(new Set(names).size).toBe(2500)
  expect(place.ran.every(({ status }) => status === "ok")).toBe(true)
  await place.pass(hour)
  expect(place.ran).toHaveLength(2500)
}, 60_000)

const doings = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: fc.record({ pass: fc.integer({ min: 1, max: 300 }) }) },
    { weight: 2, arbitrary: fc.record({ down: fc.integer({ min: 1, max: 4000 }) }) },
    { weight: 1, arbitrary: fc.record({ set: fc.integer({ min: -3000, max: 3000 }) }) },
    {
      weight: 1,
      arbitrary: fc.record({ zone: fc.constantFrom("UTC", "Europe/Berlin", "Asia/Tokyo") }),
    },
  ),
  { maxLength: 8 },
)
type Doing = { pass?: number; down?: number; set?: number; zone?: string }

const live = async (missedRuns: "skip" | "once", all: readonly Doing[]) => {
  const place = machine("2026-03-28T10:00:00Z", { missedRuns, zone: "Europe/Berlin" })
  await place.up()
  await place.add("daily", cron("30 2 * * *"))
  await place.add("hourly", cron("0 * * * *"))
  await place.add("span", { kind: "every", everyMs: 45 * minute })
  await place.add("once", { kind: "at", at: "2026-03-28T12:00:00Z" })
  for (const { pass, down, set, zone } of all) {
    if (pass) await place.pass(pass * minute)
    if (down) await place.down(down * minute)
    if (set) await place.set(set * minute)
    if (zone) await place.down(minute, zone)
  }
  return place
}

test("whatever happens to a machine, nothing runs twice for one moment and everything goes on", async () => {
  await fc.assert(
    fc.asyncProperty(fc.constantFrom("skip", "once"), doings, async (missedRuns, all: Doing[]) => {
      const place = await live(missedRuns, all)
      const wasSetBack = all.some(({ set = 0 }) => set < 0)
      const moments = place.ran.map(({ name, scheduledAt }) => `${name} ${scheduledAt}`)
      if (!wasSetBack) expect(moments).toHaveLength(new Set(moments).size)
      expect(place.ran.filter(({ name }) => name === "once").length).toBeLessThanOrEqual(1)
      const before = place.ran.length
      // Two days: a calendar's moments that a clock set back comes to again may be left out once.
      await place.pass(2 * day)
      const later = place.ran.slice(before).filter(({ status }) => status === "ok")
      const times = (name: string) => later.filter((one) => one.name === name).length
      expect(times("daily")).toBeWithin(1, 4)
      expect(times("hourly")).toBeWithin(45, 51)
      expect(times("span")).toBeWithin(63, 66)
    }),
    { numRuns: 40 },
  )
}, 60_000)
