import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  sign,
} from "node:crypto"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { fault } from "../kernel/fault.ts"
import { writeFileAtomic } from "../store/files.ts"
import { devicePayload } from "./wire.ts"
import type { ConnectParams, DeviceProof } from "./wire.ts"

/** This installation's key pair, by which a gateway knows it again. */
export interface DeviceIdentity {
  /** Lower-case hex SHA-256 of the raw public key. */
  readonly id: string
  /** The raw 32 bytes, base64url. */
  readonly publicKey: string
  /** Signs one connect request, bound to the gateway's challenge and the credential it carries. */
  prove(
    params: Pick<ConnectParams, "client" | "role" | "scopes">,
    challenge: { nonce: string; ts?: number },
    token?: string,
  ): DeviceProof
}

export const identityUnreadable = fault<{ path: string }>("client.identity-unreadable", {
  status: 500,
  message: ({ path }) => `The device key in ${path} cannot be read.`,
  hint: ({ path }) => `Move ${path} away to make a new one; gateways will ask to pair it again.`,
})

/** The identity behind a PEM private key. */
export const deviceIdentity = (pem: string): DeviceIdentity => {
  const key = createPrivateKey(pem)
  // The 32 raw bytes are the tail of the SPKI encoding.
  const raw = createPublicKey(key).export({ type: "spki", format: "der" }).subarray(-32)
  const id = createHash("sha256").update(raw).digest("hex")
  const publicKey = raw.toString("base64url")
  return {
    id,
    publicKey,
    prove(params, { nonce, ts = Date.now() }, token = "") {
      const proof = { id, nonce, signedAt: ts }
      const signature = sign(null, Buffer.from(devicePayload("v3", params, proof, token)), key)
      return { ...proof, publicKey, signature: signature.toString("base64url") }
    },
  }
}

/** Reads this installation's identity, or makes it once: `<state>/identity/device.json`, owner only. */
export const loadDevice = (state: string): DeviceIdentity => {
  const path = join(state, "identity", "device.json")
  let text: string
  try {
    text = readFileSync(path, "utf8")
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT")
      throw identityUnreadable({ path }, error)
    const { privateKey } = generateKeyPairSync("ed25519")
    const pem = privateKey.export({ type: "pkcs8", format: "pem" }).toString()
    writeFileAtomic(path, `${JSON.stringify({ version: 1, privateKey: pem }, null, 2)}\n`)
    return deviceIdentity(pem)
  }
  try {
    return deviceIdentity(JSON.parse(text).privateKey)
  } catch (error) {
    throw identityUnreadable({ path }, error)
  }
}
