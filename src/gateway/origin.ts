import { isIP } from "node:net"
import type { GatewayConfig } from "./config.ts"
import { hostName, isLocalName } from "./locality.ts"

/** Which names and pages this gateway answers to. */
export interface HostRules {
  /** Names this machine goes by besides `localhost`. */
  ownNames: ReadonlySet<string>
  allowedOrigins: ReadonlySet<string>
  /** Host names of the allowed origins. */
  allowedNames: ReadonlySet<string>
  /** `controlUi.dangerouslyAllowHostHeaderOriginFallback` */
  trustHostHeader: boolean
}

export const hostRules = (
  { allowedOrigins, ...controlUi }: GatewayConfig["controlUi"],
  ownNames: readonly string[],
  /** The name under which Tailscale serves it. */
  servedName?: string,
): HostRules => {
  const served = servedName === undefined ? [] : [`https://${servedName}`]
  const allowed = [...allowedOrigins, ...served].map((text) => new URL(text))
  return {
    ownNames: new Set(ownNames),
    allowedOrigins: new Set(allowed.map(({ origin }) => origin)),
    allowedNames: new Set(allowed.flatMap(({ host }) => hostName(host) ?? [])),
    trustHostHeader: controlUi.dangerouslyAllowHostHeaderOriginFallback,
  }
}

/**
 * The Host header must name this machine. A foreign name that resolves here is how a page in a
 * browser would reach a loopback port (DNS rebinding); an address literal cannot be rebound.
 */
export const hostAllowed = (host: string | null, rules: HostRules) => {
  const name = hostName(host)
  if (!name) return false
  if (isIP(name) || name === "localhost" || rules.trustHostHeader) return true
  return rules.ownNames.has(name) || rules.allowedNames.has(name)
}

/** A browser's Origin must be ours. No Origin means no browser. */
export const originAllowed = (
  origin: string | null,
  request: { host: string | null; localDirect: boolean; port: number; secure: boolean },
  rules: HostRules,
) => {
  if (origin === null || rules.allowedOrigins.has(origin)) return true
  const url = URL.canParse(origin) ? new URL(origin) : undefined
  // An Origin is a scheme and a host, nothing more; `null` and anything dressed up is no page of ours.
  if (!url || url.origin !== origin || !/^https?:$/.test(url.protocol)) return false
  if (rules.trustHostHeader && url.host === request.host) return true
  return (
    request.localDirect &&
    url.protocol === (request.secure ? "https:" : "http:") &&
    Number(url.port || (request.secure ? 443 : 80)) === request.port &&
    isLocalName(hostName(url.host))
  )
}
