import { expect, test } from "bun:test"
import { connect } from "node:net"
import type { PresenceEntry } from "../../src/gateway/presence.ts"
import { startGateway, type TestGateway } from "../support/gateway.ts"
import { fakeModel } from "../support/fake-model.ts"
import { rawHttp, headerLines, upgradeHeaders } from "../support/raw-http.ts"
import { attempt, connectWith, type Attempt, type Frame } from "../support/raw-socket.ts"
import { turnableClock } from "../support/turnable-clock.ts"

const say = (
  client: { request(method: string, params: unknown): Promise<unknown> },
  key = "main",
) =>
  client.request("chat.send", {
    sessionKey: key,
    message: "hello",
    idempotencyKey: crypto.randomUUID(),
  })

const isFinal = ({ event, payload }: Frame) => event === "chat" && payload.state === "final"
const isEnd = ({ event, payload }: Frame) =>
  event === "agent" && payload.stream === "lifecycle" && payload.data.phase === "end"
const events = (socket: Attempt, name: string) =>
  socket.frames.filter(({ event }) => event === name)

const inScope = (gateway: TestGateway, scope: string, more: object = {}) =>
  attempt(gateway.wsUrl, connectWith({ scopes: [`operator.${scope}`], ...more }))

test("events are numbered from 1 on every connection, without a gap", async () => {
  await using gateway = await startGateway()
  await using early = await attempt(gateway.wsUrl)
  await say(gateway.client)
  await early.until(isFinal)
  await using late = await attempt(gateway.wsUrl)
  await say(gateway.client)
  await late.until(isFinal)
  for (const socket of [early, late]) {
    const numbers = socket.frames.filter(({ seq }) => seq !== undefined).map(({ seq }) => seq!)
    expect(numbers).toEqual(numbers.map((_, at) => at + 1))
    expect(numbers.length).toBeGreaterThan(2)
  }
  expect(early.frames[0]!.seq).toBeUndefined()
})

const toolTurns = [{ tools: [{ name: "session_status", input: {} }] }, { text: "All is well." }]

test("what tools do is told to those who can show it, and to nobody else", async () => {
  await using model = fakeModel({ turns: toolTurns })
  await using gateway = await startGateway({
    config: {
      models: { providers: { fake: model.provider("openai-completions") } },
      agents: { defaults: { skipBootstrap: true, model: "fake/fake-1" } },
    },
  })
  await using able = await attempt(gateway.wsUrl, connectWith({ caps: ["tool-events"] }))
  await using plain = await attempt(gateway.wsUrl)
  await say(gateway.client)
  for (const socket of [able, plain]) await socket.until(isEnd)
  const streams = (socket: Attempt) =>
    new Set(events(socket, "agent").map(({ payload }) => payload.stream))
  expect(streams(able)).toContain("tool")
  expect(streams(plain)).not.toContain("tool")
  expect(streams(plain)).toContain("lifecycle")
})

test("who may not read is not told", async () => {
  await using gateway = await startGateway()
  const sockets = await Promise.all(
    ["read", "write", "admin", "pairing", "approvals"].map((scope) => inScope(gateway, scope)),
  )
  await say(gateway.client)
  await sockets[0]!.until(isEnd)
  // Everyone's answer to a call comes after whatever was sent to them before.
  for (const socket of sockets) await socket.request("health")
  const heard = sockets.map((socket) => events(socket, "chat").length > 0)
  expect(heard).toEqual([true, true, true, false, false])
  for (const socket of sockets) socket.close()
})

test("protocol 3 clients get the events they know", async () => {
  await using gateway = await startGateway()
  await using old = await attempt(gateway.wsUrl, connectWith({ maxProtocol: 3 }))
  await using current = await attempt(gateway.wsUrl)
  await say(gateway.client)
  for (const socket of [old, current]) await socket.until(isEnd)
  const keys = (socket: Attempt) =>
    new Set(
      ["chat", "agent"].flatMap((name) =>
        events(socket, name).flatMap(({ payload }) => Object.keys(payload)),
      ),
    )
  expect(keys(current)).toContain("deltaText")
  expect(keys(current)).toContain("agentId")
  expect(keys(old)).not.toContain("deltaText")
  expect(keys(old)).not.toContain("agentId")
  const numbers = old.frames.flatMap(({ seq }) => seq ?? [])
  expect(numbers).toEqual(numbers.map((_, at) => at + 1))
  expect(events(old, "chat").at(-1)!.payload.message.content[0].text.length).toBeGreaterThan(10)
})

test("subscribers hear of sessions from subscribe to unsubscribe, others never", async () => {
  await using gateway = await startGateway()
  await using subscriber = await inScope(gateway, "read")
  await using bystander = await inScope(gateway, "read")
  await subscriber.request("sessions.subscribe", {})
  const turn = async () => {
    const start = subscriber.frames.length
    await say(gateway.client)
    await subscriber.until((frame) => isEnd(frame) && subscriber.frames.indexOf(frame) >= start)
    await subscriber.request("health")
    return subscriber.frames.slice(start).filter(({ event }) => event === "sessions.changed").length
  }
  expect(await turn()).toBeGreaterThan(0)
  await subscriber.request("sessions.unsubscribe", {})
  expect(await turn()).toBe(0)
  await bystander.request("health")
  expect(events(bystander, "sessions.changed")).toEqual([])
})

