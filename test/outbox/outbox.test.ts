import { afterEach, expect, test } from "bun:test"
import { setImmediate } from "node:timers/promises"
import { createBus } from "../../src/kernel/event.ts"
import { plain } from "../../src/kernel/styled.ts"
import { createOutbox } from "../../src/outbox/outbox.ts"
import { migrations } from "../../src/outbox/schema.ts"
import { createOutboxStore } from "../../src/outbox/store.ts"
import { Database } from "../../src/store/database.ts"
import { fakeAccounts } from "../support/fake-accounts.ts"
import { silentLog } from "../support/silent-log.ts"
import { turnableClock } from "../support/turnable-clock.ts"

const open: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of open.splice(0)) await close()
})

/** Lets what was begun come as far as it can without the clock. */
const settle = async () => {
  for (let round = 0; round < 20; round++) await setImmediate()
}

const conversation = { id: "c1", kind: "direct" as const }
const to = { channel: "fake", account: "default", conversation }
const said = (text: string) => ({ part: { conversation, text: plain(text) } })

const set = (
  options: Parameters<typeof fakeAccounts>[0] = {},
  db = new Database(":memory:", migrations),
) => {
  const network = fakeAccounts(options)
  const clock = turnableClock()
  const counted: string[] = []
  const store = createOutboxStore(db)
  const bus = createBus()
  const told: unknown[] = []
  bus.on((kind, payload) => void (kind.name === "outbox.settled" && told.push(payload)))
  const begin = () => {
    const outbox = createOutbox({
      store,
      accounts: network.accounts,
      channel: () => network.channel,
      bus,
      count: (channel, state) => void counted.push(`${channel} ${state}`),
      clock,
      log: silentLog,
    })
    network.accounts.onConnected((channel, account) => void outbox.connected(channel, account))
    return outbox
  }
  const outbox = begin()
  open.push(() => outbox.close())
  /** Lets all that can be done be done, turning the clock until nothing waits any more. */
  const turnUntil = async (id: string) => {
    for (;;) {
      await setImmediate()
      const delivery = (await outbox.find({ id }))!
      if (delivery.state !== "pending" && delivery.state !== "sending") return delivery
      clock.turn(1000)
    }
  }
  return { ...network, network, outbox, begin, clock, store, counted, told, turnUntil, db }
}

test("parts are sent in order, once, and the delivery knows what they became", async () => {
  const { outbox, posted, counted, told } = set()
  const row = await outbox.add({ key: "k", to, parts: [said("one"), said("two")] })
  const delivery = await outbox.settled(row.id)
  expect(delivery).toMatchObject({ state: "sent", messageIds: ["m1", "m2"] })
  expect(posted.map(({ text }) => text)).toEqual(["one", "two"])
  expect(counted).toEqual(["fake sent", "fake sent"])
  expect(told).toMatchObject([{ state: "sent", messageIds: ["m1", "m2"] }])
  const again = await outbox.add({ key: "k", to, parts: [said("three")] })
  expect(again).toMatchObject({ id: row.id, state: "sent" })
  expect(posted).toHaveLength(2)
})

test("what the network puts off waits as long as it says, and all behind it with it", async () => {
  const { outbox, posted, next, clock } = set()
  next({ why: "busy", retryAfterMs: 5000 })
  const first = await outbox.add({ key: "a", to, parts: [said("one")] })
  const second = await outbox.add({ key: "b", to, parts: [said("two")] })
  await settle()
  clock.turn(4000)
  await settle()
  expect(posted).toEqual([])
  clock.turn(1001)
  await outbox.settled(first.id)
  await outbox.settled(second.id)
  expect(posted.map(({ text }) => text)).toEqual(["one", "two"])
})

