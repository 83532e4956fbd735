import { expect, test } from "bun:test"
import { startGateway, testToken } from "../support/gateway.ts"
import { asks, knock, letIn, scopesOf } from "../support/knock.ts"
import { rawDevice } from "../support/raw-device.ts"
import { refusalOf, type Frame, type RawSocket } from "../support/raw-socket.ts"

const badToken = "INVALID_REQUEST AUTH_DEVICE_TOKEN_MISMATCH 1008"
const notYours = "devices.not-yours"
const operator = "operator" as const

const codeOf = (answer: Frame | null) =>
  answer?.ok ? "allowed" : (answer?.error.details.code as string | undefined)

/** How a call of the gateway's first client was refused. */
const refusedFor = (call: Promise<unknown>) =>
  call.then(
    () => "allowed",
    (error: { toWire(): { details: { code: string } } }) => error.toWire().details.code,
  )

const isOpen = async (socket: RawSocket) => (await socket.request("health")) !== null

test("rotation gives another token; the old one and its connections end at once", async () => {
  await using gateway = await startGateway()
  const device = rawDevice()
  const old = await letIn(gateway, device)
  await using byToken = await knock(gateway, device, { auth: { deviceToken: old } })
  await using bySecret = await knock(gateway, device)
  await using other = await knock(gateway, rawDevice(), {}, {})

  const rotated = await gateway.client.request("device.token.rotate", {
    deviceId: device.id,
    role: operator,
  })
  const { token } = rotated as { token: string }
  expect(rotated).toEqual({
    deviceId: device.id,
    role: "operator",
    token: expect.stringMatching(/^[\w-]{43}$/),
    scopes: scopesOf("read"),
    rotatedAtMs: expect.any(Number),
  })
  for (const socket of [byToken, bySecret])
    expect(await socket.closed).toEqual({ code: 1008, reason: "device token rotated" })
  expect(await isOpen(other)).toBe(true)
  await using late = await knock(gateway, device, { auth: { deviceToken: old } })
  expect(await refusalOf(late)).toBe(badToken)
  await using anew = await knock(gateway, device, { auth: { deviceToken: token } })
  expect(anew.answer?.ok).toBe(true)
})

test("rotation touches one role and leaves the other connected", async () => {
  await using gateway = await startGateway()
  const device = rawDevice()
  await letIn(gateway, device)
  await letIn(gateway, device, { role: "node", scopes: [] })
  await using asOperator = await knock(gateway, device)
  await using asNode = await knock(gateway, device, { role: "node", scopes: [] })
  await gateway.client.request("device.token.revoke", { deviceId: device.id, role: "node" })
  expect(await asNode.closed).toEqual({ code: 1008, reason: "device token revoked" })
  expect(await isOpen(asOperator)).toBe(true)
})

test("a revoked token is worth nothing until the device signs in with the gateway's secret", async () => {
  await using gateway = await startGateway()
  const device = rawDevice()
  const old = await letIn(gateway, device)
  await gateway.client.request("device.token.revoke", { deviceId: device.id, role: operator })
  expect(await gateway.client.request("device.pair.list", {})).toMatchObject({
    paired: [{ tokens: [{ revokedAtMs: expect.any(Number) }] }],
  })
  await using late = await knock(gateway, device, { auth: { deviceToken: old } })
  expect(await refusalOf(late)).toBe(badToken)
  await using back = await knock(gateway, device)
  const { deviceToken } = back.answer!.payload.auth
  expect(deviceToken).not.toBe(old)
  await using again = await knock(gateway, device, { auth: { deviceToken } })
  expect(again.answer?.ok).toBe(true)
  await using still = await knock(gateway, device, { auth: { deviceToken: old } })
  expect(await refusalOf(still)).toBe(badToken)
})

test("a removed device is forgotten: its connections end, it asks anew, its old token never comes back", async () => {
  await using gateway = await startGateway()
  const device = rawDevice()
  const old = await letIn(gateway, device)
  await using live = await knock(gateway, device)
  await asks(gateway, device, { scopes: scopesOf("read", "write") })
  expect(await gateway.client.request("device.pair.remove", { deviceId: device.id })).toEqual({
    deviceId: device.id,
  })
  expect(await live.closed).toEqual({ code: 1008, reason: "device removed" })
  expect(await gateway.client.request("device.pair.list", {})).toEqual({ pending: [], paired: [] })
  await using late = await knock(gateway, device, { auth: { deviceToken: old } })
  expect(await refusalOf(late)).toBe(badToken)
  const again = await letIn(gateway, device)
  expect(again).not.toBe(old)
  await using ghost = await knock(gateway, device, { auth: { deviceToken: old } })
  expect(await refusalOf(ghost)).toBe(badToken)
})

test("a connection that ends its own device hears that it did, and is closed", async () => {
  await using gateway = await startGateway()
  const scopes = scopesOf("pairing")
  for (const method of ["device.token.rotate", "device.token.revoke", "device.pair.remove"]) {
    const device = rawDevice()
    await letIn(gateway, device, { scopes })
    await using live = await knock(gateway, device, { scopes })
    const role = method.includes("token") && { role: operator }
    const answer = await live.request(method, { deviceId: device.id, ...role })
    expect([method, answer?.ok]).toEqual([method, true])
    expect((await live.closed).code).toBe(1008)
  }
})

