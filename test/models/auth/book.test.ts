import { expect, test } from "bun:test"
import { createAuthStore } from "../../../src/models/auth/store.ts"
import { restsUntil } from "../../../src/models/auth/profile.ts"
import { turnableClock } from "../../support/turnable-clock.ts"
import { bookOn, freshStore, keyProfile, memoryDatabase } from "./sign-ins.ts"

const minute = 60_000

test("a restart forgets nothing: profiles, rests, orders and which one was good last", async () => {
  const store = freshStore()
  const clock = turnableClock()
  const book = await bookOn(store, { clock })
  const [a, b] = [keyProfile("openai:a"), keyProfile("openai:b")]
  for (const profile of [a, b]) await book.save(profile)
  await book.failed(a, { class: "rate" })
  await book.failed(a, { class: "rate" })
  await book.worked(b)
  await book.setOrder("main", "openai", ["openai:b", "openai:a"])

  const again = await bookOn(store, { clock })
  expect(again.ordered("main", "openai").map(({ id }) => id)).toEqual(["openai:b", "openai:a"])
  expect(restsUntil(again.find("main", "openai:a")!, clock.now())).toBe(clock.now() + 5 * minute)
  expect(again.choice("main", "openai")).toMatchObject({ lastGood: "openai:b" })
  expect(again.find("main", "openai:b")!.credential).toEqual(b.credential)
  clock.turn(5 * minute)
  await again.failed(a, { class: "rate" })
  expect(restsUntil(again.find("main", "openai:a")!, clock.now())).toBe(clock.now() + 25 * minute)
})

test("agents have profiles of their own, and the main agent's where they have none of the name", async () => {
  const book = await bookOn(freshStore())
  await book.save(keyProfile("openai:a"))
  await book.save(keyProfile("openai:b"))
  await book.save(keyProfile("openai:b", { agentId: "ops" }))
  await book.save(keyProfile("openai:c", { agentId: "other" }))
  const owners = (agent: string) => book.of(agent).map(({ agentId, id }) => `${agentId}/${id}`)
  expect(owners("ops").toSorted()).toEqual(["main/openai:a", "ops/openai:b"])
  expect(owners("main").toSorted()).toEqual(["main/openai:a", "main/openai:b"])
  expect(book.find("ops", "openai:c")).toBeUndefined()
  await book.remove("ops", "openai:b")
  expect(owners("ops").toSorted()).toEqual(["main/openai:a", "main/openai:b"])
})

test("a rest of the main agent's profile counts for every agent that uses it", async () => {
  const clock = turnableClock()
  const book = await bookOn(freshStore(), { clock })
  await book.save(keyProfile("openai:a"))
  await book.failed(book.find("ops", "openai:a")!, { class: "billing" })
  expect(restsUntil(book.find("main", "openai:a")!, clock.now())).toBeGreaterThan(clock.now())
})

test("a row that cannot be read is no profile, and the others are there", async () => {
  const db = memoryDatabase()
  const store = createAuthStore(db)
  for (const id of ["openai:a", "openai:b", "openai:c"]) await store.save(keyProfile(id))
  db.sqlite.run("UPDATE auth_profiles SET credential = '{' WHERE profile_id = 'openai:a'")
  db.sqlite.run("UPDATE auth_profiles SET usage = '[1]' WHERE profile_id = 'openai:b'")
  const book = await bookOn(store)
  expect(book.of("main").map(({ id, usage }) => [id, usage.errorCount])).toEqual([
    ["openai:b", 0],
    ["openai:c", 0],
  ])
})

test("a profile that was removed meanwhile is not brought back by how its last call went", async () => {
  const store = freshStore()
  const book = await bookOn(store)
  const gone = keyProfile("openai:a")
  await book.save(gone)
  await book.remove("main", "openai:a")
  await book.failed(gone, { class: "rate" })
  await book.worked(gone)
  expect(book.of("main")).toEqual([])
  expect((await bookOn(store)).of("main")).toEqual([])
})

test("a profile that does well is not written for every turn", async () => {
  const written: string[] = []
  const inner = freshStore()
  const store = {
    ...inner,
    saveUsage: async (...args: Parameters<typeof inner.saveUsage>) => {
      written.push(args[0].id)
      await inner.saveUsage(...args)
    },
  }
  const clock = turnableClock()
  const book = await bookOn(store, { clock })
  await book.save(keyProfile("openai:a"))
  for (let turn = 0; turn < 100; turn++) {
    clock.turn(100)
    await book.worked(book.find("main", "openai:a")!)
  }
  expect(written).toHaveLength(1)
  expect(book.find("main", "openai:a")!.usage.lastUsed).toBe(clock.now())
})

test("a full disk keeps nobody from resting, and no turn from its end", async () => {
  const full = () => Promise.reject(new Error("disk full"))
  const clock = turnableClock()
  const book = await bookOn({ ...freshStore(), saveUsage: full, choose: full }, { clock })
  const profile = keyProfile("openai:a")
  await book.save(profile)
  await book.failed(profile, { class: "rate" })
  expect(restsUntil(book.find("main", "openai:a")!, clock.now())).toBe(clock.now() + minute)
  await book.worked(profile)
  expect(restsUntil(book.find("main", "openai:a")!, clock.now())).toBeUndefined()
  await expect(book.setOrder("main", "openai", ["openai:a"])).rejects.toThrow("disk full")
  expect(book.choice("main", "openai")).toBeUndefined()
})

test("renewed tokens count also when the disk is full: the old ones may be worth nothing", async () => {
  const store = freshStore()
  const tokens = (access: string) => ({ type: "oauth" as const, access, refresh: "r", expires: 1 })
  const profile = keyProfile("openai:a", { credential: tokens("old") })
  await store.save(profile)
  const book = await bookOn({ ...store, save: () => Promise.reject(new Error("disk full")) })
  await book.renew(book.find("main", "openai:a")!, tokens("new"))
  expect(book.find("main", "openai:a")!.credential).toMatchObject({ access: "new" })
})
