import type { Auth } from "./auth.ts"
import type { Remote } from "./remote.ts"

export type ProxyAuth = Extract<Auth, { mode: "trusted-proxy" }>

/** The user a proxy signed in, or why that cannot be believed (contract 08 §4). */
export type ProxyUser =
  | { user: string }
  | {
      failure:
        | "trusted_proxy_untrusted_source"
        | "trusted_proxy_user_missing"
        | "trusted_proxy_user_not_allowed"
        | `trusted_proxy_missing_header_${string}`
    }

/** Reads who a proxy says is there, when the request came by a proxy of `gateway.trustedProxies`. */
export const proxyUserOf = (
  { userHeader, requiredHeaders, allowUsers }: ProxyAuth["proxy"],
  headers: Headers,
  { route }: Remote,
): ProxyUser => {
  if (route !== "proxied") return { failure: "trusted_proxy_untrusted_source" }
  const user = headers.get(userHeader)?.trim()
  if (!user) return { failure: "trusted_proxy_user_missing" }
  const missing = requiredHeaders.find((name) => !headers.get(name)?.trim())
  if (missing) return { failure: `trusted_proxy_missing_header_${missing}` }
  if (allowUsers.length && !allowUsers.includes(user))
    return { failure: "trusted_proxy_user_not_allowed" }
  return { user }
}
