import { afterAll, beforeAll, describe, expect, test } from "bun:test"
import fc from "fast-check"
import { methods } from "../../src/registry.ts"
import { startGateway, type TestGateway } from "../support/gateway.ts"
import { attempt, connectWith, rawSocket, refusalOf } from "../support/raw-socket.ts"
import { turnableClock } from "../support/turnable-clock.ts"

let gateway: TestGateway
beforeAll(async () => {
  gateway = await startGateway()
})
afterAll(() => gateway[Symbol.asyncDispose]())

const client = { id: "test", version: "1", platform: "linux", mode: "test" }
const request = (method: string, params: unknown) => ({ type: "req", id: "1", method, params })

describe("a first frame that is not connect", () => {
  test.each([
    ["text that is no JSON", "hello"],
    ["an empty frame", ""],
    ["a list", "[]"],
    ["null", "null"],
    ["an event", { type: "event", event: "connect", payload: connectWith() }],
    ["a response", { type: "res", id: "1", ok: true, payload: {} }],
    ["a request without id", { type: "req", method: "connect", params: connectWith() }],
    ["an empty id", { type: "req", id: "", method: "connect", params: connectWith() }],
    ["a frame with one property too many", { ...request("connect", connectWith()), x: 1 }],
    [
      "connect in bytes",
      new TextEncoder().encode(JSON.stringify(request("connect", connectWith()))),
    ],
    ["Connect", request("Connect", connectWith())],
  ])("is closed: %s", async (_, frame) => {
    await using socket = await rawSocket(gateway.wsUrl)
    socket.send(frame)
    expect(await socket.closed).toEqual({
      code: 1008,
      reason: "invalid handshake: first request must be connect",
    })
    expect(socket.frames.some(({ ok }) => ok)).toBe(false)
  })

  test("is closed for every method there is, and nothing is answered", async () => {
    for (const { name, example } of methods) {
      await using socket = await rawSocket(gateway.wsUrl)
      const answer = await socket.request(name, example)
      expect(answer?.ok, name).toBe(false)
      expect(answer?.error, name).toMatchObject({
        code: "INVALID_REQUEST",
        message: "invalid handshake: first request must be connect",
      })
      expect((await socket.closed).code, name).toBe(1008)
    }
  })
})

test("after a refused connect every method is closed to the socket, too", async () => {
  await using socket = await rawSocket(gateway.wsUrl)
  socket.send(request("connect", connectWith({ auth: { token: "wrong-but-long-enough" } })))
  for (const { name, example } of methods)
    socket.send({ type: "req", id: name, method: name, params: example })
  expect((await socket.closed).code).toBe(1008)
  expect(socket.frames.filter(({ ok }) => ok)).toEqual([])
})

test("a frame over 64 KiB before sign-in is closed with 1009", async () => {
  await using socket = await rawSocket(gateway.wsUrl)
  socket.send(request("connect", connectWith({ pathEnv: "x".repeat(70_000) })))
  expect((await socket.closed).code).toBe(1009)
})

test("connect is no method of a connection that is already in", async () => {
  await using socket = await attempt(gateway.wsUrl)
  const again = await socket.request("connect", connectWith())
  expect(again?.error.message).toBe("unknown method: connect")
})

test.each([
  [3, 3, 3],
  [4, 4, 4],
  [3, 4, 4],
  [1, 99, 4],
  [1, 3, 3],
  [1, 2, undefined],
  [5, 9, undefined],
  [4, 3, undefined],
])("a client that speaks %p to %p gets protocol %p", async (minProtocol, maxProtocol, protocol) => {
  await using socket = await attempt(gateway.wsUrl, connectWith({ minProtocol, maxProtocol }))
  if (protocol) return expect(socket.answer?.payload.protocol).toBe(protocol)
  expect(socket.answer?.error).toMatchObject({
    message: "protocol mismatch",
    details: { code: "PROTOCOL_MISMATCH", expectedProtocol: 4 },
  })
  expect(await socket.closed).toEqual({ code: 1002, reason: "protocol mismatch" })
})

test.each([
  ["operator", "let in"],
  [" Operator ", "let in"],
  ["OPERATOR", "let in"],
  ["admin", "INVALID_REQUEST INVALID_ROLE 1008"],
  ["", "INVALID_REQUEST INVALID_ROLE 1008"],
  ["node", "NOT_PAIRED DEVICE_IDENTITY_REQUIRED 1008"],
])("role %p: %s", async (role, outcome) => {
  await using socket = await attempt(gateway.wsUrl, connectWith({ role }))
  expect(await refusalOf(socket)).toBe(outcome)
})

