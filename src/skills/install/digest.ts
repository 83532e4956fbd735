import { createHash } from "node:crypto"
import { badSpec, digestDiffers } from "../faults.ts"

const algorithms = ["sha256", "sha384", "sha512"] as const
type Algorithm = (typeof algorithms)[number]

/** `sha256:<hex>`, the way digests are written here. */
export const digestOf = (bytes: Uint8Array) => `sha256:${hashed("sha256", bytes).toString("hex")}`

const hashed = (algorithm: Algorithm, bytes: Uint8Array) =>
  createHash(algorithm).update(bytes).digest()

/** Refuses bytes that are not those of `wanted`: `sha256:<hex>` or `sha512-<base64>`. */
export const requireDigest = (bytes: Uint8Array, wanted: string) => {
  const form = /^(sha256|sha384|sha512)(?::([0-9a-f]+)|-([A-Za-z0-9+/]+={0,2}))$/i.exec(
    wanted.trim(),
  )
  const algorithm = form?.[1]!.toLowerCase() as Algorithm | undefined
  if (!form || !algorithm) throw badSpec({ spec: wanted })
  const actual = hashed(algorithm, bytes)
  const expected = form[2] ? Buffer.from(form[2], "hex") : Buffer.from(form[3]!, "base64")
  if (actual.equals(expected)) return
  const shown = form[2]
    ? `${algorithm}:${actual.toString("hex")}`
    : `${algorithm}-${actual.toString("base64")}`
  throw digestDiffers({ wanted, actual: shown })
}
