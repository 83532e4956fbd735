import { expect, test } from "bun:test"
import { startGateway, type TestGateway } from "../support/gateway.ts"
import { asks, knock, letIn, scopesOf } from "../support/knock.ts"
import { rawDevice } from "../support/raw-device.ts"
import { refusalOf } from "../support/raw-socket.ts"
import { turnableClock } from "../support/turnable-clock.ts"

const pairing = "NOT_PAIRED PAIRING_REQUIRED 1008"
const here = {}

interface Listed {
  pending: { requestId: string; deviceId: string; scopes: string[]; isRepair?: true }[]
  paired: { deviceId: string; roles: string[]; scopes: string[]; platform: string }[]
}
const list = async ({ client }: TestGateway) =>
  (await client.request("device.pair.list", {})) as Listed

/** What a call was refused for: the code, and the scope that was missing. */
const refusedFor = (call: Promise<unknown>) =>
  call.then(
    () => "allowed",
    (error: { message: string; toWire(): { details: { code: string } } }) =>
      `${error.toWire().details.code}: ${error.message}`,
  )

/** All events of a kind a client has heard, and the next one. */
const heard = (gateway: TestGateway, name: string) => {
  const waiting: ((payload: unknown) => void)[] = []
  const all: unknown[] = []
  gateway.client.on(name, (payload) => {
    all.push(payload)
    waiting.shift()?.(payload)
  })
  return { all, next: () => new Promise<unknown>((resolve) => waiting.push(resolve)) }
}

test("a device from elsewhere asks, is approved, and comes in with what it asked for", async () => {
  await using gateway = await startGateway()
  const device = rawDevice()
  const wish = { scopes: scopesOf("read", "write"), platform: "iOS", deviceFamily: "iPhone" }
  const requestId = await asks(gateway, device, wish)
  expect(await list(gateway)).toMatchObject({
    pending: [
      {
        requestId,
        deviceId: device.id,
        publicKey: device.publicKey,
        role: "operator",
        scopes: wish.scopes,
        platform: "ios",
        deviceFamily: "iphone",
        clientId: "test",
        remoteIp: expect.any(String),
      },
    ],
    paired: [],
  })
  const approved = await gateway.client.request("device.pair.approve", { requestId })
  expect(approved).toMatchObject({
    requestId,
    device: { deviceId: device.id, roles: ["operator"] },
  })
  await using socket = await knock(gateway, device, wish)
  expect(socket.answer?.payload.auth).toMatchObject({
    scopes: wish.scopes,
    deviceToken: expect.any(String),
  })
  expect(await list(gateway)).toMatchObject({
    pending: [],
    paired: [{ deviceId: device.id, scopes: wish.scopes }],
  })
})

test("what is listed of tokens is when they were made and for what, never a token", async () => {
  await using gateway = await startGateway()
  const token = await letIn(gateway, rawDevice(), { scopes: scopesOf("read") })
  const { paired } = await list(gateway)
  expect(paired).toMatchObject([
    { tokens: [{ role: "operator", scopes: scopesOf("read"), issuedAtMs: expect.any(Number) }] },
  ])
  expect(JSON.stringify(paired)).not.toContain(token)
})

test("a rejected device is told so once, and may ask again", async () => {
  await using gateway = await startGateway()
  const device = rawDevice()
  const requestId = await asks(gateway, device)
  expect(await gateway.client.request("device.pair.reject", { requestId })).toEqual({
    requestId,
    deviceId: device.id,
  })
  const code = /^devices\.unknown-request/
  for (const answer of ["approve", "reject"])
    expect(
      await refusedFor(gateway.client.request(`device.pair.${answer}`, { requestId })),
    ).toMatch(code)
  await using again = await knock(gateway, device)
  expect(await refusalOf(again)).toBe(pairing)
  expect(again.answer?.error?.details).toMatchObject({ decision: "rejected" })
  expect((await list(gateway)).pending).toEqual([])
  expect(await asks(gateway, device)).toEqual(expect.any(String))
})

test("those who may pair hear of requests and of their answers; others do not", async () => {
  await using gateway = await startGateway()
  const requested = heard(gateway, "device.pair.requested")
  const resolved = heard(gateway, "device.pair.resolved")
  const reader = await gateway.connect({ scopes: scopesOf("read", "write", "approvals") })
  const leaked: string[] = []
  reader.on("*", (_, { event }) => leaked.push(event))

  const device = rawDevice()
  const soon = requested.next()
  const requestId = await asks(gateway, device)
  expect(await soon).toMatchObject({ requestId, deviceId: device.id, role: "operator" })
  await asks(gateway, device)
  expect(requested.all).toHaveLength(1)

  const superseded = resolved.next()
  const wider = await asks(gateway, device, { scopes: scopesOf("read", "admin") })
  expect(await superseded).toMatchObject({ requestId, decision: "expired" })
  const answered = resolved.next()
  await gateway.client.request("device.pair.reject", { requestId: wider })
  expect(await answered).toMatchObject({
    requestId: wider,
    deviceId: device.id,
    decision: "rejected",
  })
  await reader.request("health", {})
  expect(leaked.filter((name) => name.startsWith("device."))).toEqual([])
})

test("a node's request and its answer are told under the names of nodes, too", async () => {
  await using gateway = await startGateway()
  const requested = heard(gateway, "node.pair.requested")
  const resolved = heard(gateway, "node.pair.resolved")
  await asks(gateway, rawDevice())
  const device = rawDevice()
  const [soon, then] = [requested.next(), resolved.next()]
  const requestId = await asks(gateway, device, { role: "node", scopes: [] })
  expect(await soon).toMatchObject({ requestId, nodeId: device.id, platform: "linux" })
  await gateway.client.request("node.pair.approve", { requestId })
  expect(await then).toMatchObject({ requestId, nodeId: device.id, decision: "approved" })
  expect(requested.all).toHaveLength(1)
})

