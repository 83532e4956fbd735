/** What clients in the field send, frame by frame (recorded from each as a black box), against the binary. */
import { afterAll, beforeAll, expect, test } from "bun:test"
import type { ConnectParams } from "../../src/client/wire.ts"
import { answeredBy, freshHome, testToken } from "../support/binary.ts"
import type { Gateway, Home } from "../support/binary.ts"
import { fakeModel } from "../support/fake-model.ts"
import { openSocket, rawDevice } from "./raw-client.ts"
import type { Frame, RawSocket } from "./raw-client.ts"

const reply = "One two three four five."
const model = fakeModel({ turns: [reply] })
let home: Home
let gateway: Gateway

beforeAll(async () => {
  home = freshHome()
  home.configure(answeredBy(model))
  gateway = await home.start()
})
afterAll(async () => {
  await home?.[Symbol.asyncDispose]()
  await model.close()
})

type Wish = Partial<Omit<ConnectParams, "client">> & {
  client: Pick<ConnectParams["client"], "id" | "mode"> & Partial<ConnectParams["client"]>
}
const wants = ({ client, ...rest }: Wish): ConnectParams => ({
  minProtocol: 4,
  maxProtocol: 4,
  client: { version: "2026.9.6", platform: "linux", ...client },
  role: "operator",
  scopes: ["operator.read"],
  auth: { token: testToken },
  ...rest,
})

const allScopes = ["admin", "read", "write", "approvals", "pairing"].map((s) => `operator.${s}`)

/** Shakes hands, with a device that signs the given way if one is named. */
const sayHello = async (params: ConnectParams, proof?: "v2" | "v3") => {
  const socket = await openSocket(gateway.wsUrl)
  expect(socket.challenge.nonce).toBeString()
  expect(Number.isInteger(socket.challenge.ts)).toBe(true)
  const signed = proof ? rawDevice().prove(proof, params, socket.challenge) : params
  const answer = await socket.ask({ id: crypto.randomUUID(), method: "connect", params: signed })
  return { socket, answer }
}

const greeted = async (params: ConnectParams, proof?: "v2" | "v3") => {
  const { socket, answer } = await sayHello(params, proof)
  expect(answer).toMatchObject({ ok: true, payload: { type: "hello-ok" } })
  return { socket, hello: answer.payload! }
}

let count = 0
/** The three shapes of ids that are in use. */
const nextId = () =>
  [crypto.randomUUID(), `${++count}:${crypto.randomUUID()}`, `${Date.now()}-22k0l${count}`][
    count % 3
  ]!

const ask = (socket: RawSocket, method: string, params?: unknown) =>
  socket.ask({ id: nextId(), method, ...(params !== undefined && { params }) })

const good = async (socket: RawSocket, method: string, params?: unknown) => {
  const answer = await ask(socket, method, params)
  expect({ method, error: answer.error, ok: answer.ok }).toEqual({
    method,
    error: undefined,
    ok: true,
  })
  return answer.payload!
}

test("openclaw gateway call 2026.9.6: a request may leave its params out", async () => {
  const { socket, hello } = await greeted(wants({ client: { id: "cli", mode: "cli" } }))
  await using _ = socket
  expect(hello).toMatchObject({ protocol: 4, auth: { scopes: ["operator.read"] } })
  expect(await good(socket, "health")).toMatchObject({ ok: true })
})

test("openclaw gateway status 2026.9.6: a probe that speaks 3 and 4 gets 4", async () => {
  const client = { id: "cli", mode: "probe" } as const
  const { socket, hello } = await greeted(wants({ client, minProtocol: 3 }))
  await using _ = socket
  expect(hello.protocol).toBe(4)
})

test("openclaw gateway status --require-rpc 2026.9.6 reads the status", async () => {
  const client = { id: "gateway-client", mode: "backend", displayName: "gateway:status" } as const
  const { socket } = await greeted(wants({ client }))
  await using _ = socket
  expect(await good(socket, "status")).toMatchObject({ sessions: { count: expect.any(Number) } })
})

test("openclaw gateway probe 2026.9.6 asks for everything at once and gets an answer to each", async () => {
  const client = { id: "cli", mode: "probe" } as const
  const { socket } = await greeted(wants({ client, minProtocol: 3 }))
  await using _ = socket
  const methods = ["health", "status", "system-presence", "config.get"]
  const answers = await Promise.all(methods.map((method) => ask(socket, method)))
  for (const { ok, error } of answers)
    if (!ok) expect(error).toMatchObject({ message: expect.stringContaining("missing scope") })
  expect(answers[0]).toMatchObject({ ok: true, payload: { ok: true } })
})

