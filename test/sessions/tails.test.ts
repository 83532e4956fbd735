import { afterEach, beforeEach, expect, test } from "bun:test"
import * as fc from "fast-check"
import type { Message } from "../../src/sessions/message.ts"
import { migrations } from "../../src/sessions/schema.ts"
import type { Extract, Session, SessionStore } from "../../src/sessions/session.ts"
import { createSessionStore } from "../../src/sessions/store.ts"
import { Database } from "../../src/store/database.ts"
import { asked, said } from "../support/sessions.ts"

let db: Database
let store: SessionStore
let session: Session
beforeEach(async () => {
  db = new Database(":memory:", migrations)
  store = createSessionStore(db)
  session = await store.open("agent:main:main", "main", 1)
})
afterEach(() => db.close())

/** What a store that has just been made, and knows nothing, finds on disk. */
const onDisk = (extract: Extract) => createSessionStore(db).history(session.sessionId, extract)
const kept = (extract: Extract) => store.history(session.sessionId, extract)
const append = (...messages: Message[]) => store.append(session, "r1", messages)
const everything = { limit: 1000 }

test("what was said is read from disk once", async () => {
  await append(asked("one"), said("two"))
  const [first] = await kept(everything)
  const [again] = await kept(everything)
  expect(again).toBe(first!)
  await append(asked("three"))
  const longer = await kept(everything)
  expect(longer[0]).toBe(first!)
  expect(longer).toEqual(await onDisk(everything))
})

test("words that were not written are not remembered", async () => {
  await append(asked("one"))
  await kept(everything)
  db.sqlite.run(
    "CREATE TRIGGER full BEFORE UPDATE ON sessions BEGIN SELECT raise(ABORT, 'full'); END",
  )
  await expect(append(said("lost"))).rejects.toThrow("full")
  expect(await kept(everything)).toHaveLength(1)
  await expect(append(said("lost"))).rejects.toThrow("full")
  db.sqlite.run("DROP TRIGGER full")
  await append(said("two"))
  expect(await kept(everything)).toEqual(await onDisk(everything))
})

test("what another store writes, or takes out, is seen", async () => {
  await append(asked("one"))
  await kept(everything)
  const other = createSessionStore(db)
  await other.append(session, "r2", [asked("two")])
  expect(await kept(everything)).toHaveLength(2)
  await append(asked("three"))
  expect(await kept(everything)).toEqual(await onDisk(everything))
})

test("a turn that is taken back is forgotten", async () => {
  await append(asked("one"))
  const before = (await store.get(session.key))!
  await store.begin(session, { runId: "r2", at: 20, question: asked("two") })
  const turn = { runId: "r2", status: "done" as const, at: 30 }
  await store.finish(session, turn, [said("three")])
  await kept(everything)
  expect(await store.retract(before, "r2")).not.toBeNull()
  expect(await kept(everything)).toHaveLength(1)
  await append(asked("four"), said("five"), asked("six"))
  expect(await kept(everything)).toEqual(await onDisk(everything))
})

test("a transcript that is erased leaves nothing in memory either", async () => {
  await append(asked("one"), said("two"), asked("three"))
  await kept(everything)
  await store.remove(session.key, 50, "deleted")
  expect(await store.erase(session.sessionId, 2)).toBe(true)
  expect(await kept(everything)).toHaveLength(1)
})

test("transcripts too heavy to keep are read all the same", async () => {
  const heavy = "x".repeat(900_000)
  await append(asked(heavy), said(heavy), asked(heavy), said("light"))
  expect(await kept(everything)).toEqual(await onDisk(everything))
  expect(await kept({ limit: 10, maxBytes: 1_000_000 })).toHaveLength(2)
})

test("a long conversation is read whole, though not all of it is kept", async () => {
  const words = Array.from({ length: 2500 }, (_, n) => asked(`${n}`))
  for (let at = 0; at < words.length; at += 500) await append(...words.slice(at, at + 500))
  expect(await kept({ limit: 10_000 })).toEqual(await onDisk({ limit: 10_000 }))
  expect(await kept({ limit: 1500, before: 2400 })).toHaveLength(1500)
})

test("whatever was read before, an extract is the one on disk", async () => {
  const extracts = fc.record(
    {
      limit: fc.integer({ min: 1, max: 12 }),
      before: fc.integer({ min: 1, max: 25 }),
      since: fc.integer({ min: 0, max: 25 }),
      maxBytes: fc.integer({ min: 0, max: 1500 }),
      maxEntryBytes: fc.integer({ min: 60, max: 200 }),
    },
    { requiredKeys: ["limit"] },
  )
  const steps = fc.array(fc.oneof(extracts, fc.array(fc.integer({ min: 0, max: 200 }))), {
    maxLength: 20,
  })
  await fc.assert(
    fc.asyncProperty(steps, async (steps) => {
      session = await store.open(`agent:main:${crypto.randomUUID()}`, "main", 1)
      for (const step of steps) {
        if (Array.isArray(step)) await append(...step.map((size) => asked("é".repeat(size))))
        else expect(await kept(step)).toEqual(await onDisk(step))
      }
    }),
  )
})
