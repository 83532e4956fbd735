import { expect, test } from "bun:test"
import { startGateway, testToken } from "../support/gateway.ts"
import { invoke, phone } from "../support/phone.ts"
import { rawDevice } from "../support/raw-device.ts"
import { rawSocket } from "../support/raw-socket.ts"

const open = { gateway: { nodes: { allowCommands: ["system.run", "odd.thing"] } } }

test("a phone's claims are cut down to what its platform and the config allow", async () => {
  await using gateway = await startGateway()
  const { nodeId } = await phone(gateway, ["camera.snap", "system.which"])
  const one = await gateway.client.request("node.describe", { nodeId })
  expect(one).toMatchObject({
    caps: ["camera"],
    closed: ["camera.snap"],
    commands: ["system.which"],
  })
  await expect(invoke(gateway, nodeId, { command: "camera.snap" })).rejects.toThrow(
    "this gateway does not allow it",
  )
  await expect(invoke(gateway, nodeId, { command: "sms.send" })).rejects.toThrow("does not offer")
})

test("the same key is the same call, and another call under it is refused", async () => {
  await using gateway = await startGateway({ config: open })
  let calls = 0
  const { nodeId } = await phone(gateway, ["odd.thing"], ({ id, nodeId }) => ({
    id,
    nodeId,
    ok: true,
    payloadJSON: JSON.stringify({ calls: ++calls }),
  }))
  const call = { command: "odd.thing", params: { a: 1 }, idempotencyKey: "one" }
  const both = await Promise.all([invoke(gateway, nodeId, call), invoke(gateway, nodeId, call)])
  expect(both).toMatchObject([{ payload: { calls: 1 } }, { payload: { calls: 1 } }])
  expect(await invoke(gateway, nodeId, call)).toMatchObject({ payload: { calls: 1 } })
  await expect(invoke(gateway, nodeId, { ...call, params: { a: 2 } })).rejects.toThrow(
    "stands for another call",
  )
})

test("a call that never reached its node can be made again under the same key", async () => {
  await using gateway = await startGateway({ config: open })
  const { client, nodeId } = await phone(gateway, [])
  const call = { command: "odd.thing", idempotencyKey: "again" }
  await expect(invoke(gateway, nodeId, call)).rejects.toThrow("does not offer that")
  await client.close()
  let away = { message: "" }
  while (!away.message.includes("is not connected"))
    away = (await invoke(gateway, nodeId, call).catch((error) => error)) as Error
})

test("a node's error comes through in its own words, and its code as the wire's", async () => {
  await using gateway = await startGateway({ config: open })
  const { nodeId } = await phone(gateway, ["odd.thing"], ({ id, nodeId }) => ({
    id,
    nodeId,
    ok: false,
    error: { code: "NODE_BACKGROUND_UNAVAILABLE", message: "bring the app to the front" },
  }))
  await expect(invoke(gateway, nodeId, { command: "odd.thing" })).rejects.toMatchObject({
    message: "bring the app to the front",
    data: { error: { details: { code: "NODE_BACKGROUND_UNAVAILABLE" } } },
  })
})

test("one node cannot answer what another was asked, and a late answer is nobody's", async () => {
  await using gateway = await startGateway({ config: open })
  const asked = Promise.withResolvers<{ id: string; nodeId: string }>()
  const mine = await phone(gateway, ["odd.thing"], (request) => {
    asked.resolve(request)
    return undefined
  })
  const other = await phone(gateway, ["odd.thing"])
  const answer = invoke(gateway, mine.nodeId, { command: "odd.thing", timeoutMs: 60_000 })
  const { id, nodeId } = await asked.promise
  const forged = { id, nodeId, ok: true, payload: "forged" }
  await expect(other.client.request("node.invoke.result", forged)).rejects.toThrow("not asked of")
  await mine.client.request("node.invoke.result", { ...forged, payload: "true" })
  expect(await answer).toMatchObject({ payload: "true" })
  expect(await mine.client.request("node.invoke.result", forged)).toEqual({
    ok: true,
    ignored: true,
  })
})

