/** `fased usage` and `fased status --usage` beside a gateway. */
import { expect, test } from "bun:test"
import { commandLine } from "../support/command-line.ts"
import { startSpending } from "../support/spending.ts"

const setting = async () => {
  const line = commandLine()
  const talk = await startSpending(
    [{ text: "Hi.", usage: { input: 10_000, cacheRead: 8000, output: 500 } }],
    { home: line.home, usage: { budgets: [{ usd: 0.01 }] } },
  )
  await talk.chat.ask("one")
  return {
    ...talk,
    fased: (...args: string[]) => line.fased(args),
    async [Symbol.asyncDispose]() {
      await talk[Symbol.asyncDispose]()
      line[Symbol.dispose]()
    },
  }
}

test("usage is told by day, model and session, and as CSV without a formula in it", async () => {
  await using at = await setting()
  await at.gateway.client.request("sessions.patch", { key: "main", label: "=cmd|' /C calc'!A0" })
  const byDay = await at.fased("usage")
  expect(byDay.err).toBe("")
  expect(byDay.out).toContain("10.5k: 10k in, of which 8k from a cache, and 500 out")
  expect(byDay.out).toContain("$0.0159")
  expect(byDay.out).toMatch(/^DAY +CALLS +IN +CACHED +OUT +COST$/m)
  expect((await at.fased("usage", "--by", "model")).out).toMatch(/^fake\/fake-1 +1 +10k +8k +500/m)
  const csv = await at.fased("usage", "--by", "session", "--csv")
  expect(csv.out.split("\n").slice(0, 2)).toEqual([
    '"session","calls","failedCalls","input","cacheRead","cacheWrite","output","totalTokens","usd","label"',
    `"agent:main:main",1,0,2000,8000,0,500,10500,0.0159,"'=cmd|' /C calc'!A0"`,
  ])
  const json = await at.fased("usage", "--json", "--days", "2")
  expect(JSON.parse(json.out)).toMatchObject({ totals: { calls: 1 } })
})

test("status --usage tells of today and of budgets", async () => {
  await using at = await setting()
  const { out } = await at.fased("status", "--usage")
  expect(out).toContain("10.5k tokens, $0.0159 today")
  expect(out).toContain("budget: this day's budget is spent, $0.0159 of $0.01. It begins anew on")
})

test("days that are none are a usage error or a fault that says what to type", async () => {
  await using at = await setting()
  expect((await at.fased("usage", "--days", "0")).code).toBe(2)
  const wrong = await at.fased("usage", "--from", "2026-02-03", "--to", "2026-02-01")
  expect(wrong.code).toBe(1)
  expect(wrong.err).toContain("2026-02-03 is after 2026-02-01.")
  const empty = await at.fased("usage", "--from", "2024-02-01", "--to", "2024-02-03")
  expect(empty.out).toContain("No model was called in these days.")
})
