import { createHash, generateKeyPairSync, sign } from "node:crypto"
import { connectWith } from "./raw-socket.ts"

interface Fields {
  version?: "v1" | "v2" | "v3"
  scopes?: string[]
  role?: string
  platform?: string
  deviceFamily?: string
  client?: { id: string; mode: string }
  auth?: { token?: string; deviceToken?: string; bootstrapToken?: string; password?: string }
  signedAt: number
  nonce: string
}

/** A device written from the wire's description alone: it shares no code with the gateway. */
export const rawDevice = () => {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519")
  const der = publicKey.export({ type: "spki", format: "der" })
  const raw = der.subarray(der.length - 32)
  const id = createHash("sha256").update(raw).digest("hex")
  const encoded = raw.toString("base64url")
  const signed = (text: string) => sign(null, Buffer.from(text), privateKey).toString("base64url")

  return {
    id,
    publicKey: encoded,
    pem: publicKey.export({ type: "spki", format: "pem" }).toString(),
    signed,
    /** `connect` params with a valid proof. */
    connect(fields: Fields) {
      const { version = "v3", scopes = ["operator.read"], role, platform = "linux" } = fields
      const { deviceFamily, client = { id: "test", mode: "test" } } = fields
      const { auth, signedAt, nonce } = fields
      const token = auth?.token ?? auth?.deviceToken ?? auth?.bootstrapToken ?? ""
      const parts = [
        version,
        id,
        client.id,
        client.mode,
        role ?? "operator",
        scopes.join(","),
        signedAt,
        token,
      ]
      if (version !== "v1") parts.push(nonce)
      if (version === "v3")
        parts.push(platform.trim().toLowerCase(), (deviceFamily ?? "").trim().toLowerCase())
      return {
        ...connectWith(),
        client: {
          ...client,
          version: "1",
          platform,
          ...(deviceFamily && { deviceFamily }),
        },
        scopes,
        ...(role && { role }),
        auth: auth ?? {},
        device: { id, publicKey: encoded, signature: signed(parts.join("|")), signedAt, nonce },
      }
    },
  }
}
export type RawDevice = ReturnType<typeof rawDevice>
