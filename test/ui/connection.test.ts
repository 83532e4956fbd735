import { expect, test } from "bun:test"
import { Connection } from "../../src/ui/connection.ts"
import type { Link } from "../../src/ui/connection.ts"
import { Credentials } from "../../src/ui/credentials.ts"
import { loadIdentity } from "../../src/ui/device.ts"
import { memoryVault } from "../../src/ui/vault.ts"
import { startUiGateway } from "../support/ui-gateway.ts"
import type { UiGateway } from "../support/ui-gateway.ts"

const noTab = { getItem: () => null, setItem: () => {}, removeItem: () => {}, clear: () => {} }

const connectTo = async (gateway: UiGateway, given: { token?: string; deviceToken?: string }) => {
  const vault = memoryVault()
  const held = new Map(given.token ? [["fased.token", given.token]] : [])
  const tab = {
    ...noTab,
    getItem: (name: string) => held.get(name) ?? null,
    removeItem: (name: string) => void held.delete(name),
  }
  const credentials = new Credentials(vault, tab, async () => ({ kind: "unavailable" }))
  if (given.deviceToken) await credentials.keep(given.deviceToken)
  const links: Link[] = []
  const events: string[] = []
  const waiting = new Set<() => void>()
  let gaps = 0
  const changed = () => {
    for (const wake of waiting) wake()
  }
  const connection = new Connection({
    url: gateway.url.replace("http", "ws"),
    origin: "http://127.0.0.1",
    client: { id: "fased-control-ui", version: "1", platform: "web", mode: "ui" },
    identity: await loadIdentity(vault),
    credentials,
    backoffMs: 10,
    onLink: (link) => {
      links.push(link)
      changed()
    },
    onEvent: (name) => {
      events.push(name)
      changed()
    },
    onGap: () => {
      gaps++
      changed()
    },
  })
  const until = async (met: () => boolean) => {
    while (!met()) await new Promise<void>((resolve) => waiting.add(resolve))
  }
  connection.open()
  return {
    connection,
    links,
    events,
    credentials,
    gaps: () => gaps,
    until,
    reaches: (kind: Link["kind"], times = 1) =>
      until(() => links.filter((link) => link.kind === kind).length >= times),
    [Symbol.dispose]: () => connection.close(),
  }
}

test("connects as the control UI with a proof that the gateway can verify", async () => {
  await using gateway = await startUiGateway()
  using client = await connectTo(gateway, { token: gateway.token })
  await client.reaches("open")
  expect(gateway.connects[0]).toMatchObject({
    minProtocol: 3,
    maxProtocol: 4,
    client: { id: "fased-control-ui", mode: "ui" },
    role: "operator",
    caps: ["tool-events"],
    auth: { token: gateway.token },
  })
  expect(gateway.connects[0]!.scopes).toHaveLength(5)
  expect(await client.connection.request("sessions.subscribe")).toEqual({ subscribed: true })
})

test("the browser's own token is kept and is enough the next time", async () => {
  await using gateway = await startUiGateway()
  using first = await connectTo(gateway, { token: gateway.token })
  await first.reaches("open")
  const [deviceToken] = gateway.deviceTokens
  using second = await connectTo(gateway, { deviceToken })
  await second.reaches("open")
  expect(gateway.connects[1]!.auth).toEqual({ deviceToken: deviceToken! })
})

test("a wrong token stops and asks, without hammering the gateway", async () => {
  await using gateway = await startUiGateway()
  using client = await connectTo(gateway, { token: "wrong" })
  await client.reaches("stopped")
  expect(client.links.at(-1)).toMatchObject({ trouble: { remedy: "token" } })
  expect(gateway.connects).toHaveLength(1)
  expect(await client.credentials.current()).toEqual({})
})

test("a stale link does not lock out a browser that is known", async () => {
  await using gateway = await startUiGateway()
  gateway.deviceTokens.add("known")
  using client = await connectTo(gateway, { token: "stale", deviceToken: "known" })
  await client.reaches("open")
  expect(gateway.connects.map(({ auth }) => auth)).toEqual([
    { token: "stale" },
    { deviceToken: "known" },
  ])
})

test("comes back after the connection is cut, and fails what was waiting", async () => {
  await using gateway = await startUiGateway()
  using client = await connectTo(gateway, { token: gateway.token })
  await client.reaches("open")
  const hanging = client.connection.request("sessions.list")
  gateway.drop()
  await expect(hanging).rejects.toThrow("the connection was lost")
  await client.reaches("open", 2)
})

test("an announced restart is waited for as long as announced", async () => {
  await using gateway = await startUiGateway()
  using client = await connectTo(gateway, { token: gateway.token })
  await client.reaches("open")
  gateway.drop({ reason: "update", restartExpectedMs: 50 })
  await client.reaches("waiting")
  const link = client.links.at(-1)!
  expect(link).toMatchObject({ trouble: { title: "The gateway is restarting", retryAfterMs: 50 } })
  await client.reaches("open", 2)
})

test("a gateway that falls silent is given up and called again", async () => {
  await using gateway = await startUiGateway({ tickIntervalMs: 20 })
  using client = await connectTo(gateway, { token: gateway.token })
  await client.reaches("open")
  await client.reaches("waiting")
  await client.reaches("open", 2)
  expect(gateway.connects.length).toBeGreaterThanOrEqual(2)
})

test("a hole in the event numbers is noticed", async () => {
  await using gateway = await startUiGateway()
  using client = await connectTo(gateway, { token: gateway.token })
  await client.reaches("open")
  gateway.emit("tick", { ts: 1 })
  gateway.emit("tick", { ts: 2 })
  await client.until(() => client.events.filter((name) => name === "tick").length === 2)
  expect(client.gaps()).toBe(0)
  gateway.emit("tick", { ts: 3 }, 1)
  await client.until(() => client.gaps() === 1)
})

test("what is given up is told to the gateway, and not waited for", async () => {
  await using gateway = await startUiGateway()
  using client = await connectTo(gateway, { token: gateway.token })
  await client.reaches("open")
  gateway.ignore("doctor.run")
  const over = new AbortController()
  const asked = client.connection.request("doctor.run", {}, { signal: over.signal })
  await gateway.received("doctor.run")
  over.abort()
  expect(asked).rejects.toThrow("it was given up")
  expect(await gateway.received("request.cancel")).toEqual({ id: "2" })
})

test("an unpaired browser keeps asking until it is approved", async () => {
  let asked = 0
  const details = { code: "PAIRING_REQUIRED", requestId: "r1" }
  await using gateway = await startUiGateway({
    refuse: () =>
      asked++ === 0 ? { code: "NOT_PAIRED", message: "pairing required", details } : undefined,
  })
  using client = await connectTo(gateway, { token: gateway.token })
  await client.reaches("waiting")
  expect(client.links.at(-1)).toMatchObject({
    trouble: { command: "fased devices approve r1" },
  })
  client.connection.open()
  await client.reaches("open")
})
