import { expect, test } from "bun:test"
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { startGateway, testToken, type TestGateway } from "../support/gateway.ts"
import { asks, knock, letIn, scopesOf } from "../support/knock.ts"
import { rawDevice } from "../support/raw-device.ts"
import { refusalOf } from "../support/raw-socket.ts"
import { writeFileAtomic } from "../../src/store/files.ts"
import { turnableClock } from "../support/turnable-clock.ts"

const url = "wss://gateway.example.com"
const invalid = "INVALID_REQUEST AUTH_BOOTSTRAP_TOKEN_INVALID 1008"
const pairing = "NOT_PAIRED PAIRING_REQUIRED 1008"

interface Setup {
  setupCode: string
  gatewayUrl: string
  scopes: string[]
  expiresAtMs: number
}
const create = async ({ client }: Pick<TestGateway, "client">, params: object = {}) =>
  (await client.request("device.setup.create", { url, ...params })) as Setup

const decode = (setupCode: string) =>
  JSON.parse(Buffer.from(setupCode, "base64url").toString()) as Record<string, string>
const tokenIn = ({ setupCode }: Setup) => decode(setupCode).bootstrapToken!

const refusedFor = (call: Promise<unknown>) =>
  call.then(
    () => "allowed",
    (error: { toWire(): { details: { code: string } } }) => error.toWire().details.code,
  )

test("a code holds an address and a token of its own for ten minutes, never the gateway's secret", async () => {
  await using gateway = await startGateway()
  const setup = await create(gateway)
  expect(setup).toMatchObject({
    gatewayUrl: url,
    urlSource: "url",
    auth: "bootstrap-token",
    role: "operator",
    scopes: scopesOf("read", "write", "approvals"),
  })
  expect(setup.expiresAtMs - Date.now()).toBeLessThanOrEqual(600_000)
  expect(decode(setup.setupCode)).toEqual({
    url,
    bootstrapToken: expect.stringMatching(/^[\w-]{43}$/),
  })
  expect(JSON.stringify(decode(setup.setupCode))).not.toContain(testToken)
})

test("what is kept of a code could not be redeemed, and no log has it", async () => {
  await using gateway = await startGateway()
  const bootstrapToken = tokenIn(await create(gateway))
  await using socket = await knock(gateway, rawDevice(), { auth: { bootstrapToken } })
  expect(socket.answer?.ok).toBe(true)
  await gateway.stop()
  const { state, logs } = gateway.paths
  const files = [
    ...readdirSync(state).map((name) => join(state, name)),
    ...readdirSync(logs).map((name) => join(logs, name)),
  ]
  for (const file of files.filter((path) => /fased\.db|\.log$/.test(path)))
    expect(readFileSync(file).includes(bootstrapToken), file).toBe(false)
})

test("a device from elsewhere comes in with nothing but a code, and keeps a token of its own", async () => {
  await using gateway = await startGateway()
  const device = rawDevice()
  const bootstrapToken = tokenIn(await create(gateway, { scopes: scopesOf("read", "write") }))
  await using first = await knock(gateway, device, { auth: { bootstrapToken } })
  const { deviceToken, ...auth } = first.answer!.payload.auth
  expect(auth).toMatchObject({
    method: "bootstrap-token",
    role: "operator",
    scopes: scopesOf("read"),
  })
  await using next = await knock(gateway, device, {
    auth: { deviceToken },
    scopes: scopesOf("read", "write"),
  })
  expect(next.answer?.payload.auth.scopes).toEqual(scopesOf("read", "write"))
})

test("a code works once: not for a second device, nor for the same one again", async () => {
  await using gateway = await startGateway()
  const bootstrapToken = tokenIn(await create(gateway))
  const auth = { bootstrapToken }
  const devices = [rawDevice(), rawDevice(), rawDevice()]
  const sockets = await Promise.all(devices.map((device) => knock(gateway, device, { auth })))
  expect(sockets.filter(({ answer }) => answer?.ok)).toHaveLength(1)
  const winner = devices[sockets.findIndex(({ answer }) => answer?.ok)]!
  for (const socket of sockets) await socket[Symbol.asyncDispose]()
  for (const device of [winner, rawDevice()]) {
    await using again = await knock(gateway, device, { auth })
    expect(await refusalOf(again)).toBe(invalid)
  }
})

test("a code ends after its time", async () => {
  const clock = turnableClock(Date.now())
  await using gateway = await startGateway({ start: { clock } })
  const [early, late] = [tokenIn(await create(gateway)), tokenIn(await create(gateway))]
  const short = tokenIn(await create(gateway, { ttlMs: 1_000 }))
  const tryWith = async (bootstrapToken: string) => {
    await using socket = await knock(gateway, rawDevice(), {
      auth: { bootstrapToken },
      signedAt: clock.now(),
    })
    return refusalOf(socket)
  }
  clock.turn(1_000)
  expect(await tryWith(short)).toBe(invalid)
  clock.turn(598_999)
  expect(await tryWith(early)).toBe("let in")
  clock.turn(1)
  expect(await tryWith(late)).toBe(invalid)
})

