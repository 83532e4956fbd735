import type { ConnectParams, DeviceProof } from "../client/wire.ts"
import type { Vault } from "./vault.ts"

/** This browser, as the gateway knows it. */
export interface Identity {
  id: string
  publicKey: string
  sign(text: string): Promise<string>
}

const base64url = (bytes: ArrayBuffer) =>
  btoa(String.fromCharCode(...new Uint8Array(bytes)))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replace(/=+$/, "")

const hex = (bytes: ArrayBuffer) =>
  [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, "0")).join("")

/** Null where the browser has no WebCrypto (plain http) or does not know Ed25519. */
export const loadIdentity = async (vault: Vault): Promise<Identity | null> => {
  const { subtle } = globalThis.crypto
  if (!subtle) return null
  try {
    let pair = await vault.get<CryptoKeyPair>("device-key")
    if (!pair) {
      pair = (await subtle.generateKey("Ed25519", false, ["sign", "verify"])) as CryptoKeyPair
      await vault.set("device-key", pair)
    }
    const { privateKey, publicKey } = pair
    const raw = await subtle.exportKey("raw", publicKey)
    return {
      id: hex(await subtle.digest("SHA-256", raw)),
      publicKey: base64url(raw),
      sign: async (text) =>
        base64url(await subtle.sign("Ed25519", privateKey, new TextEncoder().encode(text))),
    }
  } catch {
    return null
  }
}

type Signed = Pick<ConnectParams, "client" | "role" | "scopes" | "auth">

/** Signs the gateway's challenge, bound to everything this connection asks for (contract 02 §7.2). */
export const prove = async (
  identity: Identity,
  { client, role = "operator", scopes = [], auth }: Signed,
  challenge: { nonce: string; ts: number },
): Promise<DeviceProof> => {
  const payload = [
    "v3",
    identity.id,
    client.id,
    client.mode,
    role,
    scopes.join(","),
    challenge.ts,
    auth?.token ?? auth?.deviceToken ?? "",
    challenge.nonce,
    client.platform.trim().toLowerCase(),
    (client.deviceFamily ?? "").trim().toLowerCase(),
  ].join("|")
  return {
    id: identity.id,
    publicKey: identity.publicKey,
    signature: await identity.sign(payload),
    signedAt: challenge.ts,
    nonce: challenge.nonce,
  }
}
