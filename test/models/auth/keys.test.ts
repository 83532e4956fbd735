import { describe, expect, test } from "bun:test"
import { createKeys, type Refresh } from "../../../src/models/auth/keys.ts"
import { healthOf } from "../../../src/models/auth/health.ts"
import { tokenServer } from "../../../src/models/auth/faults.ts"
import type { Credential, OAuth } from "../../../src/models/auth/profile.ts"
import { turnableClock } from "../../support/turnable-clock.ts"
import { bookOn, freshStore, keyProfile } from "./sign-ins.ts"

const minute = 60_000
const wanted = { agentId: "main", id: "acme:default" }

const setUp = async (
  credential: (now: number) => Credential,
  { refresh, resolve }: { refresh?: Refresh; resolve?: () => Promise<string> } = {},
) => {
  const clock = turnableClock()
  const store = freshStore()
  const book = await bookOn(store, { clock })
  await book.save(keyProfile(wanted.id, { credential: credential(clock.now()) }))
  let asked = 0
  const keys = createKeys({
    book,
    clock,
    resolve: resolve ?? (async () => "fetched-key"),
    refresh: async (...args) => {
      asked++
      if (refresh) return refresh(...args)
      return { tokens: tokens(clock.now(), `access-${asked + 1}`, 60) }
    },
  })
  return {
    keys,
    book,
    clock,
    store,
    get asked() {
      return asked
    },
  }
}

const tokens = (now: number, access = "access-1", minutes = 60): OAuth => ({
  type: "oauth",
  access,
  refresh: "refresh-1",
  expires: now + minutes * minute,
})

describe("tokens", () => {
  test("are sent as they are while they last, and renewed before they end", async () => {
    const place = await setUp((now) => tokens(now))
    expect(await place.keys.current(wanted)).toEqual({ key: "access-1", bearer: true })
    place.clock.turn(54 * minute)
    expect((await place.keys.current(wanted)).key).toBe("access-1")
    place.clock.turn(2 * minute)
    expect((await place.keys.current(wanted)).key).toBe("access-2")
    expect(place.asked).toBe(1)
    const again = await bookOn(place.store)
    expect(again.find("main", wanted.id)!.credential).toMatchObject({
      access: "access-2",
      refresh: "refresh-1",
    })
  })

  test("are renewed once, however many calls wait for them", async () => {
    const place = await setUp((now) => tokens(now, "old", 0))
    const all = await Promise.all(Array.from({ length: 50 }, () => place.keys.current(wanted)))
    expect(new Set(all.map(({ key }) => key))).toEqual(new Set(["access-2"]))
    expect(place.asked).toBe(1)
  })

  test("a no for good keeps the profile, says to sign in again, and is not asked twice", async () => {
    const place = await setUp((now) => tokens(now, "old", 0), {
      refresh: async () => ({ refused: "invalid_grant", said: "Token has been revoked." }),
    })
    for (let turn = 0; turn < 3; turn++)
      await expect(place.keys.current(wanted)).rejects.toMatchObject({
        code: "models.sign-in-again",
      })
    const profile = place.book.find("main", wanted.id)!
    expect(healthOf(profile, place.clock.now())).toBe("refresh-required")
    expect(profile.credential).toMatchObject({ refresh: "refresh-1" })
    await expect(place.keys.current(wanted)).rejects.toThrow("Token has been revoked")
    expect(place.asked).toBe(1)
  })

  test("a server that is away for a moment changes nothing, and is asked again", async () => {
    const place = await setUp((now) => tokens(now, "old", 3), {
      refresh: async () => {
        throw tokenServer({ provider: "acme", what: "it answered 503" })
      },
    })
    expect((await place.keys.current(wanted)).key).toBe("old")
    place.clock.turn(4 * minute)
    await expect(place.keys.current(wanted)).rejects.toMatchObject({ code: "models.token-server" })
    expect(place.asked).toBe(2)
    expect(healthOf(place.book.find("main", wanted.id)!, place.clock.now())).toBe("ok")
  })

  test("one that the provider refused is renewed, however long it would last", async () => {
    const place = await setUp((now) => tokens(now))
    place.keys.refused(wanted)
    expect((await place.keys.current(wanted)).key).toBe("access-2")
  })

  test("a sign-in made while the old tokens were renewed is not overwritten by them", async () => {
    const release = Promise.withResolvers<void>()
    const place = await setUp((now) => tokens(now, "old", 0), {
      refresh: async () => {
        await release.promise
        return { tokens: tokens(9e15, "renewed") }
      },
    })
    const asked = place.keys.current(wanted)
    await place.book.save(
      keyProfile(wanted.id, { credential: tokens(place.clock.now(), "signed-in-anew") }),
    )
    release.resolve()
    expect((await asked).key).toBe("signed-in-anew")
    expect((await place.keys.current(wanted)).key).toBe("signed-in-anew")
  })

  test("without a refresh token they end when they end", async () => {
    const place = await setUp((now) => ({ type: "oauth", access: "a", expires: now + minute }))
    expect((await place.keys.current(wanted)).key).toBe("a")
    place.clock.turn(minute)
    await expect(place.keys.current(wanted)).rejects.toThrow("it has expired")
  })
})

test("a key kept elsewhere is fetched now and then, and anew when the provider refused it", async () => {
  let fetched = 0
  const place = await setUp(() => ({ type: "api_key", keyRef: { source: "env", id: "ACME" } }), {
    resolve: async () => `key-${++fetched}`,
  })
  expect(await place.keys.current(wanted)).toEqual({ key: "key-1", bearer: false })
  expect((await place.keys.current(wanted)).key).toBe("key-1")
  place.keys.refused(wanted)
  expect((await place.keys.current(wanted)).key).toBe("key-2")
  place.clock.turn(5 * minute)
  expect((await place.keys.current(wanted)).key).toBe("key-3")
})

test("a reference that leads nowhere is closed, and tried again", async () => {
  let works = false
  const place = await setUp(() => ({ type: "token", tokenRef: { source: "env", id: "ACME" } }), {
    resolve: async () => (works ? "good" : Promise.reject(new Error("no such variable"))),
  })
  await expect(place.keys.current(wanted)).rejects.toThrow("no such variable")
  works = true
  expect(await place.keys.current(wanted)).toEqual({ key: "good", bearer: true })
})

test.each([
  ["api_key", "   "],
  ["token", ""],
])("a blank %s is no key", async (type, value) => {
  const place = await setUp(() =>
    type === "api_key" ? { type, key: value } : { type: "token", token: value },
  )
  await expect(place.keys.current(wanted)).rejects.toThrow("it holds no key")
})

test("a token past its end is not sent", async () => {
  const place = await setUp((now) => ({ type: "token", token: "t", expires: now + minute }))
  expect((await place.keys.current(wanted)).key).toBe("t")
  place.clock.turn(minute)
  await expect(place.keys.current(wanted)).rejects.toThrow("its token has expired")
})