test.each([
  ["an unknown property", { x: 1 }],
  ["an unknown property of client", { client: { ...client, x: 1 } }],
  ["an unknown property of auth", { auth: { token: "t", x: 1 } }],
  [
    "an unknown property of device",
    { device: { id: "", publicKey: "", signature: "", signedAt: 0, nonce: "", x: 1 } },
  ],
  ["half a device", { device: { id: "x" } }],
  ["no client", { client: undefined }],
  ["a client of an unknown id", { client: { ...client, id: "evil" } }],
  ["a client id that only looks like ours", { client: { ...client, id: "tеst" } }],
  ["a client of an unknown mode", { client: { ...client, mode: "operator" } }],
  ["a blank client id", { client: { ...client, id: " " } }],
  ["protocol 0", { minProtocol: 0 }],
  ["a protocol in words", { maxProtocol: "4" }],
  ["no protocol", { minProtocol: undefined }],
  ["scopes in one string", { scopes: "operator.admin" }],
  ["a role that is a number", { role: 1 }],
  ["a token that is an object", { auth: { token: {} } }],
  ["permissions that are no yes or no", { permissions: { camera: "yes" } }],
])("%s is refused as invalid connect params", async (_, more) => {
  await using socket = await attempt(gateway.wsUrl, connectWith(more))
  expect(socket.answer?.error.message).toStartWith("invalid connect params: at ")
  expect(await refusalOf(socket)).toBe("INVALID_REQUEST INVALID_CONNECT_PARAMS 1008")
})

test.each(["params missing", "params null", "params a list"])("%s", async (what) => {
  await using socket = await rawSocket(gateway.wsUrl)
  const params = { "params missing": undefined, "params null": null, "params a list": [] }[what]
  const answer = await socket.request("connect", params)
  expect(answer?.error.details.code).toBe("INVALID_CONNECT_PARAMS")
})

test.each(["TEST", " test ", "Test"])("client id and mode count in any case: %p", async (word) => {
  const named = { ...client, id: word, mode: word }
  await using socket = await attempt(gateway.wsUrl, connectWith({ client: named }))
  expect(socket.answer?.ok).toBe(true)
})

test("a key named __proto__ changes nothing but the answer", async () => {
  const text = JSON.stringify(request("connect", connectWith({ permissions: {} })))
  await using socket = await rawSocket(gateway.wsUrl)
  socket.send(
    text.replace('"permissions":{}', '"permissions":{"__proto__":true},"__proto__":{"polluted":1}'),
  )
  await socket.until(({ type }) => type === "res")
  expect(({} as { polluted?: number }).polluted).toBeUndefined()
})

test("every socket gets a nonce of its own and a whole number of milliseconds", async () => {
  const sockets = await Promise.all(Array.from({ length: 20 }, () => rawSocket(gateway.wsUrl)))
  expect(new Set(sockets.map(({ nonce }) => nonce)).size).toBe(20)
  expect(Number.isSafeInteger(sockets[0]!.frames[0]!.payload.ts)).toBe(true)
  for (const socket of sockets) socket.close()
})

test("a socket that says nothing is closed after the handshake time", async () => {
  const clock = turnableClock()
  await using slow = await startGateway({ start: { clock } })
  await using silent = await rawSocket(slow.wsUrl)
  await using member = await attempt(slow.wsUrl)
  clock.turn(14_999)
  clock.turn(1)
  expect(await silent.closed).toEqual({ code: 1008, reason: "handshake timeout" })
  expect((await member.request("health", {}))?.ok).toBe(true)
})

test("no frame that is not a whole, valid connect ever gives authority", async () => {
  const whole = JSON.stringify(request("connect", connectWith()))
  const cut = fc.integer({ min: 0, max: whole.length - 1 }).map((at) => whole.slice(0, at))
  const doubled = fc.constant(whole + whole)
  const wrong = fc
    .string({ maxLength: 64 })
    .map((token) => JSON.stringify(request("connect", connectWith({ auth: { token } }))))
  const other = fc.json()
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.oneof(cut, doubled, wrong, other), { minLength: 1, maxLength: 4 }),
      async (frames) => {
        await using socket = await rawSocket(gateway.wsUrl)
        for (const frame of frames) socket.send(frame)
        socket.send(request("health", {}))
        await socket.closed
        expect(socket.frames.filter(({ ok }) => ok)).toEqual([])
      },
    ),
    { numRuns: 60 },
  )
})
