import { createHash, randomUUID } from "node:crypto"
import { sameSecret } from "../secrets/compare.ts"
import type { HookRequest } from "./needs.ts"
import { mappingsFor } from "./presets.ts"
import { verify } from "./signature.ts"

/** The hooks' token, or the signature that a mapping of this path asks for. */
export const isProven = async ({
  request,
  params,
  hooks,
  gatewaySecret,
  clock,
  body,
}: HookRequest) => {
  const own = gatewaySecret()
  const given = tokenOf(request.headers)
  const { token = "" } = hooks
  const right = given !== undefined && sameSecret(token.trim(), given)
  if (right && !(own && sameSecret(own, given))) return true
  const proofs = mappingsFor(hooks, params.name!).flatMap(({ auth }) => (auth ? [auth] : []))
  if (!proofs.length) return false
  const signed = { headers: request.headers, body: await body(), nowMs: clock.now() }
  return proofs.some((proof) => verify(proof, signed) !== null)
}

const tokenOf = (headers: Headers) =>
  /^Bearer +(\S+)$/i.exec(headers.get("authorization")?.trim() ?? "")?.[1] ??
  (headers.get("x-fased-token")?.trim() || undefined)

/** What the sender says the delivery is called; the same one again counts once. */
export const deliveryId = async ({
  request: { headers },
  params,
  hooks,
  body,
  clock,
}: HookRequest) => {
  const said =
    headers.get("idempotency-key") ??
    headers.get("x-github-delivery") ??
    headers.get("x-fased-delivery")
  if (said?.trim()) return digest(said.trim())
  const signed = { headers, body: await body(), nowMs: clock.now() }
  for (const { auth } of mappingsFor(hooks, params.name!)) {
    const proven =
      auth && auth.scheme !== "github" && auth.scheme !== "hmac" && verify(auth, signed)
    if (proven) return digest(proven)
  }
  return randomUUID()
}
const digest = (text: string) => createHash("sha256").update(text).digest("hex").slice(0, 40)
