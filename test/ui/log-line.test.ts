import { expect, test } from "bun:test"
import { passes, readLine } from "../../src/ui/view/logs/line.ts"

const line = (fields: object) => readLine(JSON.stringify(fields), 1)

test("a line of the log is told apart into what is constant and what varies", () => {
  expect(
    line({
      time: "2026-06-01T12:00:00.000Z",
      level: "warn",
      subsystem: "channels/telegram",
      message: "connection lost",
      meta: { account: "family", reason: "no route", tries: 3 },
    }),
  ).toMatchObject({
    level: "warn",
    subsystem: "channels/telegram",
    message: "connection lost",
    reason: "no route",
    fields: 'account=family  reason="no route"  tries=3',
  })
})

test("what is no line of ours is shown as it is", () => {
  for (const raw of ["plain text", "null", '"quoted"', "[1,2]", '{"level":"loud","time":7}'])
    expect(readLine(raw, 1)).toMatchObject({ raw, level: "info" })
  expect(readLine("plain text", 1).message).toBe("plain text")
})

test("lines are found by level, by words anywhere, and without who called what", () => {
  const audit = line({ level: "info", subsystem: "audit", message: "allowed" })
  const refused = line({ level: "warn", subsystem: "audit", message: "refused" })
  const turn = line({
    level: "info",
    subsystem: "agent",
    message: "turn finished",
    meta: { n: "Zoë" },
  })
  const find = (filter: Partial<Parameters<typeof passes>[0]>) =>
    [audit, refused, turn].filter(
      passes({ level: "trace", words: "", withAudit: false, ...filter }),
    )
  expect(find({})).toEqual([refused, turn])
  expect(find({ withAudit: true })).toHaveLength(3)
  expect(find({ level: "warn" })).toEqual([refused])
  expect(find({ words: "  FINISHED zoë " })).toEqual([turn])
  expect(find({ words: "finished nobody" })).toEqual([])
})