test("what the network refuses fails with all of its delivery, and nothing of others", async () => {
  const { outbox, posted, next } = set()
  next("refused")
  const first = await outbox.add({ key: "a", to, parts: [said("one"), said("two")] })
  const second = await outbox.add({ key: "b", to, parts: [said("three")] })
  expect(await outbox.settled(first.id)).toMatchObject({ state: "failed", error: "It is refused." })
  await outbox.settled(second.id)
  expect(posted.map(({ text }) => text)).toEqual(["three"])
  expect(await outbox.list({ states: ["failed"], limit: 5 })).toMatchObject([{ id: first.id }])
  expect(await outbox.retry(first.id)).toBe(true)
  expect(await outbox.settled(first.id)).toMatchObject({ state: "sent" })
  expect(posted.map(({ text }) => text)).toEqual(["three", "one", "two"])
  expect(await outbox.retry(first.id)).toBe(false)
})

test("a file that is refused is replaced by a word about it", async () => {
  const { outbox, posted, next } = set()
  next("refused")
  const enclosure = {
    path: "/x",
    kind: "image" as const,
    mimeType: "image/png",
    name: "x.png",
    bytes: 1,
  }
  const row = await outbox.add({
    key: "a",
    to,
    parts: [{ part: { conversation, enclosure } }, said("two")],
  })
  expect(await outbox.settled(row.id)).toMatchObject({ state: "sent" })
  expect(posted.map(({ text }) => text)).toEqual([
    "⚠️ x.png could not be sent: It is refused.",
    "two",
  ])
})

test("what the network cannot read is sent plain, once", async () => {
  const { outbox, posted, next } = set()
  next("unformatted")
  const text = { text: "bold", spans: [{ style: "bold" as const, start: 0, end: 4 }] }
  const row = await outbox.add({ key: "a", to, parts: [{ part: { conversation, text } }] })
  await outbox.settled(row.id)
  expect(posted).toHaveLength(1)
  next("unformatted", "unformatted")
  const other = await outbox.add({ key: "b", to, parts: [{ part: { conversation, text } }] })
  expect(await outbox.settled(other.id)).toMatchObject({ state: "failed" })
})

test("without an answer: resent where the network drops doubles, asked where it can tell, else unknown", async () => {
  const deduping = set({ can: { dedupe: true } })
  deduping.next("taken-unsaid")
  const one = await deduping.outbox.add({ key: "a", to, parts: [said("one")] })
  expect(await deduping.turnUntil(one.id)).toMatchObject({ state: "sent", messageIds: ["m1"] })
  expect(deduping.posted).toHaveLength(1)

  const telling = set({ finds: true })
  telling.next("taken-unsaid", "lost")
  const two = await telling.outbox.add({ key: "a", to, parts: [said("one"), said("two")] })
  expect(await telling.turnUntil(two.id)).toMatchObject({ state: "sent", messageIds: ["m1", "m2"] })
  expect(telling.posted).toHaveLength(2)

  const silent = set()
  silent.next("taken-unsaid")
  const three = await silent.outbox.add({ key: "a", to, parts: [said("one"), said("two")] })
  const delivery = await silent.turnUntil(three.id)
  expect(delivery).toMatchObject({ state: "unknown", messageIds: ["m2"] })
  expect(delivery.error).toContain("fased outbox retry")
  expect(silent.posted.map(({ text }) => text)).toEqual(["one", "two"])
})

test("an adapter that throws what nobody declared may have sent it", async () => {
  const { outbox, next, turnUntil } = set()
  next("bug")
  const row = await outbox.add({ key: "a", to, parts: [said("one")] })
  expect(await turnUntil(row.id)).toMatchObject({ state: "unknown" })
})

test("a request is tried as often as the account says, then no more", async () => {
  const { outbox, next, turnUntil, posted } = set({
    config: { retry: { attempts: 2 } },
    finds: true,
  })
  next("lost", "lost", "lost")
  const row = await outbox.add({ key: "a", to, parts: [said("one")] })
  expect(await turnUntil(row.id)).toMatchObject({ state: "failed" })
  next("busy", "busy")
  const other = await outbox.add({ key: "b", to, parts: [said("one")] })
  expect(await turnUntil(other.id)).toMatchObject({ state: "failed" })
  expect(posted).toEqual([])
})

test("a network in trouble is tried for some minutes", async () => {
  const { outbox, next, turnUntil, clock } = set()
  const begun = clock.now()
  next(...Array<"busy">(13).fill("busy"))
  const row = await outbox.add({ key: "a", to, parts: [said("one")] })
  expect(await turnUntil(row.id)).toMatchObject({ state: "sent" })
  expect(clock.now() - begun).toBeGreaterThan(4 * 60_000)
})

