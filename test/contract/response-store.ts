import { describe, expect, test } from "bun:test"
import { ended } from "../../src/v1/responses-object.ts"
import type { Kept, ResponseStore } from "../../src/v1/responses-store.ts"
import type { OpenStore } from "./store.ts"

const response = (id: string) =>
  ended(
    { id, createdAt: 0, request: { input: "Hi" } },
    [{ type: "message", id: `msg_${id}`, status: "completed", role: "assistant", content: [] }],
    { end: { finish: "stop", usage: undefined }, at: 0 },
  )

const kept = (id: string, more: Partial<Kept> = {}): Kept => ({
  id,
  caller: "ada",
  agentId: "main",
  endUser: null,
  previousId: null,
  input: [{ role: "user", parts: [{ type: "text", text: id }] }],
  response: response(id),
  ...more,
})
const ada = { caller: "ada" }

/** What whoever keeps responses owes those that go on from them. */
export const responseStoreContract = (engine: string, open: OpenStore<ResponseStore>) =>
  describe(`responses kept by ${engine}`, () => {
    test("are found by their owner as they were, by nobody else, also after a restart", async () => {
      await using opened = await open()
      await opened.store.keep(kept("a", { endUser: "eve" }), 1)
      await opened.reopen()
      const { store } = opened
      expect(await store.find("a", ada)).toEqual(kept("a", { endUser: "eve" }))
      expect(await store.find("b", ada)).toBeNull()
      for (const asker of [
        { caller: "bob" },
        { ...ada, agentId: "other" },
        { ...ada, endUser: "mal" },
        { ...ada, endUser: null },
      ]) {
        expect(await store.find("a", asker)).toBeNull()
        expect(await store.item("msg_a", asker)).toBeNull()
        expect(await store.chain("a", asker, 2)).toBeNull()
        expect(await store.remove("a", asker)).toBeFalse()
      }
      expect(await store.item("msg_a", ada)).toEqual(response("a").output[0]!)
    })

    test("are chains, the first one first, and none where a link is missing", async () => {
      await using opened = await open()
      const { store } = opened
      await store.keep(kept("a"), 1)
      await store.keep(kept("b", { previousId: "a" }), 2)
      await store.keep(kept("c", { previousId: "b" }), 3)
      await store.keep(kept("fork", { previousId: "a" }), 4)
      const ids = async (id: string) => (await store.chain(id, ada, 5))?.map((one) => one.id)
      expect(await ids("c")).toEqual(["a", "b", "c"])
      expect(await ids("fork")).toEqual(["a", "fork"])
      expect(await store.remove("b", ada)).toBeTrue()
      expect(await ids("c")).toBeUndefined()
      expect(await ids("a")).toEqual(["a"])
      expect(await store.item("msg_b", ada)).toBeNull()
    })

    test("are forgotten when nobody used them for long, or when there are too many", async () => {
      await using opened = await open()
      const { store } = opened
      for (const [at, id] of ["a", "b", "c", "d"].entries()) await store.keep(kept(id), at)
      await store.chain("a", ada, 10)
      expect(await store.prune(2, 100)).toBe(1)
      expect(await store.find("b", ada)).toBeNull()
      expect(await store.prune(0, 2)).toBe(1)
      expect(await store.find("c", ada)).toBeNull()
      expect(await store.find("a", ada)).not.toBeNull()
    })
  })
