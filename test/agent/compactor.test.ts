import type { LanguageModelV4 } from "@ai-sdk/provider"
import { afterEach, expect, test } from "bun:test"
import { createCompactor } from "../../src/agent/compaction/compactor.ts"
import { readEarlier } from "../../src/agent/context.ts"
import { agents } from "../../src/agents/config.ts"
import { createBus } from "../../src/kernel/event.ts"
import type { Models, OpenModel } from "../../src/models/service.ts"
import { migrations } from "../../src/registry/migrations.ts"
import { createCompactionStore } from "../../src/sessions/compaction-store.ts"
import { session } from "../../src/sessions/config.ts"
import { createDirectory } from "../../src/sessions/directory.ts"
import type { Message } from "../../src/sessions/message.ts"
import { createSessionStore } from "../../src/sessions/store.ts"
import { Database } from "../../src/store/database.ts"
import { silentLog } from "../support/silent-log.ts"
import { turnableClock } from "../support/turnable-clock.ts"

const open: Database[] = []
afterEach(() => open.splice(0).forEach((db) => db.close()))

/** A summariser that says how many calls it got, or never says anything. */
const writer = (calls: string[], hangs = false): OpenModel => ({
  provider: "p",
  model: "m",
  api: "openai-completions",
  contextWindow: 8000,
  language: {
    doStream: async ({ prompt }: Parameters<LanguageModelV4["doStream"]>[0]) => {
      calls.push(JSON.stringify(prompt))
      if (hangs) return new Promise<never>(() => {})
      return {
        stream: new ReadableStream({
          start(controller) {
            controller.enqueue({ type: "text-start", id: "1" })
            controller.enqueue({ type: "text-delta", id: "1", delta: `summary ${calls.length}` })
            controller.close()
          },
        }),
      }
    },
  } as unknown as LanguageModelV4,
})

const setUp = async (compaction: object = {}) => {
  const db = new Database(":memory:", migrations)
  open.push(db)
  const clock = turnableClock()
  const store = createSessionStore(db)
  const directory = createDirectory({
    store,
    bus: createBus(),
    now: clock.now,
    defaultAgent: () => "main",
    settings: () => session.schema.parse({}),
    zone: () => "UTC",
  })
  const compactions = createCompactionStore(db)
  const config = agents.schema.parse({ defaults: { compaction } })
  const models = { choose: () => ({ refs: ["p/m"], source: "default" }) } as unknown as Models
  const compactor = createCompactor({
    config: () => config,
    models,
    directory,
    compactions,
    ledger: {
      admit: async () => {},
      record: () => ({ billing: "unpriced" }),
      standing: async () => [],
    },
    clock,
    log: silentLog,
    tellHooks: () => undefined,
  })
  const { key, sessionId } = await directory.open("agent:main:main", "main")
  const transcript = { key, sessionId }
  const say = (count: number, length: number) => {
    const messages = Array.from({ length: count }, (_, at): Message[] => [
      { role: "user", content: `question ${at} ${"x".repeat(length)}`, timestamp: at },
      { role: "assistant", content: [{ type: "text", text: `answer ${at}` }], timestamp: at },
    ]).flat()
    return directory.append(transcript, null, messages)
  }
  const compact = (model: OpenModel, more: object = {}) =>
    compactor.compact({ transcript, agentId: "main", reason: "auto-threshold", model, ...more })
  return { clock, directory, compactions, compactor, transcript, say, compact, db }
}

test("a summariser that hangs is given up, and nothing has changed", async () => {
  const { clock, say, compact, compactions, transcript } = await setUp({ timeoutSeconds: 30 })
  await say(40, 1000)
  const calls: string[] = []
  const done = compact(writer(calls, true))
  while (!calls.length) await new Promise((resolve) => setImmediate(resolve))
  clock.turn(31_000)
  await expect(done).rejects.toMatchObject({ code: "agents.summary-late" })
  expect(await compactions.newest(transcript.sessionId)).toBeNull()
})

