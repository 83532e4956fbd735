/** What people read of what was used: under replies, in chats, at the command line. */
import { describe, expect, test } from "bun:test"
import { dollars, tokens } from "../../src/usage/amounts.ts"
import { csvLine } from "../../src/cli/csv.ts"
import { textOf } from "../support/chat.ts"
import { startSpending } from "../support/spending.ts"

test("amounts are as long as a person reads them", () => {
  expect([0, 999, 1000, 12_345, 99_949, 999_499, 999_500, 4_500_000].map(tokens)).toEqual([
    "0",
    "999",
    "1k",
    "12.3k",
    "99.9k",
    "999k",
    "1M",
    "4.5M",
  ])
  expect([0, 0.00001, 0.0123, 0.5, 12.3].map(dollars)).toEqual([
    "$0.00",
    "<$0.0001",
    "$0.0123",
    "$0.50",
    "$12.30",
  ])
})

describe("N197 cells of a spreadsheet", () => {
  test("text is quoted, and none of it is a formula", () => {
    expect(csvLine(['=HYPERLINK("http://a")', "+1", "-1", "@x", "\tx", 'a "b", c', 1.5])).toBe(
      `"'=HYPERLINK(""http://a"")","'+1","'-1","'@x","'\tx","a ""b"", c",1.5`,
    )
  })
})

describe("/usage", () => {
  const turn = { text: "Hi.", usage: { input: 1000, cacheRead: 800, output: 50 } }

  test("tokens and full say under each reply what it took, and the model never reads it", async () => {
    await using talk = await startSpending([turn])
    await talk.chat.ask("/usage tokens")
    const said = "Hi.\n\nUsage: 1k in (800 cached) · 50 out"
    expect(textOf(await talk.chat.ask("one"))).toBe(said)
    await talk.chat.ask("/usage full")
    expect(textOf(await talk.chat.ask("two"))).toBe(
      `${said} · $0.0016 · 3% of context · fake/fake-1`,
    )
    await talk.chat.ask("/usage off")
    expect(textOf(await talk.chat.ask("three"))).toBe("Hi.")
    expect(JSON.stringify(talk.model.calls.at(-1)!.body)).not.toContain("Usage:")
    const { messages } = await talk.chat.history()
    expect(JSON.stringify(messages)).not.toContain("800 cached")
  })

  test("alone it tells of the session, cost tells of all of them", async () => {
    await using talk = await startSpending([turn], { usage: { budgets: [{ usd: 1 }] } })
    await talk.chat.ask("one")
    const own = textOf(await talk.chat.ask("/usage"))
    expect(own).toContain("This session: 1.1k tokens, $0.0016")
    const all = textOf(await talk.chat.ask("/usage cost"))
    expect(all).toContain("Today: 1.1k tokens, $0.0016")
    expect(all).toContain("`fake/fake-1`: 1.1k tokens, $0.0016")
    expect(all).toContain("Budget: $0.0016 of $1.00 this day")
  })

  test("a word it does not know is told of, and changes nothing", async () => {
    await using talk = await startSpending([turn])
    expect(textOf(await talk.chat.ask("/usage lots"))).toContain(
      "none of off, tokens, full and cost",
    )
    expect(textOf(await talk.chat.ask("one"))).toBe("Hi.")
  })

  test("where no price is known the reply has tokens and no cost", async () => {
    await using talk = await startSpending([turn], { price: null })
    await talk.chat.ask("/usage full")
    const text = textOf(await talk.chat.ask("one"))
    expect(text).toContain("50 out")
    expect(text).not.toContain("$")
  })
})

test("/status tells tokens, cost, and how full the context is", async () => {
  await using talk = await startSpending([{ text: "Hi.", usage: { input: 16_000, output: 0 } }])
  await talk.chat.ask("one")
  const text = textOf(await talk.chat.ask("/status"))
  expect(text).toContain("Used: 16k tokens, $0.048")
  expect(text).toContain("Context: 16k of 32k tokens, 50%")
})

test("sessions.usage groups by session, model, provider, agent, purpose and day", async () => {
  await using talk = await startSpending([{ text: "Hi." }])
  await talk.chat.ask("one")
  await talk.chat.ask("two", { sessionKey: "agent:main:second" })
  await talk.chat.ask("three", { sessionKey: "agent:main:second" })
  const report = (await talk.gateway.client.request("sessions.usage", { days: 3 })) as {
    sessions: { key: string; usage: { calls: number; dailyBreakdown: unknown[] } }[]
    aggregates: Record<string, { totalTokens: number }[]>
    totals: object
  }
  expect(report.totals).toMatchObject({ calls: 3, totalTokens: 45, totalCost: 0.000315 })
  expect(report.sessions.map(({ key, usage }) => [key, usage.calls])).toEqual([
    ["agent:main:second", 2],
    ["agent:main:main", 1],
  ])
  expect(report.sessions[0]!.usage.dailyBreakdown).toHaveLength(1)
  expect(report.aggregates.daily).toHaveLength(3)
  for (const by of ["byModel", "byProvider", "byAgent", "byKind"])
    expect(report.aggregates[by]).toMatchObject([{ totalTokens: 45 }])
  const one = await talk.gateway.client.request("sessions.usage", { key: "main" })
  expect(one).toMatchObject({ totals: { calls: 1 } })
  const points = await talk.gateway.client.request("sessions.usage.timeseries", {
    key: "agent:main:second",
  })
  expect(points).toMatchObject({ points: [{ cumulativeTokens: 15 }, { cumulativeTokens: 30 }] })
})
