import { afterAll, beforeAll, describe, expect, test } from "bun:test"
import { generateKeyPairSync } from "node:crypto"
import fc from "fast-check"
import { startGateway, testToken, type TestGateway } from "../support/gateway.ts"
import { rawDevice, type RawDevice } from "../support/raw-device.ts"
import { attempt, refusalOf } from "../support/raw-socket.ts"

let gateway: TestGateway
beforeAll(async () => {
  gateway = await startGateway()
})
afterAll(() => gateway[Symbol.asyncDispose]())

const auth = { token: testToken }
const proven =
  (device: RawDevice, more: Partial<Parameters<RawDevice["connect"]>[0]> = {}) =>
  (nonce: string) =>
    device.connect({ auth, nonce, signedAt: Date.now(), ...more })

describe.each(["v2", "v3"] as const)("a %s proof", (version) => {
  test.each([
    ["plain", {}],
    ["with platform and family in upper case", { platform: "Linux", deviceFamily: "Linux" }],
    ["with spaces around the platform", { platform: " MacOS " }],
    [
      "with many scopes in the order sent",
      { scopes: ["operator.write", "operator.admin", "operator.read"] },
    ],
    ["with no scopes", { scopes: [] }],
    ["with the role spelt out", { role: "operator" }],
    ["for a node", { role: "node", scopes: [] }],
  ])("is accepted: %s", async (_, more) => {
    await using socket = await attempt(gateway.wsUrl, proven(rawDevice(), { version, ...more }))
    expect(socket.answer?.error).toBeUndefined()
    expect(socket.answer?.payload.auth.deviceToken).toBeString()
  })
})

test("a key in PEM is the same device", async () => {
  const device = rawDevice()
  await using socket = await attempt(gateway.wsUrl, (nonce) => {
    const params = proven(device)(nonce)
    return { ...params, device: { ...params.device, publicKey: device.pem } }
  })
  expect(socket.answer?.ok).toBe(true)
})

const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 })
  .publicKey.export({ type: "spki", format: "pem" })
  .toString()

type Proof = ReturnType<RawDevice["connect"]>["device"]
const failures: [string, string, (proof: Proof) => Partial<Proof>, string, string][] = [
  [
    "no nonce",
    "NONCE_REQUIRED",
    () => ({ nonce: "" }),
    "device nonce required",
    "device-nonce-missing",
  ],
  [
    "another socket's nonce",
    "NONCE_MISMATCH",
    () => ({ nonce: crypto.randomUUID() }),
    "device nonce mismatch",
    "device-nonce-mismatch",
  ],
  [
    "a broken signature",
    "SIGNATURE_INVALID",
    () => ({ signature: "AAAA" }),
    "device signature invalid",
    "device-signature",
  ],
  [
    "no signature",
    "SIGNATURE_INVALID",
    () => ({ signature: "" }),
    "device signature invalid",
    "device-signature",
  ],
  [
    "a signature by another key",
    "SIGNATURE_INVALID",
    ({ nonce }) => ({ signature: rawDevice().signed(nonce) }),
    "device signature invalid",
    "device-signature",
  ],
  [
    "a clock 3 minutes behind",
    "SIGNATURE_EXPIRED",
    ({ signedAt }) => ({ signedAt: signedAt - 180_000 }),
    "device signature expired",
    "device-signature-stale",
  ],
  [
    "a clock 3 minutes ahead",
    "SIGNATURE_EXPIRED",
    ({ signedAt }) => ({ signedAt: signedAt + 180_000 }),
    "device signature expired",
    "device-signature-stale",
  ],
  [
    "somebody else's id",
    "DEVICE_ID_MISMATCH",
    () => ({ id: rawDevice().id }),
    "device identity mismatch",
    "device-id-mismatch",
  ],
  [
    "a blank id",
    "DEVICE_ID_MISMATCH",
    () => ({ id: "" }),
    "device identity mismatch",
    "device-id-mismatch",
  ],
  [
    "a short key",
    "PUBLIC_KEY_INVALID",
    () => ({ publicKey: "AAAA" }),
    "device public key invalid",
    "device-public-key",
  ],
  [
    "an RSA key",
    "PUBLIC_KEY_INVALID",
    () => ({ publicKey: rsa }),
    "device public key invalid",
    "device-public-key",
  ],
  [
    "broken PEM",
    "PUBLIC_KEY_INVALID",
    () => ({ publicKey: "-----BEGIN PUBLIC KEY-----" }),
    "device public key invalid",
    "device-public-key",
  ],
]
test.each(failures)(
  "a proof with %s is DEVICE_AUTH_%s",
  async (_, code, change, message, reason) => {
    await using socket = await attempt(gateway.wsUrl, (nonce) => {
      const params = proven(rawDevice())(nonce)
      return { ...params, device: { ...params.device, ...change(params.device) } }
    })
    expect(socket.answer?.error).toMatchObject({
      message,
      details: { code: `DEVICE_AUTH_${code}`, reason },
    })
    expect(await socket.closed).toEqual({ code: 1008, reason: message })
  },
)

