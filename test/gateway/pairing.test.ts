import { describe, expect, test } from "bun:test"
import { startGateway, testToken, type TestGateway } from "../support/gateway.ts"
import { rawDevice, type RawDevice } from "../support/raw-device.ts"
import { attempt, connectWith, refusalOf } from "../support/raw-socket.ts"

const auth = { token: testToken }
/** What a proxy on the same machine adds. */
const proxied = { "x-forwarded-for": "203.0.113.9" }
type Fields = Partial<Parameters<RawDevice["connect"]>[0]>

const knock = (gateway: TestGateway, device: RawDevice, fields: Fields = {}, headers = {}) =>
  attempt(
    gateway.wsUrl,
    (nonce) => device.connect({ auth, nonce, signedAt: Date.now(), ...fields }),
    headers,
  )

/** Signs in here once, by the shared secret; gives the device's own token. */
const paired = async (gateway: TestGateway, device: RawDevice, fields: Fields = {}) => {
  await using socket = await knock(gateway, device, fields)
  return socket.answer?.payload.auth.deviceToken as string
}

const pairing = "NOT_PAIRED PAIRING_REQUIRED 1008"
const badDeviceToken = "INVALID_REQUEST AUTH_DEVICE_TOKEN_MISMATCH 1008"

test("a device token signs in alone, in either field, from anywhere", async () => {
  await using gateway = await startGateway()
  const device = rawDevice()
  const deviceToken = await paired(gateway, device)
  for (const auth of [{ deviceToken }, { token: deviceToken }])
    for (const headers of [{}, proxied]) {
      await using socket = await knock(gateway, device, { auth }, headers)
      expect(socket.answer?.payload.auth).toMatchObject({
        method: "device-token",
        scopes: ["operator.read"],
        deviceToken,
      })
    }
})

test("every visit of a device gives the same token, and each role has its own", async () => {
  await using gateway = await startGateway()
  const device = rawDevice()
  const first = await paired(gateway, device)
  expect(await paired(gateway, device)).toBe(first)
  await using node = await knock(gateway, device, { role: "node", scopes: [] })
  expect(await refusalOf(node)).toBe(pairing)
  const { requestId } = node.answer!.error.details
  await gateway.client.request("device.pair.approve", { requestId })
  expect(await paired(gateway, device, { role: "node", scopes: [] })).not.toBe(first)
})

test("a device token outlives the process, and is worth nothing to another gateway", async () => {
  const device = rawDevice()
  await using elsewhere = await startGateway()
  await using gateway = await startGateway()
  const deviceToken = await paired(gateway, device)
  await gateway.stop()
  await using again = await startGateway({ home: gateway.home })
  await using same = await knock(again, device, { auth: { deviceToken } })
  expect(same.answer?.ok).toBe(true)
  await paired(elsewhere, device)
  await using foreign = await knock(elsewhere, device, { auth: { deviceToken } })
  expect(await refusalOf(foreign)).toBe(badDeviceToken)
})

test.each([
  ["one that is made up", () => ({ deviceToken: "made-up" })],
  ["one cut short", (token: string) => ({ deviceToken: token.slice(0, -1) })],
])("a wrong device token is refused: %s", async (_, credentials) => {
  await using gateway = await startGateway()
  const device = rawDevice()
  const token = await paired(gateway, device)
  await using socket = await knock(gateway, device, { auth: credentials(token) })
  expect(await refusalOf(socket)).toBe(badDeviceToken)
})

test("another device's token does not sign in", async () => {
  await using gateway = await startGateway()
  const deviceToken = await paired(gateway, rawDevice())
  const other = rawDevice()
  for (const know of [false, true]) {
    if (know) await paired(gateway, other)
    await using socket = await knock(gateway, other, { auth: { deviceToken } })
    expect(await refusalOf(socket)).toBe(badDeviceToken)
  }
})

test("one role's token does not open the other", async () => {
  await using gateway = await startGateway()
  const device = rawDevice()
  const deviceToken = await paired(gateway, device, { role: "node", scopes: [] })
  await using socket = await knock(gateway, device, { auth: { deviceToken } })
  expect(await refusalOf(socket)).toBe(badDeviceToken)
})

