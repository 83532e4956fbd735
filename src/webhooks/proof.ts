import { createHash, randomUUID } from "node:crypto"
import { sameSecret } from "../secrets/compare.ts"
import type { Mapping } from "./config.ts"
import type { HookRequest } from "./needs.ts"
import { mappingsFor } from "./presets.ts"
import { verify } from "./signature.ts"

/** What fased gives a meaning itself asks for the token; no mapping's signature opens it. */
const builtIn: ReadonlySet<string> = new Set(["wake", "agent"])

/** The hooks' token, or the signature that a mapping of this path asks for. */
export const isProven = async (context: HookRequest) =>
  hasToken(context) || (!builtIn.has(context.params.name!) && (await reachable(context)).length > 0)

/** The mappings a call may start: with the token those of its path, else those it is signed for. */
export const reachable = async (context: HookRequest): Promise<readonly Mapping[]> => {
  const { request, params, hooks, clock, body } = context
  const mappings = mappingsFor(hooks, params.name!)
  if (hasToken(context)) return mappings
  const asking = mappings.filter(({ auth }) => auth)
  if (!asking.length) return []
  const signed = { headers: request.headers, body: await body(), nowMs: clock.now() }
  return asking.filter(({ auth }) => verify(auth!, signed) !== null)
}

const hasToken = ({ request, hooks, gatewaySecret }: HookRequest) => {
  const own = gatewaySecret()
  const given = tokenOf(request.headers)
  const { token = "" } = hooks
  const right = given !== undefined && sameSecret(token.trim(), given)
  return right && !(own && sameSecret(own, given))
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
