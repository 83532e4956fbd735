import { createHash, createPublicKey, verify } from "node:crypto"
import type { ConnectParams } from "../client/wire.ts"
import { devicePayload } from "../client/wire.ts"

/** How far a device's clock may be off. */
const maxSkewMs = 120_000
/** SPKI header of an ed25519 key; the 32 raw bytes follow it. */
const spkiPrefix = Buffer.from("302a300506032b6570032100", "hex")

export type ProofFailure =
  "nonceMissing" | "nonceMismatch" | "signature" | "expired" | "deviceId" | "publicKey"

/** The raw 32 bytes of a key sent as base64url or PEM. */
const rawKey = (text: string): Buffer | undefined => {
  if (!text.includes("BEGIN")) {
    const raw = Buffer.from(text, "base64url")
    return raw.length === 32 ? raw : undefined
  }
  try {
    const key = createPublicKey(text)
    if (key.asymmetricKeyType !== "ed25519") return undefined
    return key.export({ type: "spki", format: "der" }).subarray(-32)
  } catch {
    return undefined
  }
}

export const fingerprint = (raw: Uint8Array) => createHash("sha256").update(raw).digest("hex")

/**
 * Checks that the client holds the device's key and signed this socket's challenge with it.
 * Gives the canonical public key, or what failed (contract 02 §7.3). v3 payloads first, then v2.
 */
export const checkProof = (
  params: ConnectParams,
  nonce: string,
  now: number,
): { publicKey: string } | { failure: ProofFailure } => {
  const proof = params.device!
  if (!proof.nonce) return { failure: "nonceMissing" }
  if (proof.nonce !== nonce) return { failure: "nonceMismatch" }
  const raw = rawKey(proof.publicKey)
  if (!raw) return { failure: "publicKey" }
  if (fingerprint(raw) !== proof.id.toLowerCase()) return { failure: "deviceId" }
  if (Math.abs(now - proof.signedAt) > maxSkewMs) return { failure: "expired" }
  const key = createPublicKey({
    key: Buffer.concat([spkiPrefix, raw]),
    format: "der",
    type: "spki",
  })
  const signature = Buffer.from(proof.signature, "base64url")
  const { token, deviceToken, bootstrapToken } = params.auth ?? {}
  const slots = new Set(
    [token, deviceToken, bootstrapToken, ""].filter((slot) => slot !== undefined),
  )
  const signed = (["v3", "v2"] as const).some((version) =>
    [...slots].some((slot) =>
      verify(null, Buffer.from(devicePayload(version, params, proof, slot)), key, signature),
    ),
  )
  return signed ? { publicKey: raw.toString("base64url") } : { failure: "signature" }
}
