import { expect, test } from "bun:test"
import { session } from "../../src/sessions/config.ts"
import { expiryOf, policyOf } from "../../src/sessions/reset-policy.ts"

const settings = (more: object = {}) => session.schema.parse(more)
const policy = (more: object = {}) => settings({ reset: more }).reset
const expiry = (used: string, zone: string, more: object = {}) => {
  const at = expiryOf(policy(more), Date.parse(used), zone)
  return Number.isFinite(at) ? new Date(at).toISOString() : at
}

test.each([
  ["before the hour", "2026-06-01T01:59:00Z", "Europe/Berlin", 4, "2026-06-01T02:00:00.000Z"],
  ["at the hour", "2026-06-01T02:00:00Z", "Europe/Berlin", 4, "2026-06-02T02:00:00.000Z"],
  ["after the hour", "2026-06-01T20:00:00Z", "Europe/Berlin", 4, "2026-06-02T02:00:00.000Z"],
  ["across a new year", "2026-12-31T12:00:00Z", "UTC", 0, "2027-01-01T00:00:00.000Z"],
  ["in the spring night", "2026-03-28T22:00:00Z", "Europe/Berlin", 4, "2026-03-29T02:00:00.000Z"],
  ["an hour left out", "2026-03-28T22:00:00Z", "Europe/Berlin", 2, "2026-03-29T01:00:00.000Z"],
  ["in the autumn night", "2026-10-24T22:00:00Z", "Europe/Berlin", 4, "2026-10-25T03:00:00.000Z"],
  [
    "an hour twice, the first",
    "2026-10-24T22:00:00Z",
    "Europe/Berlin",
    2,
    "2026-10-25T00:00:00.000Z",
  ],
  [
    "an hour twice, between",
    "2026-10-25T00:30:00Z",
    "Europe/Berlin",
    2,
    "2026-10-26T01:00:00.000Z",
  ],
  ["far east", "2026-06-01T20:00:00Z", "Pacific/Kiritimati", 4, "2026-06-02T14:00:00.000Z"],
])(
  "a session used %s ends the next time the clock shows the hour",
  (_, used, zone, atHour, ends) => {
    expect(expiry(used, zone, { atHour })).toBe(ends)
  },
)

test("a pause ends it, and beside a daily reset whichever comes first", () => {
  const used = "2026-06-01T03:00:00Z"
  expect(expiry(used, "UTC", { mode: "idle", idleMinutes: 30 })).toBe("2026-06-01T03:30:00.000Z")
  expect(expiry(used, "UTC", { idleMinutes: 30 })).toBe("2026-06-01T03:30:00.000Z")
  expect(expiry(used, "UTC", { idleMinutes: 90 })).toBe("2026-06-01T04:00:00.000Z")
  expect(expiry(used, "UTC", { mode: "off", idleMinutes: 30 })).toBe(Infinity)
})

test("a pause that is to end it must be said", () => {
  expect(session.schema.safeParse({ reset: { mode: "idle" } }).success).toBe(false)
})

test("a network's own policy goes before that of a kind, and that before the common one", () => {
  const config = settings({
    reset: { atHour: 1 },
    resetByType: { dm: { atHour: 2 }, group: { atHour: 3 }, thread: { atHour: 5 } },
    resetByChannel: { telegram: { atHour: 6 } },
  })
  const hour = (key: string) => policyOf(key, config)?.atHour
  expect(hour("agent:main:main")).toBe(2)
  expect(hour("agent:main:slack:channel:C1")).toBe(3)
  expect(hour("agent:main:slack:channel:C1:thread:9")).toBe(5)
  expect(hour("agent:main:telegram:group:1")).toBe(6)
  expect(hour("agent:main:toString:group:1")).toBe(3)
  expect(policyOf("agent:main:main", settings({ reset: { atHour: 1 } }))?.atHour).toBe(1)
})

test("what belongs to one job does not end with the day", () => {
  for (const key of ["agent:main:subagent:u", "cron:j", "hook:u", "node-n", "agent:main:acp:u"])
    expect(policyOf(key, settings())).toBeUndefined()
})
