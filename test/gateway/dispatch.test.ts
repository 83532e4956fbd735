import { afterAll, beforeAll, describe, expect, test } from "bun:test"
import fc from "fast-check"
import { z } from "zod"
import { createDispatch } from "../../src/gateway/dispatch.ts"
import { tableOf } from "../../src/gateway/method-table.ts"
import type { Log } from "../../src/kernel/log.ts"
import { type Caller, type Scope, method } from "../../src/kernel/method.ts"
import { methods } from "../../src/registry.ts"
import { offline, startGateway, testToken, type TestGateway } from "../support/gateway.ts"
import { rawDevice } from "../support/raw-device.ts"
import { attempt, connectWith, type Attempt } from "../support/raw-socket.ts"
import { uncounted } from "../support/uncounted.ts"

let gateway: TestGateway
let socket: Attempt
beforeAll(async () => {
  gateway = await startGateway({ config: offline })
  socket = await attempt(gateway.wsUrl)
})
afterAll(async () => {
  await socket[Symbol.asyncDispose]()
  await gateway[Symbol.asyncDispose]()
})

const asScopes = (words: readonly string[]) => words.map((word) => `operator.${word}`)

describe("scopes", () => {
  const grants: [holder: string, scopes: string[], may: Scope[]][] = [
    ["nobody", [], []],
    ["read", ["read"], ["read"]],
    ["write", ["write"], ["read", "write"]],
    ["admin", ["admin"], ["read", "write", "admin", "pairing", "approvals"]],
    ["pairing", ["pairing"], ["pairing"]],
    ["approvals", ["approvals"], ["approvals"]],
  ]
  test.each(grants)("%s may call just the methods of its scopes", async (_, scopes, may) => {
    await using client = await attempt(gateway.wsUrl, connectWith({ scopes: asScopes(scopes) }))
    for (const { name, scope } of methods) {
      // Parameters are looked at after the scope: a wrong one shows who got that far, and does nothing.
      const { error } = (await client.request(name, { notAParameter: 1 }))!
      if (may.includes(scope)) expect(error.message, name).toStartWith(`invalid ${name} params: `)
      else if (scope === "node") expect(error.details.code, name).toBe("gateway.wrong-role")
      else
        expect(error, name).toMatchObject({
          code: "INVALID_REQUEST",
          message: `missing scope: operator.${scope}`,
          details: { code: "MISSING_SCOPE", missingScope: `operator.${scope}` },
        })
    }
  })

  test("a node may call nothing that is an operator's", async () => {
    const device = rawDevice()
    const fields = { auth: { token: testToken }, role: "node", scopes: ["operator.admin"] }
    await using node = await attempt(gateway.wsUrl, (nonce) =>
      device.connect({ ...fields, nonce, signedAt: Date.now() }),
    )
    expect(node.answer?.payload.auth).toMatchObject({ role: "node", scopes: [] })
    for (const { name, scope, example } of methods.filter(({ scope }) => scope !== "node")) {
      const { error } = (await node.request(name, example))!
      expect(error?.message, `${name} ${scope}`).toBe(`${name} is not for the role "node"`)
    }
  })
})

test("an unknown method is named, and closes nothing", async () => {
  for (const name of [
    "nope",
    "Health",
    "health ",
    "__proto__",
    "constructor",
    "toString",
    "x".repeat(128),
  ]) {
    const { error } = (await socket.request(name, {}))!
    expect(error).toMatchObject({ code: "INVALID_REQUEST", message: `unknown method: ${name}` })
  }
  expect((await socket.request("health"))?.ok).toBe(true)
})

describe("frames after sign-in", () => {
  test.each([
    ["no JSON", "{", "invalid"],
    ["a list", "[]", "invalid"],
    ["a number", "7", "invalid"],
    ["bytes", new TextEncoder().encode('{"type":"req","id":"b","method":"health"}'), "b"],
    ["an event", '{"type":"event","event":"tick","id":"e"}', "e"],
    ["an id that is a number", '{"type":"req","id":7,"method":"health"}', "invalid"],
    ["an empty id", '{"type":"req","id":"","method":"health"}', "invalid"],
    [
      "an id of 300 letters",
      `{"type":"req","id":"${"i".repeat(300)}","method":"health"}`,
      "invalid",
    ],
    ["no method", '{"type":"req","id":"n"}', "n"],
    ["a property too many", '{"type":"req","id":"p","method":"health","x":1}', "p"],
    ["__proto__", '{"type":"req","id":"q","method":"health","__proto__":{"x":1}}', "q"],
  ])("that do not fit are answered under the id they have: %s", async (_, frame, id) => {
    await using client = await attempt(gateway.wsUrl)
    client.send(frame)
    const answer = await client.until((one) => one.type === "res" && one.ok === false)
    expect(answer).toMatchObject({
      id,
      error: { code: "INVALID_REQUEST", details: { code: "gateway.bad-frame" } },
    })
    expect((await client.request("health"))?.ok).toBe(true)
  })

  test("ids come back as they were sent", async () => {
    await using client = await attempt(gateway.wsUrl)
    for (const id of ["1", "N:a-b", '"quoted"', "\\", "\u2028", "💡", " ", "i".repeat(256)]) {
      client.send({ type: "req", id, method: "health" })
      expect((await client.until((one) => one.id === id))?.ok).toBe(true)
    }
  })
})

