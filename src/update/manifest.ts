import { createPublicKey, verify } from "node:crypto"
import { onFirstUse } from "../kernel/later.ts"
import * as z from "zod"
import { channels } from "./config.ts"
import { untrusted } from "./faults.ts"

/** A key whose signature makes a release ours. A list of them lets a new key follow an old one. */
export interface ReleaseKey {
  id: string
  /** ed25519, SPKI, base64. */
  publicKey: string
}

const digest = onFirstUse(() => z.string().regex(/^[0-9a-f]{64}$/))
const size = onFirstUse(() => z.int().min(1).max(1_000_000_000))

/** One machine's build: the file as it is served, and the binary packed in it. */
const asset = onFirstUse(() =>
  z.object({
    file: z.string().regex(/^fased-[a-z0-9-]+\.gz$/),
    size: size(),
    sha256: digest(),
    binarySize: size(),
    binarySha256: digest(),
  }),
)
export type Asset = z.infer<ReturnType<typeof asset>>

const manifest = onFirstUse(() =>
  z.object({
    product: z.literal("fased"),
    format: z.literal(1),
    version: z.string().regex(/^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$/),
    channel: z.enum(channels),
    published: z.iso.datetime(),
    /** A server that stopped in time shows no release for longer than this. */
    expires: z.iso.datetime(),
    assets: z.record(z.string(), asset()),
  }),
)
/** What a release is. All of it is under the signature, so no part can stand in another release. */
export type Manifest = z.infer<ReturnType<typeof manifest>>

export const manifestFile = "release.json"
/** One line per signature: the key's id, then the signature over the manifest's bytes, base64. */
export const signatureFile = "release.json.sig"

/** The manifest in these bytes, if one of the keys signed exactly them. */
export const readManifest = (
  bytes: Uint8Array,
  signatures: string,
  keys: readonly ReleaseKey[],
): Manifest => {
  if (!isSigned(bytes, signatures, keys))
    throw untrusted({ what: "The release", reason: "no key this fased trusts has signed it" })
  const parsed = manifest().safeParse(parseJson(bytes))
  if (!parsed.success)
    throw untrusted({
      what: "The release",
      reason: "its manifest is not one this fased can read",
    })
  return parsed.data
}

const isSigned = (bytes: Uint8Array, signatures: string, keys: readonly ReleaseKey[]) =>
  signatures.split("\n", 16).some((line) => {
    const [id, signature = ""] = line.trim().split(/\s+/)
    const key = keys.find((key) => key.id === id)
    if (!key) return false
    const spki = Buffer.from(key.publicKey, "base64")
    const publicKey = createPublicKey({ key: spki, format: "der", type: "spki" })
    return verify(null, bytes, publicKey, Buffer.from(signature, "base64"))
  })

const parseJson = (bytes: Uint8Array): unknown => {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes))
  } catch {
    return undefined
  }
}
