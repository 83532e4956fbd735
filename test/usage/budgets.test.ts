/** Budgets, by the clock and in whole turns. */
import { describe, expect, test } from "bun:test"
import { join } from "node:path"
import { Budgets } from "../../src/usage/budgets.ts"
import { usage } from "../../src/usage/config.ts"
import type { BudgetStanding } from "../../src/usage/service.ts"
import type { GroupSum } from "../../src/usage/store.ts"
import { nothing } from "../../src/usage/sum.ts"
import { textOf } from "../support/chat.ts"
import { startSpending } from "../support/spending.ts"
import { pngOf } from "../support/pictures.ts"
import { turnableClock } from "../support/turnable-clock.ts"

const main = { agentId: "main", sessionKey: "agent:main:main" }
const other = { agentId: "main", sessionKey: "agent:main:other" }
const ada = { agentId: "ada", sessionKey: "agent:ada:main" }

const setUp = (
  budgets: object[],
  {
    start = Date.parse("2026-03-28T20:00:00Z"),
    zone = "Europe/Berlin",
    before = [],
  }: { start?: number; zone?: string; before?: GroupSum[] } = {},
) => {
  const clock = turnableClock(start)
  const told: BudgetStanding[] = []
  const asked: number[] = []
  const config = usage.schema.parse({ budgets }).budgets
  const kept = new Budgets({
    config: () => config,
    zone: () => zone,
    clock,
    since: async (from) => (asked.push(from), before),
    tell: (standing) => told.push(standing),
  })
  const spend = async (who: typeof main, tokens: number, usd = 0) => {
    await kept.admit(who)
    kept.add(who, { ...nothing, calls: 1, input: tokens, micros: usd * 1_000_000 })
  }
  return { clock, told, asked, budgets: kept, spend }
}

describe("by the clock", () => {
  test("a budget that stops lets the call through that goes over it, and none after", async () => {
    const { spend } = setUp([{ usd: 1, action: "stop" }])
    await spend(main, 10, 0.9)
    await spend(main, 10, 0.9)
    await expect(spend(ada, 10)).rejects.toMatchObject({
      code: "usage.over-budget",
      message: "No model is called: this day's budget is spent, $1.80 of $1.00.",
      hint: "It begins anew on 29 Mar at 00:00 (Europe/Berlin). To raise it: fased config set 'usage.budgets[0].usd' 3.6",
    })
  })

  test("a day is as long as the clocks make it: the one in spring has 23 hours", async () => {
    const { spend, clock, budgets } = setUp([{ tokens: 10, action: "stop" }], {
      start: Date.parse("2026-03-28T23:00:00Z"),
    })
    await spend(main, 10)
    const [standing] = await budgets.standing()
    expect(standing).toMatchObject({ resetsAt: Date.parse("2026-03-29T22:00:00Z") })
    clock.turn(23 * 3_600_000 - 1)
    await expect(spend(main, 1)).rejects.toMatchObject({ code: "usage.over-budget" })
    clock.turn(1)
    await spend(main, 1)
  })

  test("a month ends with the month", async () => {
    const { spend, clock, budgets } = setUp([{ tokens: 10, per: "month", action: "stop" }])
    await spend(main, 10)
    clock.turn(24 * 3_600_000)
    await expect(spend(main, 1)).rejects.toMatchObject({ code: "usage.over-budget" })
    expect((await budgets.standing())[0]!.resetsAt).toBe(Date.parse("2026-03-31T22:00:00Z"))
  })

  test("it warns once when most is spent and once when all is, and again the next day", async () => {
    const { spend, told, clock } = setUp([{ tokens: 100 }])
    for (const count of [79, 1, 5, 15, 50]) await spend(main, count)
    expect(told.map(({ state, spent }) => [state, spent])).toEqual([
      ["near", 80],
      ["spent", 100],
    ])
    clock.turn(24 * 3_600_000)
    await spend(main, 90)
    expect(told).toHaveLength(3)
  })

  test("each agent and each session has its own", async () => {
    const { spend } = setUp([
      { of: "agent", tokens: 100, action: "stop" },
      { of: "session", tokens: 50, action: "stop" },
    ])
    await spend(main, 50)
    await expect(spend(main, 1)).rejects.toMatchObject({ code: "usage.over-budget" })
    await spend(other, 50)
    const third = { ...main, sessionKey: "agent:main:third" }
    await expect(spend(third, 1)).rejects.toMatchObject({ code: "usage.over-budget" })
    await spend(ada, 1)
  })

  test("one for an agent by name leaves the others alone", async () => {
    const { spend, budgets } = setUp([{ agentId: "ada", tokens: 5, action: "stop" }])
    await spend(main, 50)
    await spend(ada, 5)
    await expect(spend(ada, 1)).rejects.toMatchObject({ code: "usage.over-budget" })
    await spend(main, 50)
    expect((await budgets.standing()).map(({ of, spent }) => [of, spent])).toEqual([
      ["agent:ada", 5],
    ])
  })

  test("what was spent before a restart counts, is read once, and is not warned of again", async () => {
    const before = { ...nothing, ...main, provider: "p", model: "m", kind: "turn", input: 90 }
    const { spend, told, asked, budgets } = setUp([{ tokens: 100, action: "stop" }], {
      before: [before],
    })
    await spend(main, 4)
    expect(told).toEqual([])
    await spend(main, 6)
    await expect(budgets.admit(main)).rejects.toMatchObject({ code: "usage.over-budget" })
    expect(asked).toEqual([Date.parse("2026-03-27T23:00:00Z")])
  })

  test("without budgets nothing is read and nothing stops", async () => {
    const { spend, asked, budgets } = setUp([])
    await spend(main, 1_000_000, 1000)
    expect(asked).toEqual([])
    expect(await budgets.standing()).toEqual([])
  })
})