test("who follows all sessions hears their messages too, each once", async () => {
  await using gateway = await startGateway()
  await using socket = await inScope(gateway, "read")
  await socket.request("sessions.subscribe", {})
  await socket.request("sessions.messages.subscribe", { key: "main" })
  await say(gateway.client)
  await socket.until(isEnd)
  await socket.request("health")

  const heard = events(socket, "session.message").map(({ payload }) => payload.messageSeq)
  expect(heard.length).toBeGreaterThanOrEqual(2)
  expect(heard).toEqual([...new Set(heard)])
})

test("messages of a session go to who asked for that session", async () => {
  await using gateway = await startGateway()
  await using one = await inScope(gateway, "read")
  await using other = await inScope(gateway, "read")
  await one.request("sessions.messages.subscribe", { key: "one" })
  await other.request("sessions.messages.subscribe", { key: "other" })
  await say(gateway.client, "one")
  await one.until(isEnd)
  await other.until(isEnd)
  for (const socket of [one, other]) await socket.request("health")
  expect(events(one, "session.message").length).toBeGreaterThanOrEqual(2)
  expect(events(other, "session.message")).toEqual([])
})

test("presence and health carry the version of their snapshots, other events do not", async () => {
  const clock = turnableClock()
  await using gateway = await startGateway({ start: { clock } })
  await using socket = await attempt(gateway.wsUrl)
  clock.turn(1_000)
  await socket.until(({ event }) => event === "presence")
  await say(gateway.client)
  await socket.until(isEnd)
  clock.turn(60_000)
  await socket.until(({ event }) => event === "health")
  const shown = (name: string) => events(socket, name).map(({ stateVersion }) => stateVersion)
  expect(shown("presence")[0]).toEqual({ presence: expect.any(Number), health: expect.any(Number) })
  expect(shown("health")[0]!.health).toBeGreaterThan(
    socket.answer!.payload.snapshot.stateVersion.health,
  )
  for (const name of ["chat", "agent", "tick"])
    expect(shown(name).every((version) => version === undefined)).toBe(true)
})

test("a tick comes every 15 seconds, to everyone", async () => {
  const clock = turnableClock()
  await using gateway = await startGateway({ start: { clock } })
  await using socket = await attempt(gateway.wsUrl, connectWith({ scopes: [] }))
  clock.turn(14_999)
  clock.turn(1)
  expect((await socket.until(({ event }) => event === "tick"))?.payload).toEqual({
    ts: clock.now(),
  })
  clock.turn(15_000)
  await socket.until(({ event, payload }) => event === "tick" && payload.ts === clock.now())
  expect(events(socket, "tick")).toHaveLength(2)
})

/** A masked frame of text, as a client sends it. */
const clientFrame = (frame: object) => {
  const body = Buffer.from(JSON.stringify(frame))
  const long = body.length > 125
  const head = Buffer.alloc(long ? 8 : 6)
  head[0] = 0x81
  head[1] = 0x80 | (long ? 126 : body.length)
  if (long) head.writeUInt16BE(body.length, 2)
  return Buffer.concat([head, body])
}

test("a client that does not read is dropped, and the others notice nothing", async () => {
  await using gateway = await startGateway()
  await using lively = await attempt(gateway.wsUrl)
  const client = { id: "test", version: "1", platform: "linux", mode: "test", instanceId: "deaf" }
  const seen = (reason: string) =>
    lively.until(
      ({ event, payload }) =>
        event === "presence" &&
        payload.presence.some(
          (one: PresenceEntry) => one.instanceId === "deaf" && one.reason === reason,
        ),
    )
  const deaf = connect(gateway.running.port, "127.0.0.1")
  deaf.on("error", () => {})
  deaf.pause()
  deaf.write(`GET / HTTP/1.1\r\n${headerLines({ Host: "127.0.0.1", ...upgradeHeaders })}\r\n`)
  deaf.write(
    clientFrame({ type: "req", id: "1", method: "connect", params: connectWith({ client }) }),
  )
  await seen("connect")
  const ask = clientFrame({ type: "req", id: "2", method: "config.schema" })
  deaf.write(Buffer.concat(Array.from({ length: 4_000 }, () => ask)))
  await seen("disconnect")
  expect((await lively.request("health"))?.ok).toBe(true)
  deaf.destroy()
}, 30_000)

test("an upgrade that is not followed by anything costs nothing but its time", async () => {
  await using gateway = await startGateway()
  const headers = headerLines({ Host: "127.0.0.1", ...upgradeHeaders })
  const { status } = await rawHttp(gateway.running.port, `GET / HTTP/1.1\r\n${headers}\r\n`)
  expect(status).toBe(101)
  const shown = (await gateway.client.request("status")) as { connections: number }
  expect(shown.connections).toBe(1)
})

test("every event of a turn comes between its acceptance and its final response", async () => {
  await using gateway = await startGateway()
  for (let round = 0; round < 10; round++) {
    await using socket = await inScope(gateway, "admin")
    const params = { message: "hello", idempotencyKey: `round-${round}` }
    socket.send({ type: "req", id: "turn", method: "agent", params })
    const isFinal = ({ id, payload }: Frame) => id === "turn" && payload?.status === "ok"
    await socket.until(isFinal)
    await socket.request("health")

    const accepted = socket.frames.findIndex(
      ({ id, payload }) => id === "turn" && payload?.status === "accepted",
    )
    const final = socket.frames.findIndex(isFinal)
    const told = socket.frames.flatMap(({ event }, at) =>
      event === "agent" || event === "chat" ? [at] : [],
    )
    expect(told.length).toBeGreaterThan(3)
    expect(told.every((at) => accepted < at && at < final)).toBe(true)
  }
})