test("what is sent to an account that is not connected waits for it, half a day at most", async () => {
  const { outbox, posted, network, clock, turnUntil } = set()
  network.disconnect()
  const first = await outbox.add({ key: "a", to, parts: [said("one")] })
  await settle()
  expect(posted).toEqual([])
  network.connect()
  await outbox.settled(first.id)
  expect(posted).toHaveLength(1)
  network.disconnect()
  const second = await outbox.add({ key: "b", to, parts: [said("two")] })
  clock.turn(12 * 3_600_000 + 1)
  expect(await turnUntil(second.id)).toMatchObject({ state: "failed" })
  network.connect()
  expect(posted).toHaveLength(1)
})

test("one conversation does not wait for another", async () => {
  const { outbox, posted, network } = set()
  const release = network.hold()
  const slow = await outbox.add({ key: "a", to, parts: [said("one")] })
  await settle()
  release()
  network.next({ why: "busy", retryAfterMs: 60_000 })
  const other = { ...to, conversation: { id: "c2" } }
  const fast = await outbox.add({
    key: "b",
    to: other,
    parts: [{ part: { conversation: other.conversation, text: plain("b") } }],
  })
  await Promise.race([outbox.settled(slow.id), outbox.settled(fast.id)])
  expect(posted).toHaveLength(1)
})

test("a message is replaced in place, and said anew when it is gone", async () => {
  const { outbox, posted } = set()
  const first = await outbox.add({ key: "a", to, parts: [said("Hel")] })
  await outbox.settled(first.id)
  const second = await outbox.add({
    key: "b",
    to,
    parts: [{ ...said("Hello"), replaces: first.id }],
  })
  expect(await outbox.settled(second.id)).toMatchObject({ messageIds: ["m1"] })
  expect(posted).toMatchObject([{ text: "Hello", edited: 1 }])
  posted.pop()
  const third = await outbox.add({ key: "c", to, parts: [{ ...said("Bye"), replaces: first.id }] })
  expect(await outbox.settled(third.id)).toMatchObject({ state: "sent", messageIds: ["m1"] })
})

test("what a dead process was sending is looked into by the next one", async () => {
  const { outbox, store, begin, posted, network } = set({ finds: true })
  network.disconnect()
  const row = await outbox.add({ key: "a", to, parts: [said("one"), said("two")] })
  const lane = { channel: "fake", account: "default", chat: "c1" }
  const part = (await store.next(lane))!
  // It died between the network's taking it and the note of that.
  await store.sending(part.seq, 1_700_000_000_000)
  await network.connection.send(part.part, new AbortController().signal)
  await outbox.close()
  const next = begin()
  open.push(() => next.close())
  network.connect()
  expect(await next.settled(row.id)).toMatchObject({ state: "sent", messageIds: ["m1", "m2"] })
  expect(posted.map(({ text }) => text)).toEqual(["one", "two"])
})

test("what was settled long ago is forgotten", async () => {
  const { outbox, clock, store, next } = set()
  await outbox.settled((await outbox.add({ key: "a", to, parts: [said("one")] })).id)
  next("refused")
  await outbox.settled((await outbox.add({ key: "b", to, parts: [said("two")] })).id)
  clock.turn(8 * 24 * 3_600_000)
  await settle()
  expect(await store.find({ key: "a" })).toBeNull()
  expect(await store.find({ key: "b" })).not.toBeNull()
  clock.turn(23 * 24 * 3_600_000)
  await settle()
  expect(await store.find({ key: "b" })).toBeNull()
})

test("only what is not being sent right now is discarded", async () => {
  const { outbox, network } = set()
  const release = network.hold()
  const row = await outbox.add({ key: "a", to, parts: [said("one")] })
  await settle()
  expect(await outbox.discard(row.id)).toBe(false)
  release()
  await outbox.settled(row.id)
  expect(await outbox.discard(row.id)).toBe(true)
  expect(await outbox.find({ id: row.id })).toBeNull()
})