test("a long history is read piece by piece, the summary so far going along", async () => {
  const { say, compact } = await setUp()
  await say(60, 1000)
  const calls: string[] = []
  const done = await compact(writer(calls))
  expect(calls.length).toBeGreaterThan(2)
  expect(calls[1]).toContain("summary 1")
  expect(done!.summary).toBe(`summary ${calls.length}`)
  expect(done!.tokensAfter).toBeLessThan(done!.tokensBefore)
})

test("mode default asks once, whatever the length", async () => {
  const { say, compact } = await setUp({ mode: "default" })
  await say(60, 1000)
  const calls: string[] = []
  await compact(writer(calls))
  expect(calls).toHaveLength(1)
})

test("asked twice at once, one is made", async () => {
  const { say, compact, compactions, transcript } = await setUp()
  await say(40, 1000)
  const calls: string[] = []
  const [first, second] = await Promise.all([compact(writer(calls)), compact(writer(calls))])
  expect(second).toEqual(first)
  expect(await compactions.list(transcript.key)).toHaveLength(1)
})

test("what is said while it is made stays word for word", async () => {
  const { say, compact, directory, compactions, transcript } = await setUp()
  await say(40, 1000)
  const model = writer([])
  const doStream = model.language.doStream.bind(model.language)
  let said = false
  model.language.doStream = async (options) => {
    if (!said)
      await directory.append(transcript, null, [
        { role: "user", content: "meanwhile", timestamp: 9 },
      ])
    said = true
    return doStream(options)
  }
  await compact(model)
  const { summary, entries, cut } = await readEarlier(
    transcript.sessionId,
    { budget: 1e6 },
    { directory, compactions },
  )
  expect(summary).toBeDefined()
  expect(cut).toBe(false)
  expect(entries.at(-1)!.message.content).toBe("meanwhile")
  expect(entries[0]!.message.role).toBe("user")
})

test("a session that is reset meanwhile keeps its new conversation", async () => {
  const { say, compact, directory, compactions, transcript } = await setUp()
  await say(40, 1000)
  const done = compact(writer([]))
  const fresh = await directory.reset(transcript.key)
  await done
  expect(await compactions.newest(fresh!.sessionId)).toBeNull()
  expect((await directory.find(transcript.key))!.compactions).toBe(0)
})

test("a checkpoint whose transcript is kept no longer leads nowhere", async () => {
  const { db, say, compact, compactions, directory, transcript } = await setUp()
  await say(40, 1000)
  const done = await compact(writer([]))
  db.sqlite.run("DELETE FROM entries")
  expect(await compactions.branch(done!, { key: "agent:main:b", agentId: "main", at: 1 })).toBe(
    false,
  )
  expect(await compactions.restore(done!, 1)).toBe(false)
  expect((await directory.find(transcript.key))!.sessionId).toBe(transcript.sessionId)
  expect(await directory.find("agent:main:b")).toBeNull()
})

test("of a million entries only the newest are read, for a turn and for a summary", async () => {
  const { db, compact, directory, compactions, transcript } = await setUp()
  const message = JSON.stringify({ role: "user", content: "q".repeat(60), timestamp: 1 })
  db.sqlite
    .query(
      `WITH RECURSIVE n(seq) AS (SELECT 1 UNION ALL SELECT seq + 1 FROM n WHERE seq < 1000000)
       INSERT INTO entries (session_id, seq, id, at, message) SELECT ?, seq, seq, 1, ? FROM n`,
    )
    .run(transcript.sessionId, message)
  Bun.gc(true)
  const before = process.memoryUsage().rss
  const { entries, cut } = await readEarlier(
    transcript.sessionId,
    { budget: 400_000 },
    { directory, compactions },
  )
  expect(entries.length).toBeLessThan(1000)
  expect(entries.at(-1)!.seq).toBe(1_000_000)
  expect(cut).toBe(true)
  const calls: string[] = []
  const done = await compact(writer(calls))
  expect(calls.length).toBeLessThanOrEqual(8)
  expect(done!.firstKeptSeq).toBeGreaterThan(999_000)
  expect(process.memoryUsage().rss - before).toBeLessThan(150_000_000)
}, 60_000)
