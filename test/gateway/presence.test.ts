import { beforeEach, expect, test } from "bun:test"
import { createPresence, type Presence } from "../../src/gateway/presence.ts"
import { startGateway, testToken } from "../support/gateway.ts"
import { rawDevice } from "../support/raw-device.ts"
import { attempt, connectWith } from "../support/raw-socket.ts"
import { turnableClock } from "../support/turnable-clock.ts"

const minute = 60_000
let clock: ReturnType<typeof turnableClock>
let changes: number
let presence: Presence
beforeEach(() => {
  clock = turnableClock()
  changes = 0
  presence = createPresence({
    now: clock.now,
    self: { mode: "gateway", reason: "self" },
    changed: () => void changes++,
  })
})
const others = () => presence.list().slice(1)

test("the gateway itself comes first, is always fresh, and cannot be spoken for", () => {
  presence.upsert("SELF", { mode: "evil" })
  clock.turn(10 * minute)
  expect(presence.list()).toEqual([{ mode: "gateway", reason: "self", ts: clock.now() }])
})

test("keys count in any case; roles and scopes add up, the rest is the newest word", () => {
  presence.upsert("Laptop", {
    host: "a",
    roles: ["operator"],
    scopes: ["operator.read"],
    platform: "linux",
  })
  presence.upsert("LAPTOP", { host: "b", roles: ["node"], scopes: [], platform: undefined })
  expect(others()).toEqual([
    {
      host: "b",
      platform: "linux",
      roles: ["operator", "node"],
      scopes: ["operator.read"],
      ts: clock.now(),
    },
  ])
})

test("a report is gone after five minutes, unless it is renewed", () => {
  presence.upsert("old", { text: "old" })
  presence.upsert("kept", { text: "kept" })
  clock.turn(4 * minute)
  presence.upsert("kept", { text: "kept" })
  clock.turn(minute + 1)
  const version = presence.version
  expect(others().map(({ text }) => text)).toEqual(["kept"])
  expect(presence.version).toBe(version + 1)
})

test("a connection stays for as long as it is there, and five minutes more", () => {
  presence.enter("tab", { host: "tab" })
  clock.turn(60 * minute)
  expect(others()).toHaveLength(1)
  presence.leave("tab")
  expect(others()).toMatchObject([{ host: "tab", reason: "disconnect" }])
  clock.turn(5 * minute + 1)
  expect(others()).toEqual([])
})

test("a device with two connections is there until the last one goes", () => {
  presence.enter("device", { reason: "connect" })
  presence.enter("device", { reason: "connect" })
  presence.leave("device")
  expect(others()).toMatchObject([{ reason: "connect" }])
  presence.leave("device")
  presence.leave("device")
  expect(others()).toMatchObject([{ reason: "disconnect" }])
})

test("of more than 200 the oldest are dropped", () => {
  for (let at = 0; at < 250; at++) presence.upsert(`${at}`, { text: `${at}` })
  expect(others()).toHaveLength(200)
  expect(others()[0]!.text).toBe("50")
})

test("a sweep tells that something went, and nothing when nothing did", () => {
  presence.upsert("a", { text: "a" })
  const before = changes
  presence.sweep()
  expect(changes).toBe(before)
  clock.turn(5 * minute + 1)
  presence.sweep()
  expect(changes).toBe(before + 1)
})

const modes: [mode: string, shown: boolean][] = [
  ["ui", true],
  ["webchat", true],
  ["test", true],
  ["node", true],
  ["cli", false],
  // The contract lists helper programs and probes; they come and go by the second, so here they are not.
  ["backend", false],
  ["probe", false],
]
test.each(modes)("a client in mode %s is somebody present: %p", async (mode, shown) => {
  await using gateway = await startGateway({ client: { mode: "cli" } })
  const client = {
    id: "test",
    version: "7",
    platform: "linux",
    mode,
    displayName: "desk",
    instanceId: "I1",
  }
  await using socket = await attempt(gateway.wsUrl, connectWith({ client }))
  const list = (await socket.request("system-presence"))?.payload as object[]
  expect(list).toHaveLength(shown ? 2 : 1)
  if (!shown) return
  expect(list[1]).toMatchObject({
    host: "desk",
    instanceId: "I1",
    mode,
    version: "7",
    reason: "connect",
    roles: ["operator"],
  })
  expect(list[1]).not.toHaveProperty("ip")
})

test("a device is one row, as operator and as node", async () => {
  await using gateway = await startGateway({ client: { mode: "cli" } })
  const device = rawDevice()
  const as = (fields: { role?: string; scopes: string[] }) =>
    attempt(gateway.wsUrl, (nonce) =>
      device.connect({ auth: { token: testToken }, nonce, signedAt: Date.now(), ...fields }),
    )
  await using operator = await as({ scopes: ["operator.read"] })
  await using asked = await as({ role: "node", scopes: [] })
  const { requestId } = asked.answer!.error.details
  await gateway.client.request("device.pair.approve", { requestId })
  await using _node = await as({ role: "node", scopes: [] })
  const list = (await operator.request("system-presence"))?.payload as object[]
  expect(list).toHaveLength(2)
  expect(list[1]).toMatchObject({
    deviceId: device.id,
    roles: ["operator", "node"],
    scopes: ["operator.read"],
    reason: "node-connected",
  })
})

test("system-event puts a machine on the list and tells everyone, under the key it names", async () => {
  await using gateway = await startGateway({ client: { mode: "cli" } })
  await using watcher = await attempt(gateway.wsUrl)
  const told = watcher.next("presence")
  await gateway.client.request("system-event", { text: "Node: attic", host: "Attic", mode: "ui" })
  await gateway.client.request("system-event", {
    text: "Node: attic again",
    host: "ATTIC",
    ip: "10.0.0.9",
  })
  expect((await told).stateVersion?.presence).toBeGreaterThan(0)
  const list = (await gateway.client.request("system-presence")) as { host?: string }[]
  expect(list.filter(({ host }) => host?.toLowerCase() === "attic")).toMatchObject([
    { host: "ATTIC", text: "Node: attic again", mode: "ui", ip: "10.0.0.9" },
  ])
})

test("system-event takes no endless words", async () => {
  await using gateway = await startGateway()
  for (const params of [
    { text: "" },
    { text: "x".repeat(2001) },
    { text: "x", host: "h".repeat(257) },
    { text: "x", ts: 1 },
  ])
    await expect(gateway.client.request("system-event", params)).rejects.toThrow(
      "invalid system-event params",
    )
})
