import { afterAll, beforeAll, expect, test } from "bun:test"
import fc from "fast-check"
import { methods } from "../../src/registry.ts"
import { startGateway, testToken, type TestGateway } from "../support/gateway.ts"
import { rawDevice } from "../support/raw-device.ts"
import { connectWith, rawSocket } from "../support/raw-socket.ts"

let gateway: TestGateway
/** A whole, well signed connect, made for the nonce of a socket that is gone. */
let replayed: string
beforeAll(async () => {
  gateway = await startGateway()
  await using earlier = await rawSocket(gateway.wsUrl)
  const fields = { auth: { token: testToken }, nonce: earlier.nonce, signedAt: Date.now() }
  replayed = connect(rawDevice().connect({ ...fields, scopes: ["operator.admin"] }))
})
afterAll(() => gateway[Symbol.asyncDispose]())

const frame = (method: string, params: unknown, id = "1") =>
  JSON.stringify({ type: "req", id, method, params })
const connect = (params: unknown) => frame("connect", params, "connect")
const whole = (scopes = ["operator.admin"]) => connect(connectWith({ scopes }))

const cut = fc.nat(whole().length - 1).map((at) => whole().slice(0, at))
const torn = fc.nat(whole().length - 1).map((at) => whole().slice(at + 1))
const doubled = fc.constantFrom(whole() + whole(), `${whole()},`, `[${whole()}]`)
const inBytes = fc.constant(new TextEncoder().encode(whole()))
const wrong = fc
  .string({ maxLength: 80 })
  .filter((token) => token !== testToken)
  .map((token) => connect(connectWith({ auth: { token } })))
const replay = fc.constant("replay")
const call = fc.constantFrom(...methods).map(({ name, example }) => frame(name, example))
const other = fc.oneof(
  fc.json(),
  fc
    .record({ type: fc.constantFrom("res", "event"), id: fc.string() })
    .map((o) => JSON.stringify(o)),
)
const worthless = fc.oneof(cut, torn, doubled, inBytes, wrong, replay, call, other)

type Said = string | Uint8Array<ArrayBuffer>

/** Says all of it at once, then one call more; gives what the gateway granted. */
const afterSaying = async (frames: readonly Said[]) => {
  await using socket = await rawSocket(gateway.wsUrl)
  for (const said of frames) socket.send(said === "replay" ? replayed : said)
  socket.send(frame("health", {}, "last"))
  await socket.until(({ id }) => id === "last")
  return socket.frames.filter(({ ok }) => ok)
}

test("frames in any order, cut, doubled, replayed or made up give no authority", async () => {
  const sequences = fc.array(worthless, { minLength: 1, maxLength: 6 })
  await fc.assert(
    fc.asyncProperty(sequences, async (frames) => {
      expect(await afterSaying(frames)).toEqual([])
    }),
    { numRuns: 150 },
  )
}, 60_000)

test("a whole connect counts as the first frame only", async () => {
  const late = fc.tuple(
    fc.array(worthless, { minLength: 1, maxLength: 3 }),
    fc.array(worthless, { maxLength: 3 }),
  )
  await fc.assert(
    fc.asyncProperty(late, async ([before, after]) => {
      expect(await afterSaying([...before, whole(), ...after])).toEqual([])
    }),
    { numRuns: 60 },
  )
}, 60_000)

test("connect said twice at once lets nobody in with both", async () => {
  const granted = await afterSaying([whole(["operator.read"]), whole(["operator.admin"])])
  expect(granted.filter(({ payload }) => payload.type === "hello-ok").length).toBeLessThan(2)
  expect(JSON.stringify(granted)).not.toContain('operator.admin"]')
})

test("once in, no further connect widens what the first was granted", async () => {
  const more = fc.array(fc.oneof(fc.constant(whole()), wrong, replay, doubled), { maxLength: 4 })
  await fc.assert(
    fc.asyncProperty(more, async (frames) => {
      await using socket = await rawSocket(gateway.wsUrl)
      socket.send(whole(["operator.read"]))
      await socket.until(({ id }) => id === "connect")
      for (const said of frames) socket.send(said === "replay" ? replayed : said)
      const answer = await socket.request("system-event", { text: "x" })
      expect(answer?.error.details.code).toBe("MISSING_SCOPE")
      expect((await socket.request("health", {}))?.ok).toBe(true)
    }),
    { numRuns: 40 },
  )
}, 60_000)
