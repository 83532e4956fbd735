import { isIP } from "node:net"

/** An IPv4 address that came in over an IPv6 socket, as itself. */
export const plainAddress = (address: string) => address.replace(/^::ffff:(?=\d+\.)/i, "")

export const isLoopback = (address: string) => {
  const plain = plainAddress(address)
  return plain === "::1" || (isIP(plain) === 4 && plain.startsWith("127."))
}

const forwarding = [
  "forwarded",
  "x-forwarded-for",
  "x-forwarded-host",
  "x-forwarded-proto",
  "x-real-ip",
  "via",
  "cf-connecting-ip",
  "true-client-ip",
  "tailscale-user-login",
]

/** The caller sits at this machine: a loopback peer, and no proxy spoke for someone else. */
export const isLocalDirect = (peer: string, headers: Headers) =>
  isLoopback(peer) && !forwarding.some((name) => headers.has(name))

const hostName = (host: string) => {
  const match = /^(\[[0-9a-f:.]+\]|[a-z0-9_.-]+)(:\d{1,5})?$/i.exec(host)
  return match?.[1]?.replace(/^\[|\]$/g, "").toLowerCase()
}

export interface HostRules {
  /** Names this machine goes by besides `localhost`. */
  ownNames: readonly string[]
  allowedOrigins: readonly string[]
  /** `controlUi.dangerouslyAllowHostHeaderOriginFallback` */
  trustHostHeader: boolean
}

/**
 * The Host header must name this machine. A foreign name that resolves here is how a page in a
 * browser would reach a loopback port (DNS rebinding); an address literal cannot be rebound.
 */
export const hostAllowed = (host: string | null, rules: HostRules) => {
  const name = host && hostName(host)
  if (!name) return false
  if (isIP(name) || name === "localhost" || rules.ownNames.includes(name)) return true
  if (rules.trustHostHeader) return true
  return rules.allowedOrigins.some((origin) => new URL(origin).hostname === name)
}

/** A browser's Origin must be ours. No Origin means no browser. */
export const originAllowed = (
  origin: string | null,
  request: { host: string | null; localDirect: boolean; port: number },
  rules: HostRules,
) => {
  if (origin === null) return true
  if (rules.allowedOrigins.includes(origin)) return true
  let url: URL
  try {
    url = new URL(origin)
  } catch {
    return false
  }
  if (url.protocol !== "http:" && url.protocol !== "https:") return false
  if (rules.trustHostHeader && url.host === request.host) return true
  const name = url.hostname.replace(/^\[|\]$/g, "")
  return (
    request.localDirect &&
    Number(url.port || 80) === request.port &&
    (name === "localhost" || isLoopback(name))
  )
}
