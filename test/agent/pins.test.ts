/** Contract 17 §3: which profile a session keeps to, and the keys of the environment. */
import { expect, test } from "bun:test"
import { Candidates } from "../../src/agent/candidates.ts"
import type { Fault } from "../../src/kernel/fault.ts"
import type { ModelAuth } from "../../src/models/auth/service.ts"
import { rateLimited, unauthorized } from "../../src/models/faults.ts"
import type { SessionOverrides } from "../../src/sessions/overrides.ts"
import { authWith, bookOn, freshStore, keyProfile } from "../models/auth/sign-ins.ts"
import { modelsFor } from "../models/models-for.ts"
import { turnableClock } from "../support/turnable-clock.ts"

const acme = { baseUrl: "http://127.0.0.1:9/v1" }
const config = { mode: "replace", providers: { acme, other: acme } }
const called = { provider: "acme", model: "one" }
const slowDown = rateLimited(called)
const refused = unauthorized({ ...called, key: "x" })

const setUp = async ({
  profiles = [] as string[],
  env = {} as Record<string, string>,
  pin = undefined as SessionOverrides["authProfile"],
  refs = ["acme/one", "other/two"],
} = {}) => {
  const clock = turnableClock()
  const book = await bookOn(freshStore(), { clock })
  for (const id of profiles) await book.save(keyProfile(id))
  const auth: ModelAuth = authWith(book)
  const models = modelsFor({ config, env, clock, auth: () => auth })
  const kept: string[] = []
  const begin = (now = pin) =>
    new Candidates({
      refs,
      agentId: "main",
      pin: now,
      models,
      clock,
      signal: new AbortController().signal,
      tell: () => {},
      keepTo: (id) => kept.push(id),
    })
  /** The ways one turn goes while each call ends so; what answers last ends it. */
  const turn = async (faults: readonly Fault<never>[], now = pin) => {
    const candidates = begin(now)
    const tried: string[] = []
    for (const fault of [...faults, undefined]) {
      const { provider, way } = await candidates.next()
      tried.push(way?.id ?? provider)
      if (fault) await candidates.failed(fault)
      else candidates.worked()
    }
    return tried
  }
  return { turn, kept, clock, book }
}
const faults = (...list: unknown[]) => list as Fault<never>[]

test("a session keeps to the profile that answered, and to the next when that rests", async () => {
  const place = await setUp({ profiles: ["acme:a", "acme:b"] })
  expect(await place.turn([])).toEqual(["acme:a"])
  expect(place.kept).toEqual(["acme:a"])
  const auto = { id: "acme:a", source: "auto" as const }
  // By its use it would be b's turn.
  expect(await place.turn([], auto)).toEqual(["acme:a"])
  expect(await place.turn(faults(slowDown), auto)).toEqual(["acme:a", "acme:b"])
  expect(place.kept).toEqual(["acme:a", "acme:b"])
  expect(await place.turn([], auto)).toEqual(["acme:b"])
})

test("a profile that a person picked is never left for another: the next model answers", async () => {
  const pin = { id: "acme:b", source: "user" as const }
  const place = await setUp({ profiles: ["acme:a", "acme:b"], pin })
  expect(await place.turn(faults(refused))).toEqual(["acme:b", "other"])
  expect(await place.turn([])).toEqual(["other"])
  expect(place.kept).toEqual([])
})

test("a picked profile that is gone is not replaced unasked either", async () => {
  const pin = { id: "acme:gone", source: "user" as const }
  const place = await setUp({ profiles: ["acme:a"], pin })
  expect(await place.turn([])).toEqual(["other"])
})

test("a profile of a model further down the list is not kept to", async () => {
  const place = await setUp({ profiles: ["other:a"] })
  expect(await place.turn(faults(refused))).toEqual(["acme", "other:a"])
  expect(place.kept).toEqual([])
})

const env = { ACME_API_KEY: "k1", ACME_API_KEYS: "k1, k2", ACME_API_KEY_7: "k3" }

test("keys of the environment take turns when the provider asks to slow down", async () => {
  const place = await setUp({ env })
  const [first, second, third] = ["ACME_API_KEY", "ACME_API_KEYS#2", "ACME_API_KEY_7"]
  expect(await place.turn(faults(slowDown, slowDown))).toEqual([first!, second!, third!])
  expect(await place.turn([])).toEqual([third!])
  place.clock.turn(60_000)
  expect(await place.turn([])).toEqual([first!])
})

test("for any other failure another key of the environment is no help", async () => {
  const place = await setUp({ env })
  expect(await place.turn(faults(refused))).toEqual(["ACME_API_KEY", "other"])
})

test("one key alone never rests: there is nothing to take its place", async () => {
  const place = await setUp({ env: { ACME_API_KEY: "k1" } })
  expect(await place.turn(faults(slowDown))).toEqual(["ACME_API_KEY", "other"])
  expect(await place.turn([])).toEqual(["ACME_API_KEY"])
})

test("a profile goes before the environment, which is not used in its place", async () => {
  const place = await setUp({ env, profiles: ["acme:a"] })
  expect(await place.turn(faults(slowDown))).toEqual(["acme:a", "other"])
})
