/** What Google signs of a push (RFC 7519; cloud.google.com/pubsub/docs/authenticate-push-subscriptions). */
import { createPublicKey, verify } from "node:crypto"
import * as z from "zod"

const issuers: ReadonlySet<string> = new Set(["accounts.google.com", "https://accounts.google.com"])
/** How far Google's clock may be from ours. */
const leewaySeconds = 60

const jwk = z.looseObject({ kid: z.string(), kty: z.literal("RSA"), n: z.string(), e: z.string() })
export const signingKeys = z
  .array(z.unknown())
  .transform((list) => list.flatMap((one) => jwk.safeParse(one).data ?? []))
export type SigningKeys = z.output<typeof signingKeys>

const head = z.object({ alg: z.literal("RS256"), kid: z.string() })
const claims = z.object({
  iss: z.string(),
  aud: z.string(),
  exp: z.number(),
  iat: z.number(),
  email: z.string(),
  email_verified: z.literal(true),
})

/** The key that a token says it was signed with; undefined when it is no token of this kind. */
export const keyIdOf = (token: string): string | undefined =>
  head.safeParse(json(token.split(".")[0])).data?.kid

/** True for a token that Google signed for this service account and this audience, and that still counts. */
export const isSigned = (
  token: string,
  {
    keys,
    email,
    audience,
    nowMs,
  }: { keys: SigningKeys; email: string; audience: string; nowMs: number },
): boolean => {
  const [first = "", second = "", signature = "", ...more] = token.split(".")
  const key = keys.find(({ kid }) => kid === keyIdOf(token))
  if (!key || more.length) return false
  const signed = Buffer.from(`${first}.${second}`)
  const publicKey = createPublicKey({ key: key as JsonWebKey, format: "jwk" })
  if (!verify("sha256", signed, publicKey, Buffer.from(signature, "base64url"))) return false
  const said = claims.safeParse(json(second)).data
  const now = nowMs / 1000
  return (
    said !== undefined &&
    issuers.has(said.iss) &&
    said.aud === audience &&
    said.email.toLowerCase() === email.toLowerCase() &&
    said.exp > now - leewaySeconds &&
    said.iat < now + leewaySeconds
  )
}

const json = (part = ""): unknown => {
  try {
    return JSON.parse(Buffer.from(part, "base64url").toString("utf8"))
  } catch {
    return undefined
  }
}
