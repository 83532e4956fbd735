import { describe, expect, test } from "bun:test"
import fc from "fast-check"
import type { Schedule } from "../../src/cron/job.ts"
import { atOf, spanOf } from "../../src/cron/moment.ts"
import { createNextRun, offsetOf } from "../../src/cron/schedule.ts"

const nextRun = createNextRun(() => "Europe/Berlin")
const job = (schedule: Schedule, id = "0123456789ab") => ({ id, schedule, createdAtMs: 0 })
const cron = (expr: string, tz?: string, staggerMs = 0): Schedule => ({
  kind: "cron",
  expr,
  ...(tz && { tz }),
  staggerMs,
})

/** The first few runs after a moment. */
const runs = async (schedule: Schedule, from: string, count = 3) => {
  const found: string[] = []
  for (let at: number | undefined = Date.parse(from); found.length < count;) {
    at = await nextRun(job(schedule), at)
    if (at === undefined) break
    found.push(new Date(at).toISOString().replace(":00.000Z", "Z"))
  }
  return found
}

describe("calendars", () => {
  test.each([
    [
      "9:00 where no zone is named is 9:00 here",
      cron("0 9 * * *"),
      "2026-07-01T00:00Z",
      ["2026-07-01T07:00Z", "2026-07-02T07:00Z"],
    ],
    [
      "an hour that spring leaves out runs when it is over",
      cron("30 2 * * *", "Europe/Berlin"),
      "2026-03-28T12:00Z",
      ["2026-03-29T01:00Z", "2026-03-30T00:30Z"],
    ],
    [
      "an hour that autumn has twice runs once",
      cron("30 2 * * *", "Europe/Berlin"),
      "2026-10-24T12:00Z",
      ["2026-10-25T00:30Z", "2026-10-26T01:30Z"],
    ],
    [
      "every half hour runs through both of them",
      cron("*/30 * * * *", "Europe/Berlin"),
      "2026-10-25T00:00Z",
      ["2026-10-25T00:30Z", "2026-10-25T01:00Z", "2026-10-25T01:30Z", "2026-10-25T02:00Z"],
    ],
    [
      "a leap day comes every four years",
      cron("0 0 29 2 *", "UTC"),
      "2026-01-01T00:00Z",
      ["2028-02-29T00:00Z", "2032-02-29T00:00Z"],
    ],
    [
      "a day of the month or a weekday, whichever comes",
      cron("0 9 13 * 5", "UTC"),
      "2026-03-01T00:00Z",
      ["2026-03-06T09:00Z", "2026-03-13T09:00Z", "2026-03-20T09:00Z"],
    ],
    [
      "six fields begin with seconds",
      cron("30 0 9 * * *", "UTC"),
      "2026-03-01T00:00Z",
      ["2026-03-01T09:00:30.000Z"],
    ],
    ["a day that no month has never comes", cron("0 0 31 2 *", "UTC"), "2026-03-01T00:00Z", []],
  ])("%s", async (_, schedule, from, expected) => {
    expect(await runs(schedule, from, expected.length || 1)).toEqual(expected)
  })

  test.each([
    ["99 * * * *", "cron.bad-expression"],
    ["* * *", "cron.bad-expression"],
    ["0 9 * * * * 2030", "cron.bad-expression"],
    ["'; DROP TABLE", "cron.bad-expression"],
  ])("%s is no calendar", async (expr, code) => {
    await expect(nextRun(job(cron(expr)), 0)).rejects.toMatchObject({ code })
  })

  test("a zone nobody knows is refused with its name", async () => {
    await expect(nextRun(job(cron("0 9 * * *", "Mars/Base")), 0)).rejects.toThrow(
      '"Mars/Base" is no time zone.',
    )
  })
})

