import { expect, test } from "bun:test"
import { cannotRestart } from "../../src/gateway/faults.ts"
import { createRestarts, wakeAfterRestart } from "../../src/gateway/restarts.ts"
import { createRestartStore, migrations } from "../../src/gateway/store.ts"
import type { Inbound, Receipt } from "../../src/kernel/channel.ts"
import { Database } from "../../src/store/database.ts"
import { silentLog as log } from "../support/silent-log.ts"
import { turnableClock } from "../support/turnable-clock.ts"

const opening = async (db = new Database(":memory:", migrations), clock = turnableClock()) => {
  const begun: string[] = []
  const began = { next: Promise.withResolvers<void>() }
  const obstacle: { fault?: Error } = {}
  const store = createRestartStore(db)
  const restarts = await createRestarts({
    store,
    clock,
    log,
    preflight: async () => {
      if (obstacle.fault) throw obstacle.fault
    },
    runner: {
      check: () => {},
      begin: (reason) => (begun.push(reason), began.next.resolve()),
    },
  })
  return { restarts, begun, began, obstacle, store, db, clock }
}

const woken = async (opened: Awaited<ReturnType<typeof opening>>) => {
  const messages: Inbound[] = []
  const receive = async (message: Inbound) => {
    messages.push(message)
    return {} as Receipt
  }
  await wakeAfterRestart({ ...opened, receive, log })
  return messages
}

test("a restart begins after its delay, 2 seconds unless said otherwise", async () => {
  const { restarts, begun, began, clock } = await opening()
  expect(await restarts.request({ reason: "one" })).toEqual({ delayMs: 2_000, coalesced: false })
  clock.turn(1_999)
  expect(begun).toEqual([])
  clock.turn(1)
  await began.next.promise
  expect(begun).toEqual(["one"])
})

test("what is asked for while one is on its way joins it", async () => {
  const { restarts, begun, began, clock } = await opening()
  await restarts.request({ reason: "one", delayMs: 500 })
  clock.turn(200)
  const joined = await restarts.request({ reason: "two", delayMs: 5_000 })
  expect(joined).toEqual({ delayMs: 300, coalesced: true })
  clock.turn(300)
  await began.next.promise
  expect(begun).toEqual(["one"])
})

test("one restart keeps 30 seconds from the one before, also across the process", async () => {
  const first = await opening()
  await first.restarts.request({ reason: "one" })
  await woken(first) // the next process is up
  const next = await opening(first.db, first.clock)
  next.clock.turn(10_000)
  expect(await next.restarts.request({ reason: "two", delayMs: 0 })).toEqual({
    delayMs: 20_000,
    coalesced: false,
  })
})

test("a gateway that could not start again is not taken down", async () => {
  const { restarts, begun, obstacle, store, clock } = await opening()
  obstacle.fault = cannotRestart({ reason: "its config is broken" })
  expect(restarts.request({ reason: "one" })).rejects.toThrow("its config is broken")
  expect([begun, await store.open()]).toEqual([[], []])

  obstacle.fault = undefined
  await restarts.request({ reason: "two", sessionKey: "main", delayMs: 0 })
  obstacle.fault = cannotRestart({ reason: "broken since" })
  clock.turn(0)
  for (let turns = 0; turns < 10; turns++) await Promise.resolve()
  expect([begun, await store.open()]).toEqual([[], []])

  obstacle.fault = undefined
  expect(await restarts.request({ reason: "three" })).toMatchObject({ coalesced: false })
})

test("every session that asked is woken once, with its note", async () => {
  const opened = await opening()
  const { restarts } = opened
  await restarts.request({ reason: "config.apply", sessionKey: "agent:main:main", note: "Done?" })
  await restarts.request({ reason: "update", sessionKey: "agent:ada:main" })
  await restarts.request({ reason: "config: gateway.port" })
  const messages = await woken(opened)
  expect(messages.map(({ chat, text }) => [chat, text])).toEqual([
    ["agent:main:main", "The gateway has restarted (config.apply) and is back.\n\nDone?"],
    ["agent:ada:main", "The gateway has restarted (update) and is back."],
  ])
  expect(new Set(messages.map(({ id }) => id)).size).toBe(2)
  expect(await woken(opened)).toEqual([])
  expect(await opened.store.last()).toMatchObject({ reason: "config: gateway.port" })
})

test("a program that only contains a gateway does not restart it", async () => {
  const { store, clock } = await opening()
  const restarts = await createRestarts({
    store,
    clock,
    log,
    preflight: async () => {},
    runner: undefined,
  })
  expect(restarts.request({ reason: "one" })).rejects.toThrow("part of another program")
})
