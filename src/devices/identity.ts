import { createPrivateKey, createPublicKey, generateKeyPairSync } from "node:crypto"
import { fingerprint } from "./proof.ts"
import type { DeviceStore } from "./store.ts"

/** The gateway's own ed25519 identity, made once per instance. */
export const ownIdentity = async (devices: DeviceStore) => {
  const pem = await devices.secret("identity", () =>
    generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
  )
  const raw = createPublicKey(createPrivateKey(pem))
    .export({ type: "spki", format: "der" })
    .subarray(-32)
  return { deviceId: fingerprint(raw), publicKey: raw.toString("base64url") }
}