test.each([
  ["more scopes", { scopes: scopesOf("read", "admin") }],
  ["another role", { role: "node", scopes: [] }],
])(
  "a code bound to reading does not serve for %s, and is not used up by the try",
  async (_, fields) => {
    await using gateway = await startGateway()
    const device = rawDevice()
    const bootstrapToken = tokenIn(await create(gateway, { scopes: scopesOf("read") }))
    const auth = { bootstrapToken }
    await using wide = await knock(gateway, device, { auth, ...fields })
    expect(await refusalOf(wide)).toBe(invalid)
    await using fits = await knock(gateway, device, { auth })
    expect(fits.answer?.ok).toBe(true)
    await using later = await knock(gateway, device, { auth, ...fields })
    expect(await refusalOf(later)).toBe(invalid)
  },
)

test("a used code does not answer a wider request of the same device", async () => {
  await using gateway = await startGateway()
  const device = rawDevice()
  const wide = { scopes: scopesOf("read", "admin") }
  const requestId = await asks(gateway, device, wide)
  const bootstrapToken = tokenIn(await create(gateway, { scopes: scopesOf("read") }))
  await using narrow = await knock(gateway, device, { auth: { bootstrapToken } })
  expect(narrow.answer?.payload.auth.scopes).toEqual(scopesOf("read"))
  // What it had asked for before is gone with the answer it got.
  expect(await refusedFor(gateway.client.request("device.pair.approve", { requestId }))).toBe(
    "devices.unknown-request",
  )
  await using still = await knock(gateway, device, wide)
  expect(await refusalOf(still)).toBe(pairing)
})

test("a code without a device, or with a proof that fails, opens nothing", async () => {
  await using gateway = await startGateway()
  const bootstrapToken = tokenIn(await create(gateway))
  const device = rawDevice()
  await using stale = await knock(gateway, device, {
    auth: { bootstrapToken },
    signedAt: Date.now() - 600_000,
  })
  expect(await refusalOf(stale)).toContain("DEVICE_AUTH_SIGNATURE_EXPIRED")
  await using good = await knock(gateway, device, { auth: { bootstrapToken } })
  expect(good.answer?.ok).toBe(true)
})

test("nobody makes a code for more than they hold", async () => {
  await using gateway = await startGateway()
  const clerk = await gateway.connect({ scopes: scopesOf("read", "pairing") })
  const make = (params: object) =>
    refusedFor(clerk.request("device.setup.create", { url, ...params }))
  expect(await make({ scopes: scopesOf("admin") })).toBe("MISSING_SCOPE")
  expect(await make({ scopes: scopesOf("read", "write") })).toBe("MISSING_SCOPE")
  expect(await make({ role: "node" })).toBe("MISSING_SCOPE")
  expect(await make({ ttlMs: 600_001 })).toBe("gateway.bad-params")
  expect((await create({ client: clerk })).scopes).toEqual(scopesOf("read"))
})

test.each(["device.pair.remove", "device.token.revoke", "device.token.rotate"])(
  "a code ends with the access of the device that made it: %s",
  async (method) => {
    await using gateway = await startGateway()
    const maker = rawDevice()
    const scopes = scopesOf("read", "pairing")
    await letIn(gateway, maker, { scopes })
    await using live = await knock(gateway, maker, { scopes })
    const made = (await live.request("device.setup.create", { url }))?.payload as Setup
    const role = method.includes("token") && { role: "operator" }
    await gateway.client.request(method, { deviceId: maker.id, ...role })
    await using guest = await knock(gateway, rawDevice(), {
      auth: { bootstrapToken: tokenIn(made) },
    })
    expect(await refusalOf(guest)).toBe(invalid)
  },
)

test("a code ends with the gateway's secret it was made under", async () => {
  await using gateway = await startGateway()
  const bootstrapToken = tokenIn(await create(gateway))
  const over = new Promise<void>((resolve) => gateway.client.onClose(() => resolve()))
  const config = JSON.parse(readFileSync(gateway.paths.config, "utf8"))
  config.gateway.auth.token = "another-token-0123456789abcdef0123456789"
  writeFileAtomic(gateway.paths.config, JSON.stringify(config))
  await over
  await using late = await knock(gateway, rawDevice(), { auth: { bootstrapToken } })
  expect(await refusalOf(late)).toBe(invalid)
})

test.each([
  ["https://gateway.example.com/", "wss://gateway.example.com"],
  ["wss://gateway.example.com:8443/base", "wss://gateway.example.com:8443/base"],
  ["ws://192.168.1.9:18789", "ws://192.168.1.9:18789"],
  ["ws://100.100.1.2:18789", "ws://100.100.1.2:18789"],
  ["ws://desk.local:18789", "ws://desk.local:18789"],
  ["ws://gateway.example.com", "devices.bad-setup-url"],
  ["ws://8.8.8.8:18789", "devices.bad-setup-url"],
  ["ws://10.0.0.1.example.com", "devices.bad-setup-url"],
  ["wss://me:secret@gateway.example.com", "devices.bad-setup-url"],
  ["wss://gateway.example.com/?token=1", "devices.bad-setup-url"],
  ["wss://gateway.example.com/#x", "devices.bad-setup-url"],
  ["javascript:alert(1)", "devices.bad-setup-url"],
  ["gateway", "devices.bad-setup-url"],
])("an address in a code is safe to use: %s", async (asked, outcome) => {
  await using gateway = await startGateway()
  const made = create(gateway, { url: asked })
  const found = outcome.startsWith("ws") ? (await made).gatewayUrl : await refusedFor(made)
  expect(found).toBe(outcome)
})

test("a gateway that only this machine reaches makes no code without an address", async () => {
  await using gateway = await startGateway()
  expect(await refusedFor(gateway.client.request("device.setup.create", {}))).toBe(
    "devices.not-reachable",
  )
})
