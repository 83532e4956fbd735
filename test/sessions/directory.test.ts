import { expect, test } from "bun:test"
import { keepSessions, said } from "../support/sessions.ts"

const hours = 3_600_000
const key = "agent:main:main"
const usage = (totalTokens: number) => ({
  input: 1,
  output: 1,
  cacheRead: 0,
  cacheWrite: 0,
  totalTokens,
})

test("a session begins afresh with the first message after the hour, and not before", async () => {
  using kept = keepSessions()
  const first = await kept.talk(key, "hello")
  kept.clock.turn(15 * hours)
  expect((await kept.directory.open(key, "main")).sessionId).toBe(first.sessionId)
  kept.clock.turn(1 * hours)
  expect((await kept.directory.find(key))!.sessionId).toBe(first.sessionId)
  const fresh = await kept.directory.open(key, "main")
  expect(fresh.sessionId).not.toBe(first.sessionId)
  expect(fresh.title).toBeNull()
  expect(await kept.store.size(first.sessionId)).toBe(1)
  expect(kept.told.map(({ reason }) => reason)).toContain("reset")
})

test("a turn under way is not taken its session from", async () => {
  using kept = keepSessions()
  const session = await kept.talk(key, "hello")
  const question = { role: "user" as const, content: "q", timestamp: kept.clock.now() }
  await kept.directory.begin(session, { runId: "r", question })
  kept.clock.turn(48 * hours)
  expect((await kept.directory.open(key, "main")).sessionId).toBe(session.sessionId)
})

test("wishes outlast a reset; counters and a credential nobody chose do not", async () => {
  using kept = keepSessions({ settings: { reset: { mode: "idle", idleMinutes: 5 } } })
  const session = await kept.talk(key, "hello")
  const auto = { id: "p", source: "auto" as const }
  await kept.directory.patch(key, {
    overrides: { thinking: "high", model: "a/b", authProfile: auto },
  })
  const record = { runId: "r", status: "done" as const, usage: usage(99) }
  await kept.directory.begin(session, {
    runId: "r",
    question: { role: "user", content: "q", timestamp: 1 },
  })
  await kept.directory.finish(session, record, [said("a", kept.clock.now())])
  kept.clock.turn(6 * 60_000)
  const fresh = await kept.directory.open(key, "main")
  expect(fresh.overrides).toEqual({ thinking: "high", model: "a/b" })
  expect(fresh).toMatchObject({ inputTokens: 0, contextTokens: 0, compactions: 0 })
  const own = { id: "p", source: "user" as const }
  await kept.directory.patch(key, { overrides: { authProfile: own } })
  expect((await kept.directory.reset(key))!.overrides.authProfile).toEqual(own)
})

test("a thread begins as a copy of its parent, with ids of its own", async () => {
  using kept = keepSessions()
  const parent = await kept.talk("agent:main:slack:channel:C1", "one", "two")
  const thread = await kept.directory.open("agent:main:slack:channel:C1:thread:9", "main")
  const entries = await kept.directory.history(thread.sessionId, { limit: 10 })
  expect(entries.map(({ message }) => message.content)).toEqual([
    "one",
    [{ type: "text", text: "two" }],
  ])
  const parents = await kept.directory.history(parent.sessionId, { limit: 10 })
  expect(entries.some(({ id }) => parents.some((one) => one.id === id))).toBe(false)
  expect(thread.forkedFrom).toBe(parent.sessionId)
  expect((await kept.directory.reset(thread.key))!.forkedFrom).toBeNull()
})

test.each([
  ["larger than allowed", 50, 51],
  ["any, where that is off", 0, 0],
])("a thread of a parent that is %s begins empty", async (_, parentForkMaxTokens, totalTokens) => {
  using kept = keepSessions({ settings: { parentForkMaxTokens } })
  const room = "agent:main:slack:channel:C1"
  const session = await kept.talk(room, "one")
  await kept.directory.begin(session, {
    runId: "r",
    question: { role: "user", content: "q", timestamp: 1 },
  })
  await kept.directory.finish(
    session,
    { runId: "r", status: "done", usage: usage(totalTokens) },
    [],
  )
  const thread = await kept.directory.open(`${room}:thread:9`, "main")
  expect(await kept.directory.size(thread.sessionId)).toBe(0)
})

test("a label is one session's within its agent, and can be taken back", async () => {
  using kept = keepSessions()
  for (const one of ["agent:main:a", "agent:main:b", "agent:ops:a"]) await kept.talk(one, "x")
  await kept.directory.patch("agent:main:a", { label: "trip" })
  const taken = kept.directory.patch("agent:main:b", { label: "trip" })
  await expect(taken).rejects.toMatchObject({ code: "sessions.label-taken", status: 409 })
  expect((await kept.directory.patch("agent:main:a", { label: "trip" }))!.label).toBe("trip")
  expect((await kept.directory.patch("agent:ops:a", { label: "trip" }))!.label).toBe("trip")
  await kept.directory.patch("agent:main:a", { label: null })
  expect((await kept.directory.patch("agent:main:b", { label: "trip" }))!.label).toBe("trip")
})

test("main sessions, unknown ones and one with a turn are not deleted", async () => {
  using kept = keepSessions()
  const busy = await kept.talk("agent:main:busy", "x")
  await kept.talk(key, "x")
  await kept.directory.begin(busy, {
    runId: "r",
    question: { role: "user", content: "q", timestamp: 1 },
  })
  for (const [one, code] of [
    [key, "sessions.main-stays"],
    ["global", "sessions.main-stays"],
    ["agent:main:gone", "sessions.unknown"],
    ["agent:main:busy", "sessions.busy"],
  ] as const)
    await expect(kept.directory.remove(one, "deleted")).rejects.toMatchObject({ code })
})

test("a deleted session is gone from the list and its transcript is archived", async () => {
  using kept = keepSessions()
  const { sessionId } = await kept.talk("agent:main:old", "one", "two")
  await kept.directory.remove("agent:main:old", "deleted")
  expect(await kept.directory.find("agent:main:old")).toBeNull()
  expect(await kept.directory.count()).toBe(0)
  expect(await kept.directory.size(sessionId)).toBe(2)
  const again = await kept.directory.open("agent:main:old", "main")
  expect(again.sessionId).not.toBe(sessionId)
  await kept.upkeep.erase(again.sessionId)
  expect(await kept.directory.find("agent:main:old")).not.toBeNull()
})

test("what one session spawned is listed by it", async () => {
  using kept = keepSessions()
  await kept.talk(key, "x")
  await kept.talk("agent:main:subagent:u", "x")
  await kept.directory.patch("agent:main:subagent:u", { spawnedBy: key, spawnDepth: 1 })
  const { sessions, total } = await kept.directory.list({ spawnedBy: key, limit: 10 })
  expect([sessions.map((one) => one.key), total]).toEqual([["agent:main:subagent:u"], 1])
})