test("openclaw agent 2026.9.6 gets two answers under one id", async () => {
  const { socket } = await greeted(
    wants({ client: { id: "cli", mode: "cli" }, scopes: ["operator.write"] }),
  )
  await using _ = socket
  const id = nextId()
  const params = { message: "hi", sessionKey: "agent:main:main", idempotencyKey: nextId() }
  const accepted = await socket.ask({ id, method: "agent", params })
  expect(accepted.payload).toMatchObject({ status: "accepted", runId: expect.any(String) })
  const final = await socket.frame((f) => f.id === id && f.payload?.status === "ok")
  expect(final.payload).toMatchObject({ result: { payloads: [{ text: reply }] } })
})

test("openclaw tui 2026.9.6: its calls in order, a message, and what it reads after each", async () => {
  const { socket, hello } = await greeted(
    wants({
      client: { id: "openclaw-tui", mode: "ui", deviceFamily: "Linux", platform: "Linux" },
      scopes: allScopes.slice(0, 4),
      caps: ["agent-kind", "plugin-approvals", "task-suggestions", "tool-events"],
    }),
    "v3",
  )
  await using _ = socket
  expect(hello).toMatchObject({ auth: { deviceToken: expect.any(String) } })
  expect(await good(socket, "sessions.subscribe", {})).toMatchObject({ subscribed: true })
  await good(socket, "agents.list", {})
  for (const method of ["question.list", "plugin.approval.list", "taskSuggestions.list"])
    expect((await ask(socket, method, {})).error?.message ?? "").not.toContain("internal")
  const sessionKey = "agent:main:tui"
  const before = await good(socket, "chat.history", { sessionKey, limit: 200 })
  expect(before).toMatchObject({ sessionKey, messages: [] })
  const commands = { agentId: "main", scope: "text", includeArgs: false }
  expect(await good(socket, "commands.list", commands)).toMatchObject({
    commands: expect.anything(),
  })

  const { runId } = await good(socket, "chat.send", {
    sessionKey,
    sessionId: before.sessionId ?? crypto.randomUUID(),
    message: "hello",
    deliver: false,
    idempotencyKey: crypto.randomUUID(),
  })
  const own = (state: string) => (chat: { runId: string; state: string }) =>
    chat.runId === runId && chat.state === state
  const delta = await socket.event("chat", own("delta"))
  expect(delta.payload).toMatchObject({ deltaText: expect.any(String) })
  const final = await socket.event("chat", own("final"))
  expect(final.payload).toMatchObject({
    sessionKey,
    message: { content: [{ type: "text", text: reply }] },
  })
  const changed = await socket.event("sessions.changed", ({ phase }) => phase === "end")
  expect(changed.payload).toMatchObject({ sessionKey, session: { key: sessionKey } })
  expect(await good(socket, "sessions.describe", { key: sessionKey })).toMatchObject({
    session: { key: sessionKey, status: "done" },
  })
  expect(await good(socket, "sessions.list", { agentId: "main", limit: 1 })).toMatchObject({
    sessions: [{ key: sessionKey }],
  })
})

test("openclaw gateway call 2026.3.31: protocol 3, a device, all five scopes", async () => {
  const { socket, hello } = await greeted(
    wants({
      minProtocol: 3,
      maxProtocol: 3,
      client: { id: "cli", mode: "cli", version: "2026.3.31" },
      scopes: allScopes,
    }),
    "v3",
  )
  await using _ = socket
  expect(hello).toMatchObject({ protocol: 3, auth: { deviceToken: expect.any(String) } })
  expect(await good(socket, "health")).toMatchObject({ ok: true })
})

test("openclaw tui 2026.3.31: its calls in order and protocol 3's shape of events", async () => {
  const { socket } = await greeted(
    wants({
      minProtocol: 3,
      maxProtocol: 3,
      client: { id: "openclaw-tui", mode: "ui", version: "2026.3.31" },
      scopes: ["operator.admin"],
      caps: ["tool-events"],
    }),
    "v3",
  )
  await using _ = socket
  const sessionKey = "agent:main:old-tui"
  await good(socket, "agents.list", {})
  await good(socket, "chat.history", { sessionKey, limit: 200 })
  const filter = { includeGlobal: false, includeUnknown: false, agentId: "main" }
  await good(socket, "sessions.list", filter)
  const idempotencyKey = crypto.randomUUID()
  const { runId } = await good(socket, "chat.send", {
    sessionKey,
    message: "hi",
    deliver: false,
    idempotencyKey,
  })
  const mine = ({ payload }: Frame) => payload?.runId === runId
  await socket.frame((f) => f.event === "chat" && mine(f) && f.payload!.state === "final")
  for (const { event, payload } of socket.frames.filter(mine)) {
    expect(payload).not.toHaveProperty("agentId")
    if (event !== "chat") continue
    expect(payload).not.toHaveProperty("deltaText")
    expect(["delta", "final"]).toContain(String(payload!.state))
  }
})

