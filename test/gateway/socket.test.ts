import { expect, test } from "bun:test"
import type { Admission } from "../../src/gateway/admission.ts"
import { Connections, type SocketData } from "../../src/gateway/connections.ts"
import { createDispatch } from "../../src/gateway/dispatch.ts"
import { tableOf } from "../../src/gateway/method-table.ts"
import { createPresence } from "../../src/gateway/presence.ts"
import type { Refusal } from "../../src/gateway/refusal.ts"
import { createSocketHandler } from "../../src/gateway/socket.ts"
import { systemClock } from "../../src/kernel/clock.ts"
import type { Log } from "../../src/kernel/log.ts"
import { Prepared } from "../../src/kernel/method.ts"
import { connectWith, rawSocket } from "../support/raw-socket.ts"
import { uncounted } from "../support/uncounted.ts"

const nothing = () => undefined
const audit = { record: nothing }
const log: Log = {
  trace: nothing,
  debug: nothing,
  info: nothing,
  warn: nothing,
  error: nothing,
  for: () => log,
}

const admission = {
  params: connectWith(),
  protocol: 4,
  role: "operator",
  scopes: [],
  method: "token",
  credential: { kind: "shared", role: "operator" },
}

/** The socket handler alone, with a judge that takes as long as the test wants. */
const handlerWith = (judge: () => Promise<Admission | Refusal>) => {
  const stateVersion = () => ({ presence: 0, health: 0 })
  const connections = new Connections(stateVersion)
  const presence = createPresence({ now: () => 0, self: {}, changed: nothing })
  const left = Promise.withResolvers<void>()
  const handler = createSocketHandler({
    clock: systemClock,
    log,
    audit,
    connections,
    presence,
    health: {
      version: 0,
      snapshot: () => Promise.reject(),
      prepared: async () => new Prepared("{}"),
    },
    handshake: judge,
    dispatch: createDispatch(tableOf([]), uncounted(), log, audit),
    hello: () => '{"type":"hello-ok"}',
    stateVersion,
    nodes: { arrive: async () => undefined },
    isDraining: () => false,
  })
  const server = Bun.serve<SocketData>({
    hostname: "127.0.0.1",
    port: 0,
    fetch(request, server) {
      const data = {
        id: "one",
        remote: { peer: "127.0.0.1", address: "127.0.0.1", route: "local" as const },
        origin: null,
        originAllowed: true,
      }
      const fresh = { nonce: "n", connecting: false, cancelHandshake: undefined, client: undefined }
      server.upgrade(request, { data: { ...data, ...fresh } })
    },
    websocket: {
      ...handler,
      close(socket, code, reason) {
        handler.close?.(socket, code, reason)
        left.resolve()
      },
    },
  })
  return {
    connections,
    presence,
    left: left.promise,
    url: `ws://127.0.0.1:${server.port}/`,
    [Symbol.asyncDispose]: () => server.stop(true),
  }
}

test("a second connect while the first is judged turns the client away", async () => {
  const verdict = Promise.withResolvers<Admission>()
  await using gateway = handlerWith(() => verdict.promise)
  await using socket = await rawSocket(gateway.url)
  socket.send({ type: "req", id: "a", method: "connect", params: {} })
  const second = await socket.request("connect", {})
  expect(second?.error.message).toBe("invalid handshake: first request must be connect")
  expect((await socket.closed).code).toBe(1008)
  verdict.resolve(admission as Admission)
  await gateway.left
  expect(gateway.connections.size).toBe(0)
})

test("who leaves while it is judged never becomes a member, nor present", async () => {
  const verdict = Promise.withResolvers<Admission>()
  const asked = Promise.withResolvers<void>()
  await using gateway = handlerWith(() => {
    asked.resolve()
    return verdict.promise
  })
  await using socket = await rawSocket(gateway.url)
  socket.send({ type: "req", id: "a", method: "connect", params: {} })
  await asked.promise
  socket.close()
  await gateway.left
  verdict.resolve(admission as Admission)
  await Bun.sleep(0)
  expect(gateway.connections.size).toBe(0)
  expect(gateway.presence.list()).toHaveLength(1)
})

test("a judge that breaks answers without its reasons and closes with 1011", async () => {
  await using gateway = handlerWith(() => Promise.reject(new Error("the secret is in here")))
  await using socket = await rawSocket(gateway.url)
  const answer = await socket.request("connect", {})
  expect(answer?.error.details.code).toBe("internal")
  expect(JSON.stringify(socket.frames)).not.toContain("secret")
  expect((await socket.closed).code).toBe(1011)
})
