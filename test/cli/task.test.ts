import { describe, expect, test } from "bun:test"
import { taskFrom } from "../../src/cli/task-flags.ts"

const now = Date.parse("2026-06-01T08:00:00Z")
const from = (args: Parameters<typeof taskFrom>[0]) => taskFrom(args, now)

describe("flags of a task", () => {
  test.each([
    ["a span from now", { at: "20m" }, { kind: "at", at: "2026-06-01T08:20:00.000Z" }],
    ["a moment is in UTC", { at: "2026-06-01T09:00" }, { kind: "at", at: "2026-06-01T09:00" }],
    [
      "or in the zone that is named",
      { at: "2026-06-01 09:00", tz: "Europe/Berlin" },
      { kind: "at", at: "2026-06-01T07:00:00Z" },
    ],
    [
      "its own zone counts first",
      { at: "2026-06-01T09:00:00Z", tz: "Europe/Berlin" },
      { kind: "at", at: "2026-06-01T09:00:00Z" },
    ],
    ["every", { every: "1h30m" }, { kind: "every", everyMs: 5_400_000 }],
    [
      "exact",
      { cron: "0 * * * *", exact: true },
      { kind: "cron", expr: "0 * * * *", staggerMs: 0 },
    ],
  ])("%s", (_, args, schedule) => expect(from(args).schedule).toEqual(schedule as never))

  test.each([
    [{ at: "20m", every: "2h" }, "cannot both say when"],
    [{ at: "soon" }, '--at cannot be "soon"'],
    [{ every: "2 parsecs" }, '--every cannot be "2 parsecs"'],
    [{ at: "2026-06-01T09:00", tz: "Mars/Base" }, '--tz cannot be "Mars/Base"'],
    [{ message: "x", "system-event": "y" }, "cannot both say what"],
    [{ message: "x", "timeout-seconds": "-1" }, "--timeout-seconds cannot be"],
    [{ every: "10ms" }, '--every cannot be "10ms"'],
    [{ every: "2h", tz: "Europe/Berlin" }, "--tz changes nothing here"],
    [{ tz: "Europe/Berlin" }, "--tz changes nothing here"],
    [{ at: "20m", exact: true }, "--exact changes nothing here"],
    [{ cron: "0 * * * *", exact: true, stagger: "5m" }, "do not go together"],
    [{ "system-event": "x", model: "a/b" }, "--model and --system-event do not go together"],
    [{ message: "x", webhook: "https://x.test", to: "42" }, "do not go together"],
  ])("%p is refused", (args, why) => expect(() => from(args)).toThrow(why))

  test("what is said to a network is announced; --no-deliver keeps it to the log", () => {
    expect(from({ channel: "telegram", to: "42" }).delivery).toEqual({
      mode: "announce",
      channel: "telegram",
      to: "42",
    })
    expect(from({ deliver: false }).delivery).toEqual({ mode: "none" })
    expect(from({ webhook: "https://x.test" }).delivery).toEqual({
      mode: "webhook",
      to: "https://x.test",
    })
  })

  test("what a run may use and what it is for is its policy; none takes a limit back", () => {
    expect(from({ success: "all are read", "max-cost": "0.5", skills: "mail, calendar" })).toEqual({
      executionPolicy: { success: "all are read", maxCost: 0.5, skills: ["mail", "calendar"] },
    })
    expect(from({ "max-tokens": "none" })).toEqual({ executionPolicy: { maxTokens: null } })
    expect(() => from({ "max-cost": "much" })).toThrow('--max-cost cannot be "much"')
  })

  test("its session is one of those there are, or one that is named", () => {
    expect(from({ session: "session:reports" })).toEqual({ sessionTarget: "session:reports" })
    expect(() => from({ session: "reports" })).toThrow('--session cannot be "reports"')
  })
})