test("openclaw-node 0.14: signs v2 and builds its stream from agent events", async () => {
  const { socket, hello } = await greeted(
    wants({
      client: { id: "gateway-client", mode: "backend", version: "0.14.0" },
      scopes: ["operator.read", "operator.write"],
    }),
    "v2",
  )
  await using _ = socket
  expect(hello).toMatchObject({ auth: { scopes: ["operator.read", "operator.write"] } })
  const id = nextId()
  const params = { message: "hi", agentId: "main", idempotencyKey: nextId() }
  const { runId } = (await socket.ask({ id, method: "agent", params })).payload!
  await socket.frame((f) => f.id === id && f.payload?.status === "ok")
  const steps = socket.frames
    .filter(({ event, payload }) => event === "agent" && payload?.runId === runId)
    .map(({ payload }) => payload as { stream: string; data: { phase?: string; delta?: string } })
  const text = steps.filter(({ stream }) => stream === "assistant")
  expect(text.map(({ data }) => data.delta).join("")).toBe(reply)
  const phases = steps.filter(({ stream }) => stream === "lifecycle").map(({ data }) => data.phase)
  expect(phases.at(0)).toBe("start")
  expect(phases.at(-1)).toBe("end")
})

const refusals: { what: string; params: ConnectParams; proof?: "v2"; code: string }[] = [
  {
    what: "no credential and no device",
    params: wants({ client: { id: "cli", mode: "cli" }, auth: undefined }),
    code: "DEVICE_IDENTITY_REQUIRED",
  },
  {
    what: "a device without a credential",
    params: wants({ client: { id: "cli", mode: "cli" }, auth: undefined }),
    proof: "v2",
    code: "AUTH_TOKEN_MISSING",
  },
  {
    what: "a wrong token",
    params: wants({ client: { id: "cli", mode: "cli" }, auth: { token: "x".repeat(40) } }),
    code: "AUTH_TOKEN_MISMATCH",
  },
  {
    what: "a node without a device",
    params: wants({ client: { id: "node-host", mode: "node" }, role: "node", scopes: [] }),
    code: "DEVICE_IDENTITY_REQUIRED",
  },
]

test.each(refusals)("$what is refused with $code and closed", async ({ params, proof, code }) => {
  const { socket, answer } = await sayHello(params, proof)
  expect(answer).toMatchObject({ ok: false, error: { details: { code } } })
  expect(await socket.closed).toMatchObject({ code: 1008 })
})

test("a device that signed another challenge is refused", async () => {
  const socket = await openSocket(gateway.wsUrl)
  const stale = { ...socket.challenge, nonce: crypto.randomUUID() }
  const params = rawDevice().prove("v3", wants({ client: { id: "cli", mode: "cli" } }), stale)
  const answer = await socket.ask({ id: "1", method: "connect", params })
  expect(answer.error?.details?.code).toBe("DEVICE_AUTH_NONCE_MISMATCH")
  expect(await socket.closed).toMatchObject({ code: 1008 })
})

test("a first frame that is no connect, and one of 70 KB, close the socket and nothing else", async () => {
  const early = await openSocket(gateway.wsUrl)
  early.send({ type: "req", id: "1", method: "health" })
  expect((await early.closed).code).toBe(1008)
  const big = await openSocket(gateway.wsUrl)
  big.send({ type: "req", id: "1", method: "connect", params: { pad: "x".repeat(70_000) } })
  expect([1008, 1009]).toContain((await big.closed).code)
  const { socket } = await greeted(wants({ client: { id: "cli", mode: "cli" } }))
  await using _ = socket
  await good(socket, "health")
})

test("everyone hears of the shutdown and is closed with 1012", async () => {
  await using other = freshHome()
  other.configure({})
  const closing = await other.start()
  const socket = await openSocket(closing.wsUrl)
  const params = wants({ client: { id: "cli", mode: "cli" } })
  await socket.ask({ id: "1", method: "connect", params })
  const ended = closing.end("SIGTERM")
  await socket.event("shutdown")
  expect(await socket.closed).toEqual({ code: 1012, reason: "service restart" })
  expect(await ended).toBe(0)
})