test("a request ends after five minutes, unless its device knocks on", async () => {
  const clock = turnableClock(Date.now())
  await using gateway = await startGateway({ start: { clock } })
  const resolved = heard(gateway, "device.pair.resolved")
  const device = rawDevice()
  const at = () => ({ signedAt: clock.now() })
  const requestId = await asks(gateway, device, at())
  clock.turn(4 * 60_000)
  expect(await asks(gateway, device, at())).toBe(requestId)
  clock.turn(4 * 60_000)
  expect((await list(gateway)).pending).toHaveLength(1)
  const expired = resolved.next()
  clock.turn(60_002)
  expect(await expired).toMatchObject({ requestId, decision: "expired" })
  expect((await list(gateway)).pending).toEqual([])
  expect(await refusedFor(gateway.client.request("device.pair.approve", { requestId }))).toMatch(
    /^devices\.unknown-request/,
  )
})

test.each([
  ["from elsewhere", undefined],
  ["at this machine", here],
])(
  "who wants more than they were given asks anew, and keeps what they had: %s",
  async (_, where) => {
    await using gateway = await startGateway()
    const device = rawDevice()
    const narrow = { scopes: scopesOf("read") }
    const wide = { scopes: scopesOf("read", "admin") }
    await letIn(gateway, device, narrow)
    await using live = await knock(gateway, device, narrow, where)
    await using asked = await knock(gateway, device, wide, where)
    expect(await refusalOf(asked)).toBe(pairing)
    await using node = await knock(gateway, device, { role: "node", scopes: [] }, where)
    expect(await refusalOf(node)).toBe(pairing)

    const { pending } = await list(gateway)
    const upgrade = pending.find(({ scopes }) => scopes.length)!
    expect(upgrade.scopes).toEqual(wide.scopes)
    await gateway.client.request("device.pair.approve", { requestId: upgrade.requestId })
    expect((await live.request("system-event", { text: "x" }))?.error.message).toBe(
      "missing scope: operator.admin",
    )
    await using anew = await knock(gateway, device, wide, where)
    expect(anew.answer?.payload.auth.scopes).toEqual(wide.scopes)
  },
)

test.each([
  ["from elsewhere", undefined],
  ["at this machine", here],
])("a device that calls itself something else is paired anew: %s", async (_, where) => {
  await using gateway = await startGateway()
  const device = rawDevice()
  await letIn(gateway, device, { platform: "ios", deviceFamily: "iPhone" })
  await using changed = await knock(gateway, device, { platform: "linux" }, where)
  expect(await refusalOf(changed)).toBe(pairing)
  const { pending, paired } = await list(gateway)
  expect(pending).toMatchObject([{ isRepair: true, deviceId: device.id }])
  expect(paired).toMatchObject([{ platform: "ios", deviceFamily: "iphone" }])
  await gateway.client.request("device.pair.approve", { requestId: pending[0]!.requestId })
  await using repaired = await knock(gateway, device, { platform: "linux" }, where)
  expect(repaired.answer?.ok).toBe(true)
})

test.each([
  ["read", ["read"], "operator", "allowed"],
  ["nothing at all", [], "operator", "allowed"],
  ["write", ["read", "write"], "operator", "MISSING_SCOPE: missing scope: operator.write"],
  ["admin", ["admin"], "operator", "MISSING_SCOPE: missing scope: operator.admin"],
  ["approvals", ["approvals"], "operator", "MISSING_SCOPE: missing scope: operator.approvals"],
  ["to be a node", [], "node", "MISSING_SCOPE: missing scope: operator.admin"],
] as const)(
  "who holds read and pairing alone, and someone asks for %s",
  async (_, scopes, role, outcome) => {
    await using gateway = await startGateway()
    const requestId = await asks(gateway, rawDevice(), { role, scopes: scopesOf(...scopes) })
    const approver = await gateway.connect({ scopes: scopesOf("read", "pairing") })
    expect(await refusedFor(approver.request("device.pair.approve", { requestId }))).toBe(outcome)
    expect((await list(gateway)).pending).toHaveLength(outcome === "allowed" ? 0 : 1)
  },
)

test("a device cannot approve its own wish for more", async () => {
  await using gateway = await startGateway()
  const device = rawDevice()
  const has = scopesOf("read", "pairing")
  await letIn(gateway, device, { scopes: has })
  await using live = await knock(gateway, device, { scopes: has })
  const requestId = await asks(gateway, device, { scopes: [...has, "operator.admin"] })
  const answer = await live.request("device.pair.approve", { requestId })
  expect(answer?.error.message).toBe("missing scope: operator.admin")
})

test("two sockets of a new device at this machine both come in, and nothing is left to approve", async () => {
  await using gateway = await startGateway()
  const device = rawDevice()
  const sockets = await Promise.all([1, 2, 3].map(() => knock(gateway, device, {}, here)))
  expect(sockets.map(({ answer }) => answer?.ok)).toEqual([true, true, true])
  expect((await list(gateway)).pending).toEqual([])
  for (const socket of sockets) await socket[Symbol.asyncDispose]()
})

test("of a flood of requests the newest hundred wait", async () => {
  await using gateway = await startGateway()
  for (let n = 0; n < 12; n++)
    await Promise.all(Array.from({ length: 10 }, () => asks(gateway, rawDevice())))
  const last = await asks(gateway, rawDevice())
  const { pending } = await list(gateway)
  expect(pending).toHaveLength(100)
  expect(pending.map(({ requestId }) => requestId)).toContain(last)
})
