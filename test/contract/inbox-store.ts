import { describe, expect, test } from "bun:test"
import type { Accepted, InboxStore } from "../../src/inbox/store.ts"
import type { OpenStore } from "./store.ts"

const entry = (id: string, more: Partial<Accepted> = {}, message: object = {}): Accepted => ({
  runId: `run-${id}`,
  sessionKey: "agent:main:main",
  agentId: "main",
  acceptedAt: 1,
  message: {
    channel: "webchat",
    account: "default",
    chat: "main",
    id,
    sender: { kind: "person", id: "p" },
    text: `text ${id}`,
    ...message,
  },
  ...more,
})

/** What every keeper of accepted messages owes. */
export const inboxStoreContract = (name: string, open: OpenStore<InboxStore>) =>
  describe(`${name} keeps the inbox`, () => {
    test("a message is new once; a second copy gives the first, and how it stands", async () => {
      await using at = await open()
      expect(await at.store.accept(entry("1"))).toEqual({ entry: entry("1"), state: "new" })
      const copy = entry("1", { runId: "another", acceptedAt: 9 })
      expect(await at.store.accept(copy)).toEqual({ entry: entry("1"), state: "running" })
      await at.store.settle("run-1", 5)
      expect(await at.store.accept(copy)).toEqual({ entry: entry("1"), state: "done" })
    })

    test("of copies that come at the same time one is new", async () => {
      await using at = await open()
      const copies = ["a", "b", "c", "d"].map((runId) => at.store.accept(entry("1", { runId })))
      const states = (await Promise.all(copies)).map(({ state }) => state)
      expect(states.filter((state) => state === "new")).toHaveLength(1)
    })

    test("a message is told from others by channel, account, chat and id together", async () => {
      await using at = await open()
      const places = [
        {},
        { channel: "telegram" },
        { account: "work" },
        { chat: "other" },
        { id: "2" },
      ]
      for (const [run, place] of places.entries())
        expect((await at.store.accept(entry("1", { runId: `r${run}` }, place))).state).toBe("new")
    })

    test("what was accepted is there after the process ended, oldest first, until it is settled", async () => {
      await using at = await open()
      await at.store.accept(entry("late", { acceptedAt: 20 }))
      await at.store.accept(entry("early", { acceptedAt: 10 }))
      await at.store.accept(entry("done", { acceptedAt: 5 }))
      await at.store.settle("run-done", 6)
      await at.reopen()
      expect((await at.store.unanswered()).map(({ runId }) => runId)).toEqual([
        "run-early",
        "run-late",
      ])
      expect((await at.store.unanswered())[0]).toEqual(entry("early", { acceptedAt: 10 }))
    })

    test("what a turn takes along is known by it, settled with it, and free again when it is released", async () => {
      await using at = await open()
      for (const id of ["1", "2", "3"]) await at.store.accept(entry(id))
      await at.store.merge(["run-2"], "run-1", false)
      await at.store.merge(["run-3"], "run-1", true)
      expect(await at.store.answeredBy("run-2")).toBe("run-1")
      expect(await at.store.answeredBy("run-1")).toBeNull()
      expect(await at.store.answeredBy("nobody")).toBeNull()
      expect(
        (await at.store.unanswered()).map(({ answeredBy, midway }) => [answeredBy, midway]),
      ).toEqual([
        [undefined, undefined],
        ["run-1", false],
        ["run-1", true],
      ])
      await at.store.release("run-3")
      await at.store.settle("run-1", 5)
      expect((await at.store.unanswered()).map(({ runId }) => runId)).toEqual(["run-3"])
      expect(await at.store.answeredBy("run-2")).toBe("run-1")
    })

    test("settling twice keeps the first time, and settling what is unknown does nothing", async () => {
      await using at = await open()
      await at.store.accept(entry("1"))
      await at.store.settle("run-1", 5)
      await at.store.settle("run-1", 50)
      await at.store.settle("nobody", 5)
      expect(await at.store.prune(6)).toBe(1)
    })

    test("only old answers are forgotten; then the same message is new again", async () => {
      await using at = await open()
      for (const id of ["old", "fresh", "open"]) await at.store.accept(entry(id))
      await at.store.settle("run-old", 10)
      await at.store.settle("run-fresh", 20)
      expect(await at.store.prune(20)).toBe(1)
      const again = await Promise.all(
        ["old", "fresh", "open"].map((id) => at.store.accept(entry(id, { runId: `again-${id}` }))),
      )
      expect(again.map(({ state }) => state)).toEqual(["new", "done", "running"])
    })
  })