describe("tasks on the hour are spread", () => {
  test("hourly ones by up to five minutes, each always by the same", async () => {
    const hourly: Schedule = { kind: "cron", expr: "0 * * * *", tz: "UTC" }
    const offsets = ["a", "b", "c", "d"].map((id) => offsetOf(id, hourly))
    for (const offset of offsets) expect(offset).toBeWithin(0, 300_000)
    expect(new Set(offsets).size).toBeGreaterThan(1)
    const first = await nextRun(job(hourly, "a"), Date.parse("2026-01-01T00:00Z") - 1)
    expect(first).toBe(Date.parse("2026-01-01T00:00Z") + offsets[0]!)
  })

  test.each([
    ["0 9 * * *", undefined],
    ["5 * * * *", undefined],
    ["0 * * * *", 0],
  ])("%s with a spread of %p is exact", (expr, staggerMs) => {
    expect(offsetOf("a", { kind: "cron", expr, staggerMs })).toBe(0)
  })
})

const zones = ["UTC", "Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe"]
const moments = fc.integer({ min: Date.parse("2024-01-01"), max: Date.parse("2032-01-01") })
const schedules = fc.oneof(
  fc.record({
    kind: fc.constant("every" as const),
    everyMs: fc.integer({ min: 1000, max: 10 ** 9 }),
    anchorMs: fc.option(moments, { nil: undefined }),
  }),
  fc.record({
    kind: fc.constant("cron" as const),
    expr: fc.constantFrom(
      "*/5 * * * *",
      "0 * * * *",
      "30 2 * * *",
      "15 1,3 * * 0",
      "0 9 1 * *",
      "*/20 * * * * *",
    ),
    tz: fc.constantFrom(...zones),
    staggerMs: fc.option(fc.integer({ min: 0, max: 600_000 }), { nil: undefined }),
  }),
)

test("the next run is always later, and nothing lies between two in a row", async () => {
  await fc.assert(
    fc.asyncProperty(
      schedules,
      moments,
      fc.double({ min: 0, max: 1, noNaN: true }),
      async (schedule, from, part) => {
        const one = job(schedule)
        const next = (await nextRun(one, from))!
        expect(next).toBeGreaterThan(from)
        // Asked anywhere before it, and not past the one before, it is the same.
        const between = from + Math.floor((next - 1 - from) * part)
        expect(await nextRun(one, between)).toBe(next)
        expect((await nextRun(one, next))!).toBeGreaterThan(next)
      },
    ),
    { numRuns: 300 },
  )
})

test("a pattern agrees with a calendar that is read minute by minute", async () => {
  const at = (ms: number, tz: string) => {
    const zoned = Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(tz)
    return [zoned.minute, zoned.hour] as const
  }
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 0, max: 59 }),
      fc.integer({ min: 4, max: 23 }),
      fc.constantFrom(...zones),
      moments,
      async (minute, hour, tz, from) => {
        const next = (await nextRun(job(cron(`${minute} ${hour} * * *`, tz)), from))!
        expect(at(next, tz)).toEqual([minute, hour])
        expect(next - from).toBeLessThanOrEqual(25 * 3_600_000)
      },
    ),
    { numRuns: 300 },
  )
})

describe("moments and spans", () => {
  test.each([
    ["2026-05-01T09:00:00Z", "2026-05-01T09:00:00.000Z"],
    ["2026-05-01T09:00", "2026-05-01T09:00:00.000Z"],
    ["2026-05-01 09:00", "2026-05-01T09:00:00.000Z"],
    ["2026-05-01T09:00:00+02:00", "2026-05-01T07:00:00.000Z"],
    ["2026-05-01", "2026-05-01T00:00:00.000Z"],
  ])("%s", (text, moment) => {
    expect(new Date(atOf(text)!).toISOString()).toBe(moment)
  })
  test.each(["", "tomorrow", "2026-13-01", "12", "2026-05-01T25:00"])("%p is no moment", (text) => {
    expect(atOf(text)).toBeUndefined()
  })
  test.each([
    ["20m", 1_200_000],
    ["1h30m", 5_400_000],
    ["2d", 172_800_000],
    ["1.5h", 5_400_000],
  ])("%s", (text, ms) => expect(spanOf(text)).toBe(ms))
  test.each(["", "20", "m", "-5m", "5 parsecs"])("%p is no span", (text) => {
    expect(spanOf(text)).toBeUndefined()
  })
})
