import { afterEach, beforeEach, expect, test } from "bun:test"
import { migrations } from "../../src/sessions/schema.ts"
import type { Message } from "../../src/sessions/message.ts"
import type { Session, SessionStore } from "../../src/sessions/session.ts"
import { createSessionStore } from "../../src/sessions/store.ts"
import { Database } from "../../src/store/database.ts"

let db: Database
let store: SessionStore
let session: Session
beforeEach(async () => {
  db = new Database(":memory:", migrations)
  store = createSessionStore(db)
  session = await store.open("agent:main:main", "main", 1)
})
afterEach(() => db.close())

const asked = (content: string, timestamp = 10): Message => ({ role: "user", content, timestamp })
const said = (text: string, timestamp = 20): Message => ({
  role: "assistant",
  content: [{ type: "text", text }],
  stopReason: "stop",
  timestamp,
})
const begin = (runId: string, words = "hi") =>
  store.begin(session, { runId, at: 10, question: asked(words) })
const contents = async (extract: Parameters<SessionStore["history"]>[1]) =>
  (await store.history(session.sessionId, extract)).map(({ message }) => message.content)

test("a session is opened once", async () => {
  const again = await store.open(session.key, "main", 99)
  expect(again).toEqual(session)
  expect(await store.count()).toBe(1)
})

test("a turn begins with its question, which a second beginning does not repeat", async () => {
  const first = await begin("r1", "What time is it?")
  expect(first.entries).toHaveLength(1)
  expect(first.session).toMatchObject({
    status: "running",
    lastRunId: "r1",
    title: "What time is it?",
  })
  const second = await begin("r1", "What time is it?")
  expect(second.entries).toEqual([])
  expect(second.own).toEqual(first.own)
  expect(await store.size(session.sessionId)).toBe(1)
})

test("last words and the end of a turn are one write", async () => {
  await begin("r1")
  const usage = { input: 10, output: 5, cacheRead: 0, cacheWrite: 0, totalTokens: 15 }
  const turn = { runId: "r1", status: "done" as const, at: 30, provider: "p", model: "m", usage }
  const { session: after } = await store.finish(session, turn, [said("Noon.")])
  expect(after).toMatchObject({ status: "done", preview: "Noon.", inputTokens: 10, endedAt: 30 })
  db.sqlite.run("DROP TABLE sessions")
  await expect(store.finish(session, turn, [said("Lost.")])).rejects.toThrow()
  expect(await store.size(session.sessionId)).toBe(2)
})

test("a turn whose session was reset goes on in the archived transcript, and the new one stays clean", async () => {
  await begin("r1")
  const fresh = (await store.reset(session.key, 40))!
  expect(fresh).toMatchObject({ status: "idle", title: null, lastRunId: null })
  await store.append(session, "r1", [said("Working on it.")])
  const turn = { runId: "r1", status: "done" as const, at: 50 }
  const { session: after } = await store.finish(session, turn, [said("Done.")])
  expect(after).toEqual(fresh)
  expect(await store.size(session.sessionId)).toBe(3)
  expect(await store.size(fresh.sessionId)).toBe(0)
  const resumed = await store.begin(fresh, { runId: "r1", at: 60, question: asked("hi") })
  expect(resumed.sessionId).toBe(session.sessionId)
})

test("history pages back from the newest entry", async () => {
  await store.append(
    session,
    null,
    ["1", "2", "3", "4", "5"].map((text) => asked(text)),
  )
  expect(await contents({ limit: 2 })).toEqual(["4", "5"])
  expect(await contents({ limit: 2, before: 4 })).toEqual(["2", "3"])
})

test("history stops where it gets too heavy, but always brings the newest", async () => {
  await store.append(session, null, [asked("old"), asked("x".repeat(5000)), asked("new")])
  expect(await contents({ limit: 10, maxBytes: 1000 })).toEqual(["new"])
  expect(await contents({ limit: 10, maxBytes: 1 })).toEqual(["new"])
  expect(await contents({ limit: 10, maxBytes: 100_000 })).toHaveLength(3)
})

test("an entry that is too heavy comes without its content", async () => {
  const heavy = "x".repeat(10_000_000)
  const result: Message = {
    role: "toolResult",
    toolCallId: "1",
    toolName: "read",
    content: [{ type: "text", text: heavy }],
    isError: false,
    timestamp: 2,
  }
  await store.append(session, null, [asked(heavy), said(heavy), result, asked("light")])
  const entries = await store.history(session.sessionId, { limit: 10, maxEntryBytes: 1000 })
  expect(JSON.stringify(entries).length).toBeLessThan(3000)
  expect(entries.map(({ message }) => message.role)).toEqual([
    "user",
    "assistant",
    "toolResult",
    "user",
  ])
  expect(entries[0]!.message.content).toContain("omitted")
  expect(entries[2]!.message).toMatchObject({ toolCallId: "1", toolName: "read" })
  expect(entries[3]!.message.content).toBe("light")
})

test("turns a dead process left running are interrupted", async () => {
  await begin("r1")
  await store.interruptAll(70)
  expect(await store.get(session.key)).toMatchObject({ status: "aborted", endedAt: 70 })
})

test("titles and previews are one line, cut between whole letters", async () => {
  await store.append(session, null, [asked(`two\n lines ${"😀".repeat(200)}`)])
  const { title, preview } = (await store.get(session.key))!
  expect(title).toStartWith("two lines 😀")
  expect(title!.length).toBeLessThanOrEqual(60)
  expect(preview!.isWellFormed() && title!.isWellFormed()).toBe(true)
})

test("a search finds what was typed, wildcards included", async () => {
  await store.append(session, null, [asked("100% sure")])
  await store.open("agent:main:other", "main", 2)
  const found = async (search: string) =>
    (await store.list({ search, limit: 10 })).sessions.map(({ key }) => key)
  expect(await found("100%")).toEqual(["agent:main:main"])
  expect(await found("%")).toEqual(["agent:main:main"])
  expect(await found("_")).toEqual([])
})
