import { expect, test } from "bun:test"
import { type Arrivals, createArrivals, type Kept } from "../../src/inbox/arrivals.ts"
import { createCollector } from "../../src/inbox/collector.ts"
import type { Deed } from "../../src/kernel/network.ts"
import { Database } from "../../src/store/database.ts"
import { migrations } from "../../src/inbox/store.ts"
import { turnableClock } from "../support/turnable-clock.ts"

const heard = (id: string, more: { sender?: string; deed?: Deed; chat?: string } = {}) => ({
  channel: "net",
  account: "default",
  agentId: "main",
  sessionKey: "agent:main:main",
  addressed: true,
  listed: true,
  arrival: {
    id,
    conversation: { id: more.chat ?? "dm", kind: "direct" as const },
    sender: { ids: [more.sender ?? "ada"] as [string] },
    at: 0,
    deed: more.deed ?? { kind: "message" as const, text: id },
  },
})

const desk = (waitMs = 1000, deal?: (burst: readonly Kept[]) => Promise<void>) => {
  const db = new Database(":memory:", migrations)
  const clock = turnableClock()
  const dealt: string[][] = []
  const errors: unknown[] = []
  const open = (arrivals: Arrivals = createArrivals(db)) =>
    createCollector({
      arrivals,
      clock,
      waitMs: () => waitMs,
      async deal(burst) {
        await deal?.(burst)
        dealt.push(burst.map(({ arrival }) => arrival.id))
      },
      failed: (error) => void errors.push(error),
    })
  return { db, clock, dealt, errors, open, arrivals: createArrivals(db) }
}

/** Lets all that is ready run. */
const settled = async () => {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve()
}

test("what somebody writes in one go becomes one message of one turn", async () => {
  const { clock, dealt, open } = desk()
  const collector = open()
  const runs = [
    await collector.take(heard("1"), { alone: false }),
    await collector.take(heard("2"), { alone: false }),
  ]
  expect(new Set(runs).size).toBe(1)
  clock.turn(999)
  await settled()
  expect(dealt).toEqual([])
  clock.turn(1)
  await settled()
  expect(dealt).toEqual([["1", "2"]])
})

test("what others write, or the same one elsewhere, is a message of its own", async () => {
  const { clock, dealt, open } = desk()
  const collector = open()
  await collector.take(heard("1"), { alone: false })
  await collector.take(heard("2", { sender: "bob" }), { alone: false })
  await collector.take(heard("3", { chat: "other" }), { alone: false })
  clock.turn(1000)
  await settled()
  expect(dealt.sort()).toEqual([["1"], ["2"], ["3"]])
})

test("a file ends the wait at once, and a command goes by itself behind what was said before", async () => {
  const { dealt, open } = desk()
  const collector = open()
  await collector.take(heard("1"), { alone: false })
  const deed: Deed = { kind: "message", text: "", attachments: [{ ref: "x", kind: "image" }] }
  await collector.take(heard("2", { deed }), { alone: false })
  await settled()
  expect(dealt).toEqual([["1", "2"]])
  await collector.take(heard("3"), { alone: false })
  await collector.take(heard("/stop"), { alone: true })
  await settled()
  expect(dealt.slice(1)).toEqual([["3"], ["/stop"]])
})

test("the same message is taken once, also while it waits and after it was dealt with", async () => {
  const { clock, dealt, open } = desk()
  const collector = open()
  await collector.take(heard("1"), { alone: false })
  expect(await collector.take(heard("1"), { alone: false })).toBeUndefined()
  clock.turn(1000)
  await settled()
  expect(await collector.take(heard("1"), { alone: false })).toBeUndefined()
  expect(dealt).toEqual([["1"]])
})

test("a burst has an end, however fast more comes", async () => {
  const { dealt, open } = desk()
  const collector = open()
  for (let at = 0; at < 25; at++) await collector.take(heard(`${at}`), { alone: false })
  await settled()
  expect(dealt.map((burst) => burst.length)).toEqual([20])
})

test("one conversation keeps its order while something of it takes long; others do not wait", async () => {
  const slow = Promise.withResolvers<void>()
  const { dealt, open } = desk(0, ([first]) =>
    first!.arrival.id === "slow" ? slow.promise : Promise.resolve(),
  )
  const collector = open()
  await collector.take(heard("slow"), { alone: false })
  await collector.take(heard("2"), { alone: false })
  await collector.take(heard("3", { chat: "other" }), { alone: false })
  await settled()
  expect(dealt).toEqual([["3"]])
  slow.resolve()
  await settled()
  expect(dealt).toEqual([["3"], ["slow"], ["2"]])
})

test("what a dead process had taken is dealt with by the next one, together and once", async () => {
  const { clock, dealt, open } = desk()
  const first = open()
  await first.take(heard("1"), { alone: false })
  await first.take(heard("2"), { alone: false })
  // It is gone before its wait is over.
  const second = open()
  await second.recover()
  await settled()
  expect(dealt).toEqual([["1", "2"]])
  const third = open()
  await third.recover()
  clock.turn(0)
  await settled()
  expect(dealt).toHaveLength(1)
})

test("what fails is tried again later, and stays for the next process when that fails too", async () => {
  let works = false
  const { clock, dealt, errors, open, arrivals } = desk(0, async () => {
    if (!works) throw new Error("no disk")
  })
  await open().take(heard("1"), { alone: false })
  await settled()
  for (let tries = 0; tries < 4; tries++) {
    clock.turn(30_000)
    await settled()
  }
  expect(errors).toHaveLength(3)
  expect(await arrivals.waiting()).toHaveLength(1)
  works = true
  await open().recover()
  await settled()
  expect(dealt).toEqual([["1"]])
  expect(await arrivals.waiting()).toHaveLength(0)
})

test("of a room no more lines are remembered than wanted, and told ones are gone", async () => {
  const { arrivals } = desk()
  const where = { channel: "net", account: "a", chat: "room", thread: "" }
  for (let at = 1; at <= 5; at++)
    await arrivals.note({ ...where, id: `${at}`, sender: "x", text: `${at}`, at }, 3)
  const lines = await arrivals.lines(where)
  expect(lines.map(({ id }) => id)).toEqual(["3", "4", "5"])
  await arrivals.told(lines.slice(0, 2))
  expect((await arrivals.lines(where)).map(({ id }) => id)).toEqual(["5"])
  expect(await arrivals.lines({ ...where, thread: "1" })).toEqual([])
})
