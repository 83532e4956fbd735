import { expect, test } from "bun:test"
import type { ConnectParams } from "../../src/client/wire.ts"
import type { Device } from "../../src/devices/device.ts"
import { createPairing } from "../../src/devices/pairing.ts"
import { createSetupCodes } from "../../src/devices/setup-codes.ts"
import { createDeviceStore, type DeviceStore } from "../../src/devices/store.ts"
import { createTokens } from "../../src/devices/tokens.ts"
import { decideAccess } from "../../src/gateway/access.ts"
import { createAdmission } from "../../src/gateway/admission.ts"
import { gateway } from "../../src/gateway/config.ts"
import type { SocketData } from "../../src/gateway/connections.ts"
import { createBus } from "../../src/kernel/event.ts"
import type { Log } from "../../src/kernel/log.ts"
import { migrations } from "../../src/registry.ts"
import { Database } from "../../src/store/database.ts"
import { turnableClock } from "../support/turnable-clock.ts"

const device: Device = {
  deviceId: "d1",
  role: "operator",
  publicKey: "key",
  scopes: ["operator.read"],
  platform: "linux",
  deviceFamily: "",
  clientId: "test",
  clientMode: "test",
  generation: 1,
  pairedAt: 0,
  issuedAt: 0,
  lastSeenAt: 0,
}
const params: ConnectParams = {
  minProtocol: 3,
  maxProtocol: 4,
  client: { id: "test", version: "1", platform: "linux", mode: "test" },
  device: { id: "d1", publicKey: "key", signature: "", signedAt: 0, nonce: "" },
  auth: { deviceToken: "its own" },
}
const elsewhere = { route: "proxied", peer: "127.0.0.1", address: "203.0.113.9" }
const quiet = () => {}
const log: Log = {
  trace: quiet,
  debug: quiet,
  info: quiet,
  warn: quiet,
  error: quiet,
  for: () => log,
}

/** Lets the device knock, and does something to its record while its credential is looked at. */
const knockWhile = async (
  kind: "device" | "tailscale",
  happens: (store: DeviceStore) => Promise<unknown>,
) => {
  const clock = turnableClock()
  const store = createDeviceStore(new Database(":memory:", migrations))
  await store.save(device)
  const config = gateway.schema.parse({ auth: { token: "test-token-0123456789abcdef" } })
  const codes = createSetupCodes({ store, clock })
  const desk = createAdmission({
    access: () => decideAccess(config, { hosts: ["127.0.0.1"], env: {}, flags: {} }),
    signIn: async () => {
      await happens(store)
      return { kind, method: kind === "device" ? "device-token" : "tailscale" }
    },
    devices: store,
    tokens: createTokens("a".repeat(64)),
    pairing: createPairing({ store, codes, bus: createBus(), clock, log }),
  })
  const applicant = { params, protocol: 4, role: "operator", scopes: ["operator.read"] } as const
  const answer = await desk.withDevice(
    { ...applicant, scopes: [...applicant.scopes] },
    { remote: elsewhere, origin: null } as SocketData,
    "key",
  )
  return "error" in answer ? answer.code : "let in"
}

test.each([
  ["nothing happens", async () => {}, "let in", "let in"],
  [
    "its token is rotated",
    (store: DeviceStore) => store.save({ ...device, generation: 2 }),
    "AUTH_DEVICE_TOKEN_MISMATCH",
    "let in",
  ],
  [
    "it is removed",
    (store: DeviceStore) => store.remove("d1"),
    "AUTH_DEVICE_TOKEN_MISMATCH",
    "PAIRING_REQUIRED",
  ],
  [
    "its scopes are taken away",
    (store: DeviceStore) => store.save({ ...device, scopes: [] }),
    "PAIRING_REQUIRED",
    "PAIRING_REQUIRED",
  ],
] as const)(
  "a record changed while its device is judged counts as it is then: %s",
  async (_, happens, byToken, byTailnet) => {
    expect(await knockWhile("device", happens)).toBe(byToken)
    expect(await knockWhile("tailscale", happens)).toBe(byTailnet)
  },
)