test("a call ends when its time is over or its node goes, and says which", async () => {
  await using gateway = await startGateway({ config: open })
  const cancelled = Promise.withResolvers<unknown>()
  const { client, nodeId } = await phone(gateway, ["odd.thing"], () => undefined)
  client.on("node.invoke.cancel", cancelled.resolve)
  await expect(invoke(gateway, nodeId, { command: "odd.thing", timeoutMs: 20 })).rejects.toThrow(
    "did not answer odd.thing within",
  )
  expect(await cancelled.promise).toMatchObject({ nodeId })
  const second = Promise.withResolvers<void>()
  client.on("node.invoke.request", () => second.resolve())
  const waiting = invoke(gateway, nodeId, { command: "odd.thing" })
  await second.promise
  void client.close()
  await expect(waiting).rejects.toThrow("went away before it answered")
})

test("a node may do nothing that is an operator's, and an operator nothing of a node's", async () => {
  await using gateway = await startGateway()
  const { client, nodeId } = await phone(gateway, [])
  for (const method of ["health", "node.list", "chat.send", "config.get", "node.invoke"])
    await expect(client.request(method, {})).rejects.toThrow(/role/)
  await expect(
    gateway.client.request("node.invoke.result", { id: "x", nodeId, ok: true }),
  ).rejects.toThrow(/role/)
  await expect(gateway.client.request("node.pending.drain", {})).rejects.toThrow(/role/)
})

test("nobody but the node hears what it is asked", async () => {
  await using gateway = await startGateway({ config: open })
  const heard: string[] = []
  gateway.client.on("*", (_, { event }) => heard.push(event))
  const { client, nodeId } = await phone(gateway, ["odd.thing"], ({ id, nodeId }) => ({
    id,
    nodeId,
    ok: true,
  }))
  const other = await phone(gateway, ["odd.thing"])
  other.client.on("*", (_, { event }) => heard.push(event))
  await gateway.client.request("sessions.subscribe", {})
  await invoke(gateway, nodeId, { command: "odd.thing" })
  await client.request("node.event", { event: "status.report", payload: {} })
  expect(heard.filter((name) => name.startsWith("node."))).toEqual([])
})

test("the shared token alone makes no node: without a device's key it stays outside", async () => {
  await using gateway = await startGateway()
  await expect(
    gateway.connect({ token: testToken, node: { displayName: "x", commands: [] } }),
  ).rejects.toThrow()
})

test("a node is told the words that wake it when it comes, and everybody when they change", async () => {
  await using gateway = await startGateway()
  await using node = await rawSocket(gateway.wsUrl)
  const proof = rawDevice().connect({
    role: "node",
    scopes: [],
    client: { id: "node-host", mode: "node" },
    auth: { token: testToken },
    signedAt: Date.now(),
    nonce: node.nonce,
  })
  expect((await node.request("connect", proof))?.ok).toBe(true)
  const told = await node.until(({ event }) => event === "voicewake.changed")
  expect(told?.payload).toEqual({ triggers: ["fased", "claude", "computer"] })
  const changed = node.next("voicewake.changed")
  const operator = Promise.withResolvers<unknown>()
  gateway.client.on("voicewake.changed", operator.resolve)
  expect(await gateway.client.request("voicewake.get", {})).toEqual({
    triggers: ["fased", "claude", "computer"],
  })
  const triggers = ["  hey you ", "", "hey you", "x"]
  expect(await gateway.client.request("voicewake.set", { triggers })).toEqual({
    triggers: ["hey you", "x"],
  })
  expect((await changed).payload).toEqual({ triggers: ["hey you", "x"] })
  expect(await operator.promise).toEqual({ triggers: ["hey you", "x"] })
  await gateway.client.request("voicewake.set", { triggers: [" "] })
  expect(await gateway.client.request("voicewake.get", {})).toEqual({
    triggers: ["fased", "claude", "computer"],
  })
})
