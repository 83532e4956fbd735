import { expect, test } from "bun:test"
import { createHash, createPublicKey, verify } from "node:crypto"
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { connect } from "../../src/client/connect.ts"
import { loadDevice } from "../../src/client/device.ts"
import { devicePayload } from "../../src/client/wire.ts"
import { startFakeGateway } from "../support/fake-gateway.ts"

const tempState = () => {
  const path = mkdtempSync(join(tmpdir(), "fased-device-"))
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) }
}

test("a device key is made once, readable by its owner only, and the same ever after", () => {
  using state = tempState()
  const first = loadDevice(state.path)
  expect(loadDevice(state.path).id).toBe(first.id)
  const file = join(state.path, "identity", "device.json")
  expect(statSync(file).mode & 0o777).toBe(0o600)
  expect(statSync(join(state.path, "identity")).mode & 0o777).toBe(0o700)
  const raw = Buffer.from(first.publicKey, "base64url")
  expect(raw).toHaveLength(32)
  expect(first.id).toBe(createHash("sha256").update(raw).digest("hex"))
})

test("a damaged device key is refused, not replaced", () => {
  using state = tempState()
  loadDevice(state.path)
  const file = join(state.path, "identity", "device.json")
  writeFileSync(file, "{}")
  expect(() => loadDevice(state.path)).toThrow("cannot be read")
  expect(readFileSync(file, "utf8")).toBe("{}")
})

test("connect signs the gateway's nonce and its own token with the device key", async () => {
  using state = tempState()
  const device = loadDevice(state.path)
  await using gateway = startFakeGateway({ token: "t" })
  await using _client = await connect({ url: gateway.url, token: "t", version: "0", device })
  const params = gateway.connects[0]!
  const proof = params.device!
  expect(proof.nonce).toBe(gateway.nonce())
  // 12 fixed bytes of SPKI say "ed25519" before the raw key.
  const spki = Buffer.concat([
    Buffer.from("302a300506032b6570032100", "hex"),
    Buffer.from(proof.publicKey, "base64url"),
  ])
  const key = createPublicKey({ key: spki, format: "der", type: "spki" })
  const signed = (token: string) =>
    verify(
      null,
      Buffer.from(devicePayload("v3", params, proof, token)),
      key,
      Buffer.from(proof.signature, "base64url"),
    )
  expect(signed("t")).toBe(true)
  expect(signed("another")).toBe(false)
})
