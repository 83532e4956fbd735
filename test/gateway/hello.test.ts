import { expect, test } from "bun:test"
import { z } from "zod"
import { healthSnapshot } from "../../src/gateway/health.ts"
import { presenceEntry } from "../../src/gateway/presence.ts"
import { events, methods } from "../../src/registry.ts"
import { startGateway, testToken } from "../support/gateway.ts"
import { rawDevice } from "../support/raw-device.ts"
import { attempt, connectWith } from "../support/raw-socket.ts"

const version = z.strictObject({ presence: z.int().min(0), health: z.int().min(0) })

/** Contract 02 §6, to the letter. */
const helloOk = z.strictObject({
  type: z.literal("hello-ok"),
  protocol: z.union([z.literal(3), z.literal(4)]),
  server: z.strictObject({ version: z.string().min(1), connId: z.uuid() }),
  features: z.strictObject({
    methods: z.array(z.string()),
    events: z.array(z.string()),
    capabilities: z.array(z.string()),
  }),
  snapshot: z.strictObject({
    presence: z.array(presenceEntry().strict()),
    health: healthSnapshot().strict(),
    stateVersion: version,
    uptimeMs: z.int().min(0),
    configPath: z.string().optional(),
    stateDir: z.string().optional(),
    sessionDefaults: z.strictObject({
      defaultAgentId: z.literal("main"),
      mainKey: z.literal("main"),
      mainSessionKey: z.literal("agent:main:main"),
      scope: z.literal("per-sender"),
    }),
    authMode: z.enum(["none", "token", "password"]),
  }),
  auth: z.strictObject({
    method: z.string(),
    role: z.enum(["operator", "node"]),
    scopes: z.array(z.string()),
    deviceToken: z.string().optional(),
    issuedAtMs: z.int().optional(),
  }),
  policy: z.strictObject({
    maxPayload: z.literal(26_214_400),
    maxBufferedBytes: z.literal(52_428_800),
    tickIntervalMs: z.literal(15_000),
  }),
})

test.each([3, 4])("hello-ok of protocol %p is complete", async (protocol) => {
  await using gateway = await startGateway()
  await using socket = await attempt(
    gateway.wsUrl,
    connectWith({ minProtocol: protocol, maxProtocol: protocol }),
  )
  const hello = helloOk.parse(socket.answer?.payload)
  expect(hello.protocol).toBe(protocol as 3 | 4)
  expect(hello.features.methods.toSorted()).toEqual(methods.map(({ name }) => name).toSorted())
  expect(hello.features.events).toEqual(events.map(({ name }) => name))
  expect(hello.auth).toEqual({ method: "token", role: "operator", scopes: ["operator.admin"] })
  expect(hello.snapshot).toMatchObject({
    authMode: "token",
    configPath: gateway.paths.config,
    stateDir: gateway.paths.state,
    presence: [{ mode: "gateway", reason: "self" }, { mode: "test", reason: "connect" }, {}],
  })
})

test("every method hello-ok lists is one the gateway knows", async () => {
  await using gateway = await startGateway()
  await using socket = await attempt(gateway.wsUrl, connectWith({ scopes: [] }))
  for (const name of socket.answer!.payload.features.methods as string[]) {
    const answer = await socket.request(name, {})
    expect(answer?.error?.message ?? "", name).not.toStartWith("unknown method")
  }
})

test("a device is given its token and when it was issued", async () => {
  await using gateway = await startGateway()
  const device = rawDevice()
  const auth = { token: testToken }
  await using socket = await attempt(gateway.wsUrl, (nonce) =>
    device.connect({ auth, nonce, signedAt: Date.now() }),
  )
  const hello = helloOk.parse(socket.answer?.payload)
  expect(hello.auth.deviceToken!.length).toBeGreaterThanOrEqual(43)
  expect(hello.auth.issuedAtMs).toBeGreaterThan(0)
})

test.each([["read"], ["write"], ["pairing"], ["approvals"]])(
  "a client with only operator.%s sees no path of this machine",
  async (scope) => {
    await using gateway = await startGateway()
    await using socket = await attempt(
      gateway.wsUrl,
      connectWith({ scopes: [`operator.${scope}`] }),
    )
    const said = JSON.stringify(socket.frames)
    expect(said).not.toContain(gateway.home)
    for (const fact of [process.cwd(), process.env.PATH!, testToken])
      expect(said).not.toContain(fact)
  },
)

test("without a scope to read, hello-ok shows neither who is here nor how things are", async () => {
  await using gateway = await startGateway()
  for (const scopes of [[], ["operator.pairing"]]) {
    await using socket = await attempt(gateway.wsUrl, connectWith({ scopes }))
    expect(socket.answer?.payload.snapshot).toMatchObject({ presence: [], health: {} })
  }
})

test("nothing but the challenge is said before sign-in", async () => {
  await using gateway = await startGateway()
  await using socket = await attempt(
    gateway.wsUrl,
    connectWith({ auth: { token: "x".repeat(20) } }),
  )
  expect(Object.keys(socket.frames[0]!.payload)).toEqual(["nonce", "ts"])
  const said = JSON.stringify(socket.frames)
  for (const fact of [gateway.home, "0.0.0-test", "main"]) expect(said).not.toContain(fact)
})

test("hello-ok comes before any event, and knows its own client already", async () => {
  await using gateway = await startGateway()
  for (let round = 0; round < 5; round++) {
    await using socket = await attempt(gateway.wsUrl)
    await socket.request("health")

    const kinds = socket.frames.map(({ type, event }) => event ?? type)
    expect(kinds.slice(0, 2)).toEqual(["connect.challenge", "res"])
    expect(socket.answer?.payload.snapshot.presence).toContainEqual(
      expect.objectContaining({ mode: "test", reason: "connect" }),
    )
  }
})
