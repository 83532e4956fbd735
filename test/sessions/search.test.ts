import { expect, test } from "bun:test"
import { join } from "node:path"
import { migrations } from "../../src/sessions/schema.ts"
import { createSearchStore } from "../../src/sessions/search-store.ts"
import { snippetOf, wordsIn } from "../../src/sessions/search.ts"
import { Database } from "../../src/store/database.ts"
import { temporaryHome } from "../support/gateway.ts"
import { keepSessions } from "../support/sessions.ts"

const finding =
  (kept: ReturnType<typeof keepSessions>, more: object = {}) =>
  async (text: string) =>
    (await kept.search.find({ text, limit: 20, ...more })).hits.map(
      ({ key, seq }) => `${key} ${seq}`,
    )

test("words are found wherever they were said, archived transcripts included", async () => {
  using kept = keepSessions()
  await kept.talk("agent:main:a", "the heron waits", "at the weir")
  await kept.talk("agent:ops:b", "a Heron flew")
  const find = finding(kept)
  expect((await find("heron")).toSorted()).toEqual(["agent:main:a 1", "agent:ops:b 1"])
  expect(await find("weir")).toEqual(["agent:main:a 2"])
  expect(await find("the wai")).toEqual(["agent:main:a 1"])
  expect(await find("heron weir")).toEqual([])
  await kept.directory.reset("agent:main:a")
  await kept.directory.remove("agent:ops:b", "deleted")
  const { hits } = await kept.search.find({ text: "heron", limit: 20 })
  expect(hits.map(({ archived }) => archived)).toEqual([true, true])
})

test("a search keeps to the agent and the session it is for", async () => {
  using kept = keepSessions()
  const a = await kept.talk("agent:main:a", "heron")
  await kept.talk("agent:ops:b", "heron")
  expect(await finding(kept, { agentId: "ops" })("heron")).toEqual(["agent:ops:b 1"])
  expect(await finding(kept, { sessionId: a.sessionId })("heron")).toEqual(["agent:main:a 1"])
  expect(await finding(kept, { sessionId: "nobody's" })("heron")).toEqual([])
})

test.each(['"', "%", "-- ;", "NEAR(", "a OR", "heron*", "text:heron", '" OR "', "\0", "( )"])(
  "%p is looked for, never obeyed",
  async (text) => {
    using kept = keepSessions()
    await kept.talk("agent:main:a", "a word and two")
    expect(await finding(kept)(text)).toEqual([])
  },
)

test("letters are found without case and marks, and in any script", async () => {
  using kept = keepSessions()
  await kept.talk("agent:main:a", "Grüße aus Málaga", "Привет мир")
  const find = finding(kept)
  expect(await find("grusse")).toEqual([])
  expect(await find("grüße")).toEqual(["agent:main:a 1"])
  expect(await find("malaga")).toEqual(["agent:main:a 1"])
  expect(await find("ПРИВЕТ")).toEqual(["agent:main:a 2"])
})

test("long results of tools are left out, and so is what erased transcripts said", async () => {
  using kept = keepSessions()
  const session = await kept.talk("agent:main:a", "heron")
  const result = (text: string) => ({
    role: "toolResult" as const,
    toolCallId: "c",
    toolName: "read",
    content: [{ type: "text" as const, text }],
    isError: false,
    timestamp: 1,
  })
  await kept.store.append(session, "r", [
    result("short osprey"),
    result(`long osprey ${"x".repeat(20_000)}`),
  ])
  expect(await finding(kept)("osprey")).toEqual(["agent:main:a 2"])
  await kept.directory.remove("agent:main:a", "erased")
  expect(await finding(kept)("heron")).toEqual([])
  await kept.upkeep.erase(session.sessionId)
  const left = kept.db.sqlite.query("SELECT count(*) AS n FROM transcript_words").get()
  expect(left).toEqual({ n: 0 })
})

test("what says the words more often in fewer others comes first", async () => {
  using kept = keepSessions()
  await kept.talk("agent:main:a", `a heron ${"and other birds ".repeat(50)}`)
  await kept.talk("agent:main:b", "heron, heron, heron")
  await kept.talk("agent:main:c", `heron ${"and other birds ".repeat(50)}`)
  expect((await finding(kept)("heron"))[0]).toBe("agent:main:b 1")
})

