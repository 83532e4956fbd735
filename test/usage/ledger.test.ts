/** How calls come into the books: in time, whole, and not for ever. */
import { afterEach, expect, test } from "bun:test"
import { Database } from "../../src/store/database.ts"
import { Budgets } from "../../src/usage/budgets.ts"
import { createLedger } from "../../src/usage/ledger.ts"
import { chargeOf } from "../../src/usage/price.ts"
import { createUsages } from "../../src/usage/report.ts"
import { migrations, quarterMs } from "../../src/usage/schema.ts"
import type { EndedCall } from "../../src/usage/service.ts"
import { createUsageStore } from "../../src/usage/store.ts"
import { silentLog } from "../support/silent-log.ts"
import { turnableClock } from "../support/turnable-clock.ts"

const open: Database[] = []
afterEach(() => open.splice(0).forEach((db) => db.close()))

const price = { input: 3, output: 15, cacheRead: 0.3, cacheWrite: 3.75 }
const tokens = { input: 10, output: 5, cacheRead: 0, cacheWrite: 0, totalTokens: 15 }
const dayMs = 86_400_000

const setUp = ({ keepCalls = 90, keepSums = 800 } = {}) => {
  const db = new Database(":memory:", migrations)
  open.push(db)
  const clock = turnableClock(Date.parse("2026-03-01T12:00:00Z"))
  const kept = createUsageStore(db)
  let full = false
  const store = {
    ...kept,
    add: async (calls: Parameters<typeof kept.add>[0]) => {
      if (full) throw new Error("disk full")
      await kept.add(calls)
    },
  }
  const budgets = new Budgets({
    config: () => [],
    zone: () => "UTC",
    clock,
    since: async () => [],
    tell() {},
  })
  const keep = () => ({ keepCalls, keepSums })
  const ledger = createLedger({
    store,
    budgets,
    keep,
    count() {},
    clock,
    log: silentLog,
  })
  const call = (more: Partial<EndedCall> = {}): EndedCall => ({
    who: { kind: "turn", agentId: "main", sessionKey: "agent:main:main", sessionId: "s1" },
    model: { provider: "p", model: "m", api: "openai-completions", cost: price },
    usage: tokens,
    startedAt: clock.now(),
    outcome: "ok",
    ...more,
  })
  const rows = (table: string) =>
    db.sqlite.query<{ count: number }, []>(`SELECT count(*) AS count FROM ${table}`).get()!.count
  /** What the clock started goes on in the background. */
  const settled = () => new Promise<void>((resolve) => setImmediate(resolve))
  return { clock, store, ledger, call, rows, settled, fill: (is: boolean) => (full = is) }
}

test("calls are written together, within a second", async () => {
  const { clock, ledger, call, rows, settled } = setUp()
  ledger.record(call())
  ledger.record(call())
  expect(rows("usage_calls")).toBe(0)
  clock.turn(1000)
  await settled()
  expect([rows("usage_calls"), rows("usage_sums")]).toEqual([2, 1])
})

test("what a full disk refuses is written once it takes it, and not twice", async () => {
  const { clock, ledger, call, rows, settled, fill } = setUp()
  fill(true)
  ledger.record(call())
  clock.turn(1000)
  await settled()
  expect(rows("usage_calls")).toBe(0)
  fill(false)
  ledger.record(call())
  clock.turn(1000)
  await settled()
  clock.turn(1000)
  await settled()
  expect(rows("usage_calls")).toBe(2)
})

test("old calls go, and the sums of them stay until their own time", async () => {
  const { clock, ledger, call, rows, settled } = setUp({ keepCalls: 1, keepSums: 10 })
  const record = async () => {
    ledger.record(call())
    clock.turn(1000)
    await settled()
  }
  await record()
  clock.turn(3 * dayMs)
  await record()
  await record()
  expect([rows("usage_calls"), rows("usage_sums")]).toEqual([2, 2])
  clock.turn(11 * dayMs)
  await record()
  await record()
  expect(rows("usage_sums")).toBe(1)
})

test("a report has the call of a moment ago, and a day has only its own", async () => {
  const { clock, store, ledger, call } = setUp()
  const usages = createUsages({ store, flush: ledger.flush, zone: () => "Asia/Kathmandu", clock })
  // 18:15 UTC is midnight in Kathmandu.
  clock.turn(Date.parse("2026-03-01T18:15:00Z") - clock.now() - 1)
  ledger.record(call())
  clock.turn(1)
  ledger.record(call({ usage: { ...tokens, input: 20 } }))
  const { sums, zone } = await usages.days({ days: 2 })
  expect(zone).toBe("Asia/Kathmandu")
  expect(sums.map(({ date, input }) => [date, input])).toEqual([
    ["2026-03-01", 10],
    ["2026-03-02", 20],
  ])
  expect(clock.now() % quarterMs).toBe(0)
  expect(await usages.ofTranscript("s1")).toMatchObject({ calls: 2, input: 30 })
})

test("a price that changes counts from then on only", async () => {
  const { ledger, call, store } = setUp()
  ledger.record(call())
  const dear = { ...price, input: 30 }
  ledger.record(call({ model: { ...call().model, cost: dear } }))
  await ledger.flush()
  const charges = (await store.calls("agent:main:main", 10)).map(({ charge }) => charge)
  expect(charges).toEqual([
    { billing: "priced", micros: 105, price },
    { billing: "priced", micros: 375, price: dear },
  ])
})

test.each([
  ["a key", { id: "p:k", provider: "p" }, tokens, "priced"],
  [
    "a subscription",
    { id: "p:me", provider: "p", subscription: true as const },
    tokens,
    "subscription",
  ],
  ["nothing counted", undefined, undefined, "uncounted"],
  [
    "all zero, as of a server that does not count",
    undefined,
    { ...tokens, totalTokens: 0 },
    "uncounted",
  ],
])("a call with %s is booked as what it is", (_, way, usage, billing) => {
  expect(chargeOf({ cost: price, way }, usage).billing).toBe(billing as never)
  if (billing === "priced") expect(chargeOf({ way }, usage).billing).toBe("unpriced")
})
