import { describe, expect, test } from "bun:test"
import type { Message } from "../../src/sessions/message.ts"
import type { SessionStore } from "../../src/sessions/session.ts"
import type { OpenStore } from "./store.ts"

const user = (content: string, timestamp = 1): Message => ({ role: "user", content, timestamp })
const assistant = (text: string, timestamp = 2): Message => ({
  role: "assistant",
  content: [{ type: "text", text }],
  timestamp,
})
const usage = { input: 10, output: 5, cacheRead: 0, cacheWrite: 0, totalTokens: 15 }

/** What every keeper of sessions and transcripts owes. */
export const sessionStoreContract = (name: string, open: OpenStore<SessionStore>) =>
  describe(`${name} keeps sessions`, () => {
    test("a session is made once, whoever asks at the same time", async () => {
      await using at = await open()
      const made = await Promise.all([1, 2, 3].map((now) => at.store.open("key", "main", now)))
      expect(new Set(made.map(({ sessionId }) => sessionId)).size).toBe(1)
      expect(made[0]).toMatchObject({
        key: "key",
        agentId: "main",
        createdAt: 1,
        status: "idle",
        title: null,
      })
      expect(await at.store.byId(made[0]!.sessionId)).toEqual(made[0]!)
      expect(await at.store.count()).toBe(1)
      expect([await at.store.get("other"), await at.store.byId("other")]).toEqual([null, null])
    })

    test("entries are numbered from 1 in the order they came, and read oldest first", async () => {
      await using at = await open()
      const session = await at.store.open("key", "main", 0)
      for (let turn = 0; turn < 5; turn++)
        await at.store.append(session, `run-${turn}`, [user(`q${turn}`), assistant(`a${turn}`)])
      const all = await at.store.history(session.sessionId, { limit: 100 })
      expect(all.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
      expect(new Set(all.map(({ id }) => id)).size).toBe(10)
      const page = await at.store.history(session.sessionId, { limit: 3, before: 6 })
      expect(page.map(({ seq }) => seq)).toEqual([3, 4, 5])
      expect(await at.store.size(session.sessionId)).toBe(10)
      expect((await at.store.ofRun("run-2")).map(({ seq }) => seq)).toEqual([5, 6])
      expect(await at.store.history("nobody", { limit: 5 })).toEqual([])
    })

    test("whatever was written comes back as it was", async () => {
      await using at = await open()
      const session = await at.store.open("key", "main", 0)
      const odd = user("\0 \u2028 💡 ' \" \\ ; DROP TABLE sessions; --")
      const { entries } = await at.store.append(session, null, [odd])
      await at.reopen()
      expect(await at.store.history(session.sessionId, { limit: 1 })).toEqual(entries)
      expect(entries[0]!.message).toEqual(odd)
    })

    test("a heavy entry comes without its content, and never keeps the rest from coming", async () => {
      await using at = await open()
      const { sessionId, key } = await at.store.open("key", "main", 0)
      await at.store.append({ key, sessionId }, null, [
        user("short"),
        assistant("x".repeat(10_000)),
        user("last"),
      ])
      const light = await at.store.history(sessionId, { limit: 10, maxEntryBytes: 1_000 })
      expect(light).toHaveLength(3)
      expect(JSON.stringify(light)).not.toContain("xxx")
      const few = await at.store.history(sessionId, { limit: 10, maxBytes: 500 })
      expect(few.map(({ seq }) => seq)).toEqual([3])
    })

    test("a turn begins once: taken up again it finds its own words, not a second question", async () => {
      await using at = await open()
      const session = await at.store.open("key", "main", 0)
      const start = { runId: "run", at: 5, question: user("why?") }
      const begun = await at.store.begin(session, start)
      expect(begun.session).toMatchObject({ status: "running", lastRunId: "run", startedAt: 5 })
      await at.store.append(session, "run", [assistant("because")])
      const again = await at.store.begin(session, start)
      expect(again.entries).toEqual([])
      expect(again.own.map(({ seq }) => seq)).toEqual([1, 2])
      expect(await at.store.size(session.sessionId)).toBe(2)
    })

    test("a finished turn leaves its usage and its words; a late one of another run does not", async () => {
      await using at = await open()
      const session = await at.store.open("key", "main", 0)
      await at.store.begin(session, { runId: "one", at: 1, question: user("q") })
      const record = {
        runId: "one",
        status: "done" as const,
        at: 9,
        provider: "p",
        model: "m",
        usage,
      }
      const { session: done } = await at.store.finish(session, record, [assistant("a", 9)])
      expect(done).toMatchObject({
        status: "done",
        endedAt: 9,
        inputTokens: 10,
        outputTokens: 5,
        contextTokens: 15,
        model: "m",
        title: "q",
        preview: "a",
      })
      await at.store.begin(session, { runId: "two", at: 10, question: user("q") })
      const late = await at.store.finish(session, { ...record, status: "error", at: 11 }, [])
      expect(late.session).toMatchObject({ status: "running", lastRunId: "two", inputTokens: 10 })
    })

    test("turns a dead process left running are over, and no others", async () => {
      await using at = await open()
      for (const key of ["running", "done"]) {
        const session = await at.store.open(key, "main", 0)
        await at.store.begin(session, { runId: key, at: 1, question: user("q") })
        if (key === "done")
          await at.store.finish(session, { runId: key, status: "done", at: 2 }, [])
      }
      await at.reopen()
      await at.store.interruptAll(7)
      expect(await at.store.get("running")).toMatchObject({ status: "aborted", endedAt: 7 })
      expect(await at.store.get("done")).toMatchObject({ status: "done", endedAt: 2 })
    })

    test("a reset starts afresh under the same key; what belongs to the old transcript stays there", async () => {
      await using at = await open()
      const old = await at.store.open("key", "main", 0)
      await at.store.begin(old, { runId: "run", at: 1, question: user("q") })
      const fresh = (await at.store.reset("key", 5))!
      expect(fresh.sessionId).not.toBe(old.sessionId)
      expect(fresh).toMatchObject({
        key: "key",
        createdAt: 0,
        status: "idle",
        title: null,
        inputTokens: 0,
      })
      await at.store.finish(old, { runId: "run", status: "done", at: 6, usage }, [
        assistant("late"),
      ])
      expect(await at.store.size(fresh.sessionId)).toBe(0)
      expect(await at.store.size(old.sessionId)).toBe(2)
      expect(await at.store.get("key")).toMatchObject({
        status: "idle",
        inputTokens: 0,
        preview: null,
      })
      expect(await at.store.reset("nobody", 5)).toBeNull()
    })

    test("lists are newest first, counted as a whole, and narrowed by what is asked", async () => {
      await using at = await open()
      for (const [now, key] of ["a_1", "b%2", "c"].entries())
        await at.store.open(key, key === "c" ? "work" : "main", now)
      const keys = async (filter: object) => {
        const { sessions, total } = await at.store.list({ limit: 10, ...filter })
        return [sessions.map(({ key }) => key), total]
      }
      expect(await keys({})).toEqual([["c", "b%2", "a_1"], 3])
      expect(await keys({ limit: 1, offset: 1 })).toEqual([["b%2"], 3])
      expect(await keys({ agentId: "work" })).toEqual([["c"], 1])
      expect(await keys({ updatedSince: 1 })).toEqual([["c", "b%2"], 2])
      expect(await keys({ search: "A_" })).toEqual([["a_1"], 1])
      expect(await keys({ search: "%" })).toEqual([["b%2"], 1])
      expect(await keys({ search: "'; --" })).toEqual([[], 0])
      expect([await at.store.count("main"), await at.store.count("nobody")]).toEqual([2, 0])
    })

    test("a fork begins with its parent's newest words, from a question on", async () => {
      await using at = await open()
      const parent = await at.store.open("parent", "main", 0)
      for (let turn = 0; turn < 5; turn++)
        await at.store.append(parent, `run-${turn}`, [user(`q${turn}`), assistant(`a${turn}`)])
      const fork = await at.store.open("fork", "main", 1, { ...parent, entries: 3 })
      const words = await at.store.history(fork.sessionId, { limit: 10 })
      expect(words.map(({ seq, message }) => [seq, message.role])).toEqual([
        [1, "user"],
        [2, "assistant"],
      ])
      expect(words.every(({ runId }) => runId === null)).toBe(true)
      expect(fork.forkedFrom).toBe(parent.sessionId)
      expect((await at.store.ofRun("run-4")).map(({ seq }) => seq)).toEqual([9, 10])
    })

    test("a transcript is read from its beginning in stretches", async () => {
      await using at = await open()
      const session = await at.store.open("key", "main", 0)
      await at.store.append(session, null, [user("a"), user("b"), user("c")])
      const first = await at.store.after(session.sessionId, 0, 2)
      expect([first.entries.map(({ seq }) => seq), first.last]).toEqual([[1, 2], 2])
      expect((await at.store.after(session.sessionId, 2, 2)).last).toBe(3)
      expect(await at.store.after(session.sessionId, 3, 2)).toEqual({ entries: [], last: null })
    })

    test("what is removed is archived, and erased only piece by piece", async () => {
      await using at = await open()
      const session = await at.store.open("key", "main", 0)
      await at.store.append(session, null, [user("a"), user("b"), user("c")])
      expect(await at.store.erase(session.sessionId, 2)).toBe(false)
      expect(await at.store.remove("nobody", 1, "deleted")).toBeNull()
      expect(await at.store.remove("key", 1, "deleted")).toMatchObject({ key: "key" })
      expect([await at.store.get("key"), await at.store.count()]).toEqual([null, 0])
      expect(await at.store.size(session.sessionId)).toBe(3)
      const pieces = [1, 2, 3].map(() => at.store.erase(session.sessionId, 2))
      expect(await Promise.all(pieces)).toEqual([true, true, false])
      expect(await at.store.size(session.sessionId)).toBe(0)
    })

    test("a transcript from elsewhere becomes a session whole, and never over another", async () => {
      await using at = await open()
      const messages = [user("q", 5), assistant("a", 6)]
      const imported = { key: "key", agentId: "main", label: "trip", messages }
      const made = (await at.store.restore(imported, 9))!
      expect(made).toMatchObject({ key: "key", label: "trip", title: "q", preview: "a" })
      expect(await at.store.restore(imported, 9)).toBeNull()
      const twin = await at.store.restore({ ...imported, key: "twin" }, 9)
      expect(twin).toMatchObject({ key: "twin", label: null })
    })
  })