test("v1, which signs no nonce, is refused", async () => {
  await using socket = await attempt(gateway.wsUrl, proven(rawDevice(), { version: "v1" }))
  expect(await refusalOf(socket)).toBe("INVALID_REQUEST DEVICE_AUTH_SIGNATURE_INVALID 1008")
})

test("the right token does not make up for a bad signature", async () => {
  await using socket = await attempt(gateway.wsUrl, (nonce) => {
    const params = proven(rawDevice())(nonce)
    return {
      ...params,
      device: {
        ...params.device,
        signature: params.device.signature.replace(/^./, (c) => (c === "A" ? "B" : "A")),
      },
    }
  })
  expect(await refusalOf(socket)).toBe("INVALID_REQUEST DEVICE_AUTH_SIGNATURE_INVALID 1008")
})

test("a proof seen on one socket is worth nothing on another", async () => {
  const device = rawDevice()
  let seen: object = {}
  await using first = await attempt(gateway.wsUrl, (nonce) => (seen = proven(device)(nonce)))
  expect(first.answer?.ok).toBe(true)
  await using second = await attempt(gateway.wsUrl, seen)
  expect(await refusalOf(second)).toBe("INVALID_REQUEST DEVICE_AUTH_NONCE_MISMATCH 1008")
})

test("whatever signed field is changed after signing, the signature no longer fits", async () => {
  const device = rawDevice()
  const word = fc.stringMatching(/^[a-z]{1,12}$/)
  const change = fc.oneof(
    fc.constantFrom("webchat", "cli", "fased-tui").map((id) => ({ client: { id } })),
    fc.constantFrom("ui", "cli", "backend").map((mode) => ({ client: { mode } })),
    word.filter((w) => w !== "linux").map((platform) => ({ client: { platform } })),
    word.map((deviceFamily) => ({ client: { deviceFamily } })),
    fc
      .constantFrom(["operator.admin"], [], ["operator.read", "operator.admin"])
      .map((scopes) => ({ scopes })),
    fc.constant({ role: "node" }),
    fc.integer({ min: 1, max: 60_000 }).map((by) => ({ later: by })),
    word.map((token) => ({ auth: { token } })),
  )
  await fc.assert(
    fc.asyncProperty(change, async (changed) => {
      await using socket = await attempt(gateway.wsUrl, (nonce) => {
        const params = proven(device)(nonce)
        const { client, later = 0, ...rest } = changed as { client?: object; later?: number }
        return {
          ...params,
          ...rest,
          client: { ...params.client, ...client },
          device: { ...params.device, signedAt: params.device.signedAt + later },
        }
      })
      expect(socket.answer?.error?.details.code).toBe("DEVICE_AUTH_SIGNATURE_INVALID")
    }),
    { numRuns: 80 },
  )
})

test("no bytes where a key and a signature belong ever crash or convince the gateway", async () => {
  const text = fc.oneof(
    fc.string({ maxLength: 90 }),
    fc.base64String({ minLength: 40, maxLength: 88 }),
  )
  await fc.assert(
    fc.asyncProperty(
      text,
      text,
      fc.uint8Array({ minLength: 32, maxLength: 32 }),
      async (key, signature, raw) => {
        for (const publicKey of [key, Buffer.from(raw).toString("base64url")]) {
          const id = new Bun.CryptoHasher("sha256")
            .update(Buffer.from(publicKey, "base64url"))
            .digest("hex")
          await using socket = await attempt(gateway.wsUrl, (nonce) => ({
            ...proven(rawDevice())(nonce),
            device: { id, publicKey, signature, signedAt: Date.now(), nonce },
          }))
          expect(socket.answer?.error?.details.code).toStartWith("DEVICE_AUTH_")
        }
      },
    ),
    { numRuns: 40 },
  )
})
