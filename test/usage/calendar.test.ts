/** Days as the clocks of a place have them. */
import { describe, expect, test } from "bun:test"
import fc from "fast-check"
import { daysOf, periodAt } from "../../src/usage/calendar.ts"
import { quarterMs } from "../../src/usage/schema.ts"

const hour = 3_600_000
const now = Date.parse("2026-11-01T12:00:00Z")
const berlin = { now, zone: "Europe/Berlin" }

const lengths = (zone: string, startDate: string, endDate: string) =>
  daysOf({ startDate, endDate }, { now, zone }).days.map(({ from, to }) => (to - from) / hour)

describe("summer and winter time", () => {
  test.each([
    ["Europe/Berlin", "2026-03-28", "2026-03-30", [24, 23, 24]],
    ["Europe/Berlin", "2026-10-24", "2026-10-26", [24, 25, 24]],
    ["America/New_York", "2026-11-01", "2026-11-01", [25]],
    ["Australia/Lord_Howe", "2026-04-05", "2026-04-05", [24.5]],
    ["Asia/Kathmandu", "2026-03-29", "2026-03-29", [24]],
  ])("%s %s to %s", (zone, from, to, hours) => {
    expect(lengths(zone, from, to)).toEqual(hours)
  })
})

test("a number of days ends with today, there", () => {
  const late = Date.parse("2026-11-01T23:30:00Z")
  const { days } = daysOf({ days: 2 }, { now: late, zone: "Europe/Berlin" })
  expect(days.map(({ date }) => date)).toEqual(["2026-11-01", "2026-11-02"])
  const utc = daysOf({ days: 2, mode: "utc" }, { now: late, zone: "Europe/Berlin" })
  expect(utc.days.map(({ date }) => date)).toEqual(["2026-10-31", "2026-11-01"])
})

test("an offset of a caller's own is taken as it is written", () => {
  const [day] = daysOf(
    { startDate: "2026-01-02", endDate: "2026-01-02", mode: "specific", utcOffset: "UTC+5:45" },
    berlin,
  ).days
  expect(new Date(day!.from).toISOString()).toBe("2026-01-01T18:15:00.000Z")
})

test.each([
  [{ startDate: "2026-02-30" }, "2026-02-30 is no day of the calendar."],
  [{ startDate: "2026-03-02", endDate: "2026-03-01" }, "2026-03-02 is after 2026-03-01."],
  [{ startDate: "2020-01-01" }, "days are more than 1100."],
  [{ mode: "specific" as const, utcOffset: "UTC+19" }, "UTC+19 is no offset"],
])("%j is no period", (period, words) => {
  expect(() => daysOf(period, berlin)).toThrow(words)
})

test("days follow one another without a gap, on whole quarters of an hour, wherever", () => {
  const zones = Intl.supportedValuesOf("timeZone")
  fc.assert(
    fc.property(
      fc.constantFrom(...zones),
      fc.integer({ min: Date.parse("2026-01-02"), max: Date.parse("2030-01-01") }),
      fc.integer({ min: 1, max: 60 }),
      (zone, at, count) => {
        const { days } = daysOf({ days: count }, { now: at, zone })
        expect(days).toHaveLength(count)
        expect(days.at(-1)!.from <= at && at < days.at(-1)!.to).toBe(true)
        for (const [index, day] of days.entries()) {
          expect(day.from % quarterMs).toBe(0)
          if (index) expect(day.from).toBe(days[index - 1]!.to)
        }
        const month = periodAt("month", at, zone)
        expect(month.from <= at && at < month.to).toBe(true)
      },
    ),
    { numRuns: 200 },
  )
})
