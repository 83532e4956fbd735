import { randomUUID } from "node:crypto"
import type { Caller } from "../kernel/method.ts"
import type { Refused } from "../kernel/route.ts"
import type { Access } from "./access.ts"
import type { Limiter } from "./limiter.ts"
import { proxyUserOf } from "./proxy-identity.ts"
import { lookAtSecret } from "./sign-in.ts"
import type { Visitor } from "./visitor.ts"

/**
 * Tells who makes an HTTP call, or gives the answer that turns them away (contract 04 §2). Neither
 * the page's cookie nor Tailscale's word counts here. Ask only once the method is known to be right.
 */
export const createHttpAuth =
  ({ access, limiter }: { access: () => Access; limiter: Limiter }) =>
  ({ headers }: Request, visitor: Visitor): Caller | Refused => {
    const { auth } = access()
    const { remote } = visitor
    if (!visitor.originAllowed || isForeign(headers, visitor))
      return refuse(403, "origin_not_allowed", "This page may not call the gateway.")
    if (remote.route === "unproven")
      return refuse(
        403,
        "proxy_attribution_required",
        "A proxy sent this, and nobody vouches for it: add its address to gateway.trustedProxies.",
      )
    if (auth.mode === "closed")
      return refuse(401, "not_configured", "The gateway has no usable secret: run fased doctor.")
    if (auth.mode === "none")
      return remote.route === "local"
        ? operator(visitor)
        : refuse(401, "unauthorized", "Without auth only this machine is served.")
    if (auth.mode === "trusted-proxy") {
      const found = proxyUserOf(auth.proxy, headers, remote)
      if ("user" in found) return operator(visitor, found.user)
      if (remote.route !== "local" || !auth.secret)
        return refuse(401, found.failure, "The proxy's sign-in does not count.")
    }
    const secret = bearer(headers)
    if (!secret)
      return refuse(401, "unauthorized", "Send the header Authorization: Bearer <secret>.")
    const look = lookAtSecret(limiter, auth, visitor, secret)
    if (look.verdict === "right") return operator(visitor)
    if (look.verdict === "wrong") return refuse(401, "unauthorized", "That is not the secret.")
    return refuse(429, "rate_limited", "Too many wrong attempts. Wait and try again.", {
      "retry-after": String(Math.ceil(look.retryAfterMs / 1000)),
    })
  }
export type HttpAuth = ReturnType<typeof createHttpAuth>

/** A browser says that another site made the call, without saying which. */
const isForeign = (headers: Headers, { origin }: Visitor) =>
  origin === null && /^(?:cross-site|same-site)$/.test(headers.get("sec-fetch-site") ?? "")

const bearer = (headers: Headers) =>
  /^Bearer +(.+)$/i.exec(headers.get("authorization")?.trim() ?? "")?.[1]

/** Whoever holds the gateway's secret is in charge of it. */
const operator = ({ remote }: Visitor, user?: string): Caller => ({
  connection: randomUUID(),
  role: "operator",
  scopes: new Set(["admin", "read", "write", "approvals", "pairing"]),
  clientId: "http",
  clientMode: "backend",
  user,
  ip: remote.address,
})

const refuse = (status: number, code: string, message: string, headers = {}): Refused => ({
  status,
  code,
  message,
  headers: { ...(status === 401 && { "www-authenticate": "Bearer" }), ...headers },
})
