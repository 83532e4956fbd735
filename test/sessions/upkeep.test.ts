import { expect, test } from "bun:test"
import { join } from "node:path"
import { tidy } from "../../src/sessions/checks.ts"
import { bytesOf, durationMs } from "../../src/sessions/config.ts"
import { temporaryHome } from "../support/gateway.ts"
import { keepSessions } from "../support/sessions.ts"

const days = 86_400_000
const reset = { mode: "off" }

test("sizes and durations are read as people write them", () => {
  expect([bytesOf(7), bytesOf("2kb"), bytesOf("1.5MB")]).toEqual([7, 2048, 1_572_864])
  expect([durationMs("30d"), durationMs("5m")]).toEqual([30 * days, 300_000])
})

test("what is too old or too much is told, and only taken when that is asked for", async () => {
  using kept = keepSessions({
    settings: { reset, maintenance: { maxEntries: 2, pruneAfter: "10d" } },
  })
  await kept.talk("agent:main:main", "x")
  await kept.talk("agent:main:old", "x")
  kept.clock.turn(11 * days)
  for (const name of ["a", "b", "c"]) {
    kept.clock.turn(1000)
    await kept.talk(`agent:main:${name}`, "x")
  }
  const wanted = [{ agentId: "main", beforeCount: 5, afterCount: 2, pruned: 1, capped: 2 }]
  expect(kept.upkeep.look().stores).toEqual(wanted)
  expect(await kept.directory.count()).toBe(5)
  const found = await tidy.detect({ upkeep: kept.upkeep })
  expect(tidy.explain(found!)).toContain("1 not used for long, 2 more than an agent is to have")

  expect((await kept.upkeep.enforce()).stores).toEqual(wanted)
  const { sessions } = await kept.directory.list({ limit: 10 })
  expect(sessions.map(({ key }) => key)).toEqual(["agent:main:c", "agent:main:main"])
  expect(kept.upkeep.look().stores[0]).toMatchObject({ pruned: 0, capped: 0 })
})

test("archived transcripts go when their time is over, or never", async () => {
  using kept = keepSessions({ settings: { reset, maintenance: { pruneAfter: "10d" } } })
  const { sessionId } = await kept.talk("agent:main:main", "x")
  await kept.directory.reset("agent:main:main")
  kept.clock.turn(9 * days)
  await kept.upkeep.enforce()
  expect(await kept.directory.size(sessionId)).toBe(1)
  kept.configure({ reset, maintenance: { pruneAfter: "1d", resetArchiveRetention: false } })
  await kept.upkeep.enforce()
  expect(await kept.directory.size(sessionId)).toBe(1)
  kept.configure({ reset, maintenance: { pruneAfter: "30d", resetArchiveRetention: "1d" } })
  expect(await kept.upkeep.enforce()).toMatchObject({ archivesRemoved: 1 })
  expect(await kept.directory.size(sessionId)).toBe(0)
})

test("a session with a turn under way stays, however old", async () => {
  using kept = keepSessions({ settings: { reset, maintenance: { pruneAfter: "1d" } } })
  const session = await kept.talk("agent:main:busy", "x")
  const question = { role: "user" as const, content: "q", timestamp: kept.clock.now() }
  await kept.directory.begin(session, { runId: "r", question })
  kept.clock.turn(5 * days)
  await kept.upkeep.enforce()
  expect(await kept.directory.find("agent:main:busy")).not.toBeNull()
})

test("a database that is too big gives up archives, then the longest unused, and shrinks", async () => {
  await using home = await temporaryHome()
  const path = join(home.path, "fased.db")
  using kept = keepSessions({ path, settings: { reset } })
  const much = Array.from({ length: 50 }, () => "heron ".repeat(2_000))
  for (const name of ["a", "b", "c", "d"]) {
    kept.clock.turn(1000)
    await kept.talk(`agent:main:${name}`, ...much)
  }
  await kept.directory.reset("agent:main:d")
  const { bytesBefore } = kept.upkeep.look()
  expect(bytesBefore).toBeGreaterThan(2_000_000)
  const limit = { maxDiskBytes: bytesBefore - 1, highWaterBytes: Math.floor(bytesBefore * 0.6) }
  kept.configure({ reset, maintenance: limit })
  const report = await kept.upkeep.enforce()
  expect(report.bytesAfter).toBeLessThanOrEqual(limit.highWaterBytes)
  expect(report.evicted).toBe(1)
  const { sessions } = await kept.directory.list({ limit: 10 })
  expect(sessions.map(({ key }) => key).toSorted()).toEqual([
    "agent:main:b",
    "agent:main:c",
    "agent:main:d",
  ])
  const pages = kept.db.sqlite.query("PRAGMA freelist_count").get()
  expect(pages).toEqual({ freelist_count: 0 })
})

test("once a day it is done, where the config says so", async () => {
  using kept = keepSessions({
    settings: { reset, maintenance: { mode: "enforce", pruneAfter: "1d" } },
  })
  await kept.talk("agent:main:old", "x")
  kept.clock.turn(10 * 60_000)
  expect(await kept.directory.count()).toBe(1)
  kept.clock.turn(2 * days)
  await kept.upkeep.enforce()
  expect(await kept.directory.count()).toBe(0)
})

test("a transcript that was to be erased when the process died is erased by the next", async () => {
  using kept = keepSessions({ settings: { reset } })
  const { sessionId } = await kept.talk("agent:main:gone", "x", "y")
  await kept.directory.remove("agent:main:gone", "erased")
  const gone = Promise.withResolvers<void>()
  const { erase } = kept.store
  kept.store.erase = async (...args) => {
    const more = await erase(...args)
    if (!more) gone.resolve()
    return more
  }
  kept.clock.turn(10 * 60_000)
  await gone.promise
  expect(await kept.directory.size(sessionId)).toBe(0)
  expect(kept.upkeep.look().archivesRemoved).toBe(0)
})