test("an entry that was taken out and one in its place are told apart", async () => {
  using kept = keepSessions()
  const { sessionId, key } = await kept.talk("agent:main:a", "one", "heron")
  const find = finding(kept)
  expect(await find("heron")).toEqual(["agent:main:a 2"])
  kept.db.sqlite.run("DELETE FROM entries WHERE session_id = ? AND seq = 2", [sessionId])
  await kept.store.append({ key, sessionId }, null, [
    { role: "user", content: "egret", timestamp: 1 },
  ])
  expect(await find("heron")).toEqual([])
  expect(await find("egret")).toEqual(["agent:main:a 2"])
})

test("what was said while nobody searched is read by and by, without anyone asking", async () => {
  using kept = keepSessions()
  await kept.talk("agent:main:a", "heron")
  const behind = () => kept.db.sqlite.query("SELECT sum(behind) AS n FROM transcripts").get()
  expect(behind()).toEqual({ n: 1 })
  kept.clock.turn(15_000)
  expect(behind()).toEqual({ n: 0 })
})

test("an index that is begun anew finds all that was found before", async () => {
  using kept = keepSessions()
  await kept.talk("agent:main:a", "heron")
  expect(await finding(kept)("heron")).toHaveLength(1)
  const store = createSearchStore(kept.db)
  store.clear()
  expect(store.find({ words: ["heron"] })).toEqual([])
  expect(await finding(kept)("heron")).toHaveLength(1)
})

test("the list finds parts of keys, labels and titles, as they are now", async () => {
  using kept = keepSessions()
  await kept.talk("agent:main:alpha", "About herons")
  await kept.talk("agent:main:beta", "About weirs")
  const find = async (search: string) =>
    (await kept.directory.list({ search, limit: 10 })).sessions.map(({ key }) => key)
  expect(await find("ERON")).toEqual(["agent:main:alpha"])
  expect(await find("main:bet")).toEqual(["agent:main:beta"])
  await kept.directory.patch("agent:main:beta", { label: "Trip home" })
  expect(await find("trip h")).toEqual(["agent:main:beta"])
  await kept.directory.patch("agent:main:beta", { label: null })
  expect(await find("trip h")).toEqual([])
  await kept.directory.reset("agent:main:alpha")
  expect(await find("heron")).toEqual([])
  expect(await find('"a" OR "b"')).toEqual([])
})

test("a snippet shows the words with what is around them, on one line", () => {
  const text = `${"before ".repeat(40)}the Hérón\nwaits ${"after ".repeat(60)}`
  const snippet = snippetOf(text, wordsIn("heron"))
  expect(snippet).toContain("the Hérón waits")
  expect(snippet.length).toBeLessThan(260)
  expect(snippet).toMatch(/^….*…$/)
  expect(snippetOf("short", ["nothing"])).toBe("short")
})

test("what a database from before this index holds is found all the same", async () => {
  await using home = await temporaryHome()
  const path = join(home.path, "fased.db")
  const before = new Database(path, migrations.slice(0, 2))
  before.sqlite.run(
    "INSERT INTO sessions (key, session_id, agent_id, created_at, updated_at, title) VALUES ('agent:main:a', 's', 'main', 1, 1, 'Of birds')",
  )
  const message = JSON.stringify({ role: "user", content: "heron", timestamp: 1 })
  before.sqlite.run("INSERT INTO entries VALUES ('s', 1, 'e', NULL, 1, ?)", [message])
  before.sqlite.run("INSERT INTO archives VALUES ('t', 'agent:main:a', NULL, 1)")
  before.sqlite.run("INSERT INTO entries VALUES ('t', 1, 'f', NULL, 1, ?)", [message])
  before.close()

  using kept = keepSessions({ path })
  const { hits } = await kept.search.find({ text: "heron", limit: 5 })
  expect(hits.map(({ id, archived }) => [id, archived]).toSorted()).toEqual([
    ["e", false],
    ["f", true],
  ])
  const { sessions } = await kept.directory.list({ search: "birds", limit: 5 })
  expect(sessions).toMatchObject([{ key: "agent:main:a" }])
})
