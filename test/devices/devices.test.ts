import { describe, expect, test } from "bun:test"
import { createHash } from "node:crypto"
import { devicePayload, type ConnectParams } from "../../src/client/wire.ts"
import { ownIdentity } from "../../src/devices/identity.ts"
import { checkProof } from "../../src/devices/proof.ts"
import type { Device } from "../../src/devices/device.ts"
import { createDeviceStore } from "../../src/devices/store.ts"
import { createTokens } from "../../src/devices/tokens.ts"
import { migrations } from "../../src/registry.ts"
import { Database } from "../../src/store/database.ts"
import { rawDevice } from "../support/raw-device.ts"

describe("the text a device signs", () => {
  const params: Pick<ConnectParams, "client" | "role" | "scopes"> = {
    client: { id: "cli", mode: "cli", version: "1", platform: " MacOS ", deviceFamily: "Mac" },
    role: "operator",
    scopes: ["operator.write", "operator.read"],
  }
  const proof = { id: "abc", signedAt: 1_700_000_000_000, nonce: "n-1" }

  test.each([
    ["v2", "v2|abc|cli|cli|operator|operator.write,operator.read|1700000000000|tok|n-1"],
    ["v3", "v3|abc|cli|cli|operator|operator.write,operator.read|1700000000000|tok|n-1|macos|mac"],
  ] as const)("%s is frozen, field by field", (version, text) => {
    expect(devicePayload(version, params, proof, "tok")).toBe(text)
  })

  test("what is absent is an empty field, and the role is operator", () => {
    const client = { id: "cli", mode: "cli", version: "1", platform: "" } as const
    expect(devicePayload("v3", { client }, proof, "")).toBe(
      "v3|abc|cli|cli|operator||1700000000000||n-1||",
    )
  })
})

test("a proof may be two minutes off, either way, and no more", () => {
  const device = rawDevice()
  const now = 1_700_000_000_000
  const at = (signedAt: number) =>
    checkProof(device.connect({ nonce: "n", signedAt }) as ConnectParams, "n", now)
  expect(at(now - 120_000)).toEqual({ publicKey: device.publicKey })
  expect(at(now + 120_000)).toEqual({ publicKey: device.publicKey })
  expect(at(now - 120_001)).toEqual({ failure: "expired" })
  expect(at(now + 120_001)).toEqual({ failure: "expired" })
})

const device: Device = {
  deviceId: "d",
  role: "operator",
  publicKey: "k",
  scopes: ["operator.read"],
  platform: "linux",
  deviceFamily: "",
  clientId: "cli",
  clientMode: "cli",
  generation: 1,
  pairedAt: 0,
  issuedAt: 0,
  lastSeenAt: 0,
}

test("a device token stands for one device, role, generation and gateway", () => {
  const { tokenOf, matches } = createTokens("a".repeat(64))
  const token = tokenOf(device)
  expect(token).toMatch(/^[\w-]{43}$/)
  expect(matches({ ...device, scopes: [], platform: "ios", lastSeenAt: 9 }, token)).toBe(true)
  for (const other of [{ deviceId: "e" }, { role: "node" as const }, { generation: 2 }])
    expect(matches({ ...device, ...other }, token)).toBe(false)
  expect(createTokens("b".repeat(64)).matches(device, token)).toBe(false)
  expect(matches(device, "")).toBe(false)
})

test("the gateway's identity is made once, and its id is the fingerprint of its key", async () => {
  const store = createDeviceStore(new Database(":memory:", migrations))
  const identity = await ownIdentity(store)
  expect(await ownIdentity(store)).toEqual(identity)
  const raw = Buffer.from(identity.publicKey, "base64url")
  expect(raw).toHaveLength(32)
  expect(identity.deviceId).toBe(createHash("sha256").update(raw).digest("hex"))
})
