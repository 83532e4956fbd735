import { describe, expect, test } from "bun:test"
import { isActive } from "../../src/heartbeat/active-hours.ts"
import { isBlank } from "../../src/heartbeat/checklist.ts"

const zones = { user: "Europe/Berlin", local: "UTC" }
const at = (text: string) => Date.parse(`2026-06-01T${text}:00Z`)

describe("hours of a day", () => {
  test.each([
    ["the first minute is in", "09:00", "17:00", "local", "09:00", true],
    ["the last is not", "09:00", "17:00", "local", "17:00", false],
    ["until midnight", "09:00", "24:00", "local", "23:59", true],
    ["over midnight, late", "22:00", "06:00", "local", "23:00", true],
    ["over midnight, early", "22:00", "06:00", "local", "05:59", true],
    ["over midnight, by day", "22:00", "06:00", "local", "12:00", false],
    ["the same twice is never", "09:00", "09:00", "local", "09:00", false],
    ["by the user's clock", "09:00", "17:00", "user", "07:00", true],
    ["by a zone of its own", "09:00", "17:00", "Asia/Tokyo", "00:00", true],
    ["a zone nobody knows is the user's", "09:00", "17:00", "Mars/Base", "07:00", true],
  ])("%s", (_, start, end, timezone, now, active) => {
    expect(isActive({ start, end, timezone }, at(now), zones)).toBe(active)
  })

  test("without any it is always", () => expect(isActive(undefined, at("03:00"), zones)).toBe(true))
})

describe("a list of what to look at", () => {
  test.each([
    ["", true],
    ["# Heartbeat\n\n## Later\n", true],
    ["<!-- nothing yet\nstill nothing -->\n- [ ]\n*\n", true],
    ["# Heartbeat\n- look at the mail", false],
    ["#hashtag", false],
    ["word", false],
  ])("%j is empty: %p", (text, blank) => expect(isBlank(text)).toBe(blank))
})