test("a budget has dollars or tokens, not both and not neither", () => {
  for (const budget of [{}, { usd: 1, tokens: 1 }, { usd: 0 }, { tokens: -1 }])
    expect(usage.schema.safeParse({ budgets: [budget] }).success).toBe(false)
})

test("a turn over the budget ends with words that say when it goes on, and no other model is tried", async () => {
  await using talk = await startSpending(["Hi.", "never said"], {
    usage: { budgets: [{ tokens: 15, action: "stop" }] },
    defaults: { model: { primary: "fake/fake-1", fallbacks: ["fased/guide"] } },
  })
  const warnings: unknown[] = []
  talk.gateway.client.on("usage.budget", (payload) => warnings.push(payload))
  expect(textOf(await talk.chat.ask("one"))).toBe("Hi.")
  const stopped = await talk.chat.ask("two")
  expect(stopped).toMatchObject({ state: "error", errorCode: "usage.over-budget" })
  expect(stopped.errorMessage).toContain("budget is spent, 15 tokens of 15 tokens")
  expect(talk.model.calls).toHaveLength(1)
  expect(warnings).toMatchObject([{ state: "spent", of: "all", limit: 15, spent: 15 }])
  const { client } = talk.gateway
  expect(await client.request("usage.status", {})).toMatchObject({
    budgets: [{ state: "spent", action: "stop" }],
    providers: [{ provider: "fake", today: { totalTokens: 15 } }],
  })
  const { findings } = (await client.request("doctor.run", {})) as { findings: { id: string }[] }
  expect(findings.map(({ id }) => id)).toContain("usage.within-budgets")
})

test("a tool that asks a model is stopped by the budget as well", async () => {
  const tools = [{ name: "image", input: { images: ["dot.png"] } }]
  await using talk = await startSpending([{ tools }, "never said"], {
    usage: { budgets: [{ tokens: 15, action: "stop" }] },
    defaults: { imageModel: "fake/fake-1" },
  })
  await Bun.write(join(talk.gateway.paths.workspace, "dot.png"), await pngOf(8, 8))
  await talk.chat.ask("look")
  expect(talk.model.calls).toHaveLength(1)
  const { messages } = await talk.chat.history()
  expect(JSON.stringify(messages)).toContain("No model is called: this day's budget is spent")
})

test("the doctor tells of a budget in dollars for a model without a price", async () => {
  const found = async (price: null | undefined, budget: object) => {
    await using talk = await startSpending(["Hi."], { price, usage: { budgets: [budget] } })
    const report = await talk.gateway.client.request("doctor.run", {})
    const { findings } = report as { findings: { id: string }[] }
    return findings.some(({ id }) => id === "usage.budgets-count")
  }
  expect(await found(null, { usd: 1 })).toBe(true)
  expect(await found(undefined, { usd: 1 })).toBe(false)
  expect(await found(null, { tokens: 1 })).toBe(false)
})