test("a device token opens no more than its record says, whatever its bearer asks", async () => {
  await using gateway = await startGateway()
  const device = rawDevice()
  const deviceToken = await paired(gateway, device, { scopes: ["operator.read"] })
  const wider = { auth: { deviceToken }, scopes: ["operator.read", "operator.admin"] }
  await using asked = await knock(gateway, device, wider)
  expect(await refusalOf(asked)).toBe(pairing)
  await using less = await knock(gateway, device, { auth: { deviceToken }, scopes: [] })
  expect(less.answer?.payload.auth.scopes).toEqual([])
})

test("a change of platform or family under a device token needs pairing anew; of case does not", async () => {
  await using gateway = await startGateway()
  const device = rawDevice()
  const born = { platform: "Linux", deviceFamily: "Desktop" }
  const deviceToken = await paired(gateway, device, born)
  const rows: [Fields, string][] = [
    [{ platform: "linux", deviceFamily: "DESKTOP " }, "let in"],
    [{ platform: "ios", deviceFamily: "Desktop" }, pairing],
    [{ platform: "Linux", deviceFamily: "iPhone" }, pairing],
    [{ platform: "Linux" }, pairing],
  ]
  for (const [fields, outcome] of rows) {
    await using socket = await knock(gateway, device, { auth: { deviceToken }, ...fields })
    expect(await refusalOf(socket), JSON.stringify(fields)).toBe(outcome)
  }
})

const forwarded: Record<string, string>[] = [
  { forwarded: "for=203.0.113.9" },
  { "x-forwarded-for": "127.0.0.1" },
  { "X-Forwarded-Host": "localhost" },
  { "x-forwarded-proto": "http" },
  { "x-forwarded-user": "admin" },
  { "x-real-ip": "127.0.0.1" },
  { via: "1.1 proxy" },
  { "cf-connecting-ip": "203.0.113.9" },
  { "tailscale-user-login": "admin@example.com" },
  { host: "192.0.2.7:1" },
]
describe.each(forwarded)("behind a proxy, by %o", (headers) => {
  test("a new device waits for approval, and nothing is local any more", async () => {
    await using gateway = await startGateway()
    await using stranger = await knock(gateway, rawDevice(), {}, headers)
    expect(await refusalOf(stranger)).toBe(pairing)
    expect(stranger.answer?.error.details.requestId).toBeString()
    await using without = await attempt(gateway.wsUrl, connectWith(), headers)
    expect(await refusalOf(without)).toBe("NOT_PAIRED DEVICE_IDENTITY_REQUIRED 1008")
  })
})

test("without any auth a proxy's client is still asked for a device and for approval", async () => {
  await using gateway = await startGateway({
    start: { auth: "none" },
    client: { token: undefined },
  })
  await using without = await attempt(gateway.wsUrl, connectWith({ auth: undefined }), proxied)
  expect(await refusalOf(without)).toBe("NOT_PAIRED DEVICE_IDENTITY_REQUIRED 1008")
  await using device = await knock(gateway, rawDevice(), { auth: {} }, proxied)
  expect(await refusalOf(device)).toBe(pairing)
})

test("the wrong secret never gets as far as a pairing request", async () => {
  await using gateway = await startGateway()
  await using socket = await knock(
    gateway,
    rawDevice(),
    { auth: { token: "x".repeat(40) } },
    proxied,
  )
  expect(await refusalOf(socket)).toBe("INVALID_REQUEST AUTH_TOKEN_MISMATCH 1008")
})

test("who knocks again keeps the request; who asks for something else gets another", async () => {
  await using gateway = await startGateway()
  const device = rawDevice()
  const ask = async (fields: Fields) => {
    await using socket = await knock(gateway, device, fields, proxied)
    return socket.answer?.error.details.requestId as string
  }
  const first = await ask({ scopes: ["operator.read"] })
  expect(await ask({ scopes: ["operator.read"] })).toBe(first)
  const wider = await ask({ scopes: ["operator.read", "operator.admin"] })
  expect(wider).not.toBe(first)
  expect(await ask({ scopes: ["operator.admin", "operator.read"] })).toBe(wider)
})

test("a page needs a device even here, and even with the right token", async () => {
  await using gateway = await startGateway()
  for (const id of ["webchat-ui", "fased-control-ui", "openclaw-control-ui"]) {
    const client = { id, mode: "webchat", version: "1", platform: "web" }
    await using socket = await attempt(gateway.wsUrl, connectWith({ client }))
    expect(await refusalOf(socket)).toBe("NOT_PAIRED CONTROL_UI_DEVICE_IDENTITY_REQUIRED 1008")
  }
})