test("a rotated token may carry less, and then stays so", async () => {
  await using gateway = await startGateway()
  const device = rawDevice()
  await letIn(gateway, device, { scopes: scopesOf("read", "write") })
  const rotate = async (scopes?: string[]) =>
    (await gateway.client.request("device.token.rotate", {
      deviceId: device.id,
      role: operator,
      ...(scopes && { scopes }),
    })) as { scopes: string[]; token: string }
  expect((await rotate(scopesOf("read", "read"))).scopes).toEqual(scopesOf("read"))
  const { token, scopes } = await rotate()
  expect(scopes).toEqual(scopesOf("read"))
  await using wide = await knock(gateway, device, {
    auth: { deviceToken: token },
    scopes: scopesOf("write"),
  })
  expect(await refusalOf(wide)).toBe("NOT_PAIRED PAIRING_REQUIRED 1008")
  expect((await rotate([])).scopes).toEqual([])
})

const wider: [string, object, string][] = [
  [
    "a scope it was never approved for",
    { scopes: scopesOf("read", "admin") },
    "devices.beyond-record",
  ],
  ["a scope nobody knows", { scopes: ["operator.root"] }, "gateway.bad-params"],
  ["a scope without its first word", { scopes: ["admin"] }, "gateway.bad-params"],
  ["a role it was never approved for", { role: "node" }, "devices.unknown-device"],
  ["a role nobody knows", { role: "admin" }, "gateway.bad-params"],
  ["a device nobody knows", { deviceId: "0".repeat(64) }, "devices.unknown-device"],
]
test.each(wider)("even an admin cannot rotate to %s", async (_, more, code) => {
  await using gateway = await startGateway()
  const device = rawDevice()
  const old = await letIn(gateway, device)
  const params = { deviceId: device.id, role: "operator", ...more }
  expect(await refusedFor(gateway.client.request("device.token.rotate", params))).toBe(code)
  await using same = await knock(gateway, device, { auth: { deviceToken: old } })
  expect(same.answer?.ok).toBe(true)
})

test("nobody mints a token for more than they hold themselves", async () => {
  await using gateway = await startGateway()
  const device = rawDevice()
  await letIn(gateway, device, { scopes: scopesOf("read", "write", "admin") })
  await letIn(gateway, device, { role: "node", scopes: [] })
  const clerk = await gateway.connect({ scopes: scopesOf("read", "pairing") })
  const rotate = (more: object) =>
    refusedFor(
      clerk.request("device.token.rotate", { deviceId: device.id, role: "operator", ...more }),
    )
  for (const more of [{}, { scopes: scopesOf("admin") }, { scopes: scopesOf("read", "write") }])
    expect(await rotate(more)).toBe("MISSING_SCOPE")
  expect(await rotate({ role: "node" })).toBe("MISSING_SCOPE")
  expect(await rotate({ scopes: scopesOf("read") })).toBe("allowed")
})

test("a device without admin manages its own operator access and nothing else", async () => {
  await using gateway = await startGateway()
  const [own, other] = [rawDevice(), rawDevice()]
  const scopes = scopesOf("read", "pairing")
  await letIn(gateway, own, { scopes })
  await letIn(gateway, own, { role: "node", scopes: [] })
  await letIn(gateway, other, { scopes: scopesOf("read") })
  await using live = await knock(gateway, own, { scopes })
  const call = async (method: string, params: object) => codeOf(await live.request(method, params))
  for (const deviceId of [other.id, "0".repeat(64)]) {
    expect(await call("device.pair.remove", { deviceId })).toBe(notYours)
    for (const act of ["rotate", "revoke"])
      expect(await call(`device.token.${act}`, { deviceId, role: operator })).toBe(notYours)
  }
  for (const act of ["rotate", "revoke"])
    expect(await call(`device.token.${act}`, { deviceId: own.id, role: "node" })).toBe(notYours)
  expect(
    await call("device.token.rotate", {
      deviceId: own.id,
      role: operator,
      scopes: [...scopes, "operator.write"],
    }),
  ).toBe("devices.beyond-record")
  expect(await call("device.token.rotate", { deviceId: own.id, role: operator })).toBe("allowed")
})

test("without the pairing scope none of it can be called", async () => {
  await using gateway = await startGateway()
  const client = await gateway.connect({ scopes: scopesOf("read", "write", "approvals") })
  const calls: [string, object][] = [
    ["device.pair.list", {}],
    ["device.pair.approve", { requestId: "x" }],
    ["device.pair.reject", { requestId: "x" }],
    ["device.pair.remove", { deviceId: "x" }],
    ["device.token.rotate", { deviceId: "x", role: operator }],
    ["device.token.revoke", { deviceId: "x", role: operator }],
    ["device.setup.create", {}],
  ]
  for (const [method, params] of calls)
    expect([method, await refusedFor(client.request(method, params))]).toEqual([
      method,
      "MISSING_SCOPE",
    ])
})

test("a device token given for the shared token's place signs in, and the shared secret does not pass for one", async () => {
  await using gateway = await startGateway()
  const device = rawDevice()
  const token = await letIn(gateway, device)
  await using inTokenField = await knock(gateway, device, { auth: { token } })
  expect(inTokenField.answer?.payload.auth.method).toBe("device-token")
  await using wrongField = await knock(gateway, device, { auth: { deviceToken: testToken } })
  expect(await refusalOf(wrongField)).toBe(badToken)
})
