import { expect, test } from "bun:test"
import { join } from "node:path"
import { resolvePaths } from "../../src/config/paths.ts"
import { readable } from "../../src/sessions/checks.ts"
import { toRow } from "../../src/sessions/row.ts"
import { temporaryHome } from "../support/gateway.ts"
import { keepSessions } from "../support/sessions.ts"

const key = "agent:main:hurt"

const unreadable = [
  "{not json",
  "null",
  "7",
  '{"role":"user"}',
  '{"role":"user","content":7,"timestamp":1}',
  '{"role":"assistant","content":[null],"timestamp":1}',
  "",
]

test.each(unreadable)("an entry that holds %p hurts its own session only", async (text) => {
  using kept = keepSessions()
  const { sessionId } = await kept.talk(key, "one", "two", "three")
  await kept.talk("agent:main:well", "fine")
  kept.db.sqlite.run("UPDATE entries SET message = ? WHERE session_id = ? AND seq = 2", [
    text,
    sessionId,
  ])

  const entries = await kept.directory.history(sessionId, { limit: 10 })
  expect(entries.map(({ seq }) => seq)).toEqual([1, 3])
  const statuses = (await kept.directory.list({ limit: 10 })).sessions.map((one) => [
    one.key,
    toRow(one).status,
  ])
  expect(statuses).toContainEqual([key, "damaged"])
  expect(statuses).toContainEqual(["agent:main:well", "idle"])
  await kept.directory.append({ key, sessionId }, null, [
    { role: "user", content: "four", timestamp: 1 },
  ])
  const held = kept.db.sqlite.query("SELECT key, seq, content FROM quarantine").all()
  expect(held).toEqual([{ key, seq: 2, content: text }])

  expect(await kept.directory.repair()).toEqual([{ key, damage: "messages" }])
  expect(toRow((await kept.directory.find(key))!).status).toBe("idle")
  expect(await kept.directory.repair()).toEqual([])
  expect(kept.db.sqlite.query("SELECT count(*) AS n FROM quarantine").get()).toEqual({ n: 1 })
})

test("a heavy entry that is no JSON does not keep the rest from being read", async () => {
  using kept = keepSessions()
  const { sessionId } = await kept.talk(key, "one", "two")
  const heavy = "x".repeat(10_000)
  kept.db.sqlite.run("UPDATE entries SET message = ? WHERE session_id = ? AND seq = 1", [
    heavy,
    sessionId,
  ])
  const entries = await kept.directory.history(sessionId, { limit: 10, maxEntryBytes: 1_000 })
  expect(entries.map(({ seq }) => seq)).toEqual([2])
})

test.each(["{", '{"thinking":"as hard as it can"}', '{"exec":7}', "[]x"])(
  "a session whose overrides are %p answers nothing, since they may have said no",
  async (text) => {
    using kept = keepSessions()
    await kept.talk(key, "one")
    await kept.talk("agent:main:well", "fine")
    kept.db.sqlite.run("UPDATE sessions SET overrides = ? WHERE key = ?", [text, key])

    const { sessions } = await kept.directory.list({ limit: 10 })
    expect(sessions.map((one) => toRow(one).status).toSorted()).toEqual(["damaged", "idle"])
    const opened = kept.directory.open(key, "main")
    await expect(opened).rejects.toMatchObject({ code: "sessions.damaged" })
    expect(await kept.directory.open("agent:main:well", "main")).toBeObject()

    await kept.directory.repair(key)
    expect((await kept.directory.open(key, "main")).overrides).toEqual({})
    const held = kept.db.sqlite.query("SELECT content FROM quarantine").all()
    expect(held).toEqual([{ content: text }])
  },
)

test("a reset makes a damaged session whole", async () => {
  using kept = keepSessions()
  await kept.talk(key, "one")
  kept.db.sqlite.run("UPDATE sessions SET overrides = '{' WHERE key = ?", [key])
  expect(await kept.directory.reset(key)).toMatchObject({ overrides: {}, damage: null })
  expect(await kept.directory.open(key, "main")).toMatchObject({ damage: null })
})

test("doctor tells of damaged sessions and mends them, also beside a gateway that runs", async () => {
  await using home = await temporaryHome()
  const paths = resolvePaths({ HOME: home.path })
  const check = { paths: { ...paths, database: join(home.path, "fased.db") } }
  expect(await readable.detect(check)).toBeNull()
  using kept = keepSessions({ path: check.paths.database })
  await kept.talk(key, "one")
  expect(await readable.detect(check)).toBeNull()
  kept.db.sqlite.run("UPDATE sessions SET overrides = '{' WHERE key = ?", [key])
  const { sessionId } = await kept.talk("agent:main:words", "one", "two")
  kept.db.sqlite.run("UPDATE entries SET message = '' WHERE session_id = ? AND seq = 1", [
    sessionId,
  ])
  await kept.directory.history(sessionId, { limit: 10 })

  const found = await readable.detect(check)
  expect(readable.explain(found!)).toContain(`${key} (its settings, so it answers nothing)`)
  expect(readable.explain(found!)).toContain("agent:main:words (some messages)")
  await readable.fix!.apply(found!, check)
  expect(await readable.detect(check)).toBeNull()
  expect(await kept.directory.open(key, "main")).toMatchObject({ overrides: {}, damage: null })
  expect(await kept.store.history(sessionId, { limit: 10 })).toHaveLength(1)
  const held = kept.db.sqlite.query("SELECT content FROM quarantine ORDER BY seq").all()
  expect(held).toEqual([{ content: "{" }, { content: "" }])
})