describe("parameters", () => {
  const wrong = [
    null,
    true,
    -1,
    1.5,
    Number.MAX_VALUE,
    "",
    " ",
    "\0",
    "../../etc/passwd",
    "__proto__",
    "x".repeat(5_000),
    [],
    [null],
    {},
    { constructor: { prototype: { polluted: 1 } } },
    { length: -1 },
  ]

  /** Answered as a fault or as a result, and never by accident. */
  const expectJudged = async (name: string, params: unknown) => {
    const answer = (await socket.request(name, params))!
    const told = `${name} ${JSON.stringify(params)?.slice(0, 200)}`
    expect(answer, told).not.toBeNull()
    if (answer.ok) return
    expect(answer.error.details.code, told).not.toBe("internal")
  }

  test("that are no object are refused by every method, or taken as none", async () => {
    for (const { name } of methods.filter(({ scope }) => scope !== "node"))
      for (const params of [[], "x", 7, true, [{}]]) {
        const { error } = (await socket.request(name, params))!
        expect(error.message, name).toStartWith(`invalid ${name} params: at root: `)
      }
  })

  test("of the wrong type never reach a handler as a surprise", async () => {
    for (const { name, params, example } of methods) {
      const known = params instanceof z.ZodObject ? Object.keys(params.shape) : []
      await expectJudged(name, {})
      for (const key of known)
        for (const value of wrong) await expectJudged(name, { ...example, [key]: value })
    }
    expect((await socket.request("health"))?.ok).toBe(true)
    expect(({} as { polluted?: number }).polluted).toBeUndefined()
  }, 60_000)

  test("of any shape never break the gateway", async () => {
    const names = fc.constantFrom(...methods.map(({ name }) => name))
    await fc.assert(
      fc.asyncProperty(names, fc.jsonValue({ maxDepth: 3 }), (name, params) =>
        expectJudged(name, params),
      ),
      { numRuns: 400 },
    )
  }, 60_000)

  test("named __proto__ are refused or dropped, and nothing else has them afterwards", async () => {
    await using client = await attempt(gateway.wsUrl)
    for (const { name } of methods) {
      const id = `proto ${name}`
      const method = JSON.stringify(name)
      client.send(
        `{"type":"req","id":"${id}","method":${method},"params":{"__proto__":{"polluted":1}}}`,
      )
      const answer = await client.until((one) => one.id === id)
      expect(answer?.error?.details.code ?? "", name).not.toBe("internal")
    }
    expect(({} as { polluted?: number }).polluted).toBeUndefined()
  })
})

test("a two-stage call answers twice under one id: accepted, then how it went", async () => {
  await using client = await attempt(gateway.wsUrl)
  const params = { message: "hello", sessionKey: "two-stage", idempotencyKey: "once" }
  client.send({ type: "req", id: "both", method: "agent", params })
  await client.until(({ id, payload }) => id === "both" && payload?.status === "ok")
  const both = client.frames.filter(({ id }) => id === "both").map(({ payload }) => payload)
  expect(both.map(({ status }) => status)).toEqual(["accepted", "ok"])
  expect(both[0].runId).toBe(both[1].runId)
})

test("answers come as they are ready, not in the order asked", async () => {
  await using client = await attempt(gateway.wsUrl)
  const params = { message: "hello", sessionKey: "order", idempotencyKey: "slow" }
  client.send({ type: "req", id: "slow", method: "agent", params })
  client.send({ type: "req", id: "fast", method: "gateway.identity.get" })
  await client.until(({ id, payload }) => id === "slow" && payload?.status === "ok")
  const order = client.frames.filter(({ type }) => type === "res").map(({ id }) => id)
  expect(order.indexOf("fast")).toBeLessThan(order.lastIndexOf("slow"))
})

describe("the dispatcher by itself", () => {
  const caller: Caller = {
    connection: "c",
    role: "operator",
    scopes: new Set(["admin"]),
    clientId: "test",
    clientMode: "test",
  }
  const errors: unknown[][] = []
  const nothing = () => undefined
  const log: Log = {
    trace: nothing,
    debug: nothing,
    info: nothing,
    warn: nothing,
    for: () => log,
    error: (...line) => void errors.push(line),
  }
  const bad = (name: string, handle: () => unknown) =>
    method({
      name,
      scope: "read",
      summary: "Test.",
      params: z.object({}),
      result: z.object({}),
      example: {},
      handle: handle as () => {},
    })
  const secret = "postgres://user:hunter2@db"
  const dispatch = createDispatch(
    tableOf([
      bad("throws", () => {
        throw new Error(secret)
      }),
      bad("rejects", () => Promise.reject(new TypeError(secret))),
      bad("throws.text", () => {
        throw secret
      }),
      bad("wrong.result", () => secret),
    ]),
    uncounted(),
    log,
    { record: nothing },
  )

  test.each(["throws", "rejects", "throws.text", "wrong.result"])(
    "an error that is no fault is told to the log and hidden from the caller: %s",
    async (name) => {
      errors.length = 0
      const signal = () => AbortSignal.abort()
      const answer = await dispatch({ method: name, params: {}, caller, signal, accept: nothing })
      expect(answer).toMatchObject({
        ok: false,
        error: { code: "UNAVAILABLE", details: { code: "internal" } },
      })
      expect(JSON.stringify(answer)).not.toContain("hunter2")
      expect(errors).toHaveLength(1)
      expect(errors[0]).toMatchObject(["call failed", { method: name }])
    },
  )
})
