import { isIP } from "node:net"

/** An IPv4 address that came in over an IPv6 socket, as itself. */
export const plainAddress = (address: string) => address.replace(/^::ffff:(?=\d+\.)/i, "")

export const isLoopback = (address: string) => {
  const plain = plainAddress(address)
  return plain === "::1" || (isIP(plain) === 4 && plain.startsWith("127."))
}

/** The name in a Host header: lower case, without port and brackets; undefined when it is none. */
export const hostName = (host: string | null) => {
  const match = /^(\[[0-9a-f:.]+\]|[a-z0-9_.-]+)(:\d{1,5})?$/i.exec(host ?? "")
  return match?.[1]?.replace(/^\[|\]$/g, "").toLowerCase()
}

/** `localhost`, or an address of the loopback interface. */
export const isLocalName = (name: string | undefined) =>
  name !== undefined && (name === "localhost" || isLoopback(name))

/** Headers that say the request was made on behalf of someone else. */
const forwarding = [
  "forwarded",
  "x-forwarded-for",
  "x-forwarded-host",
  "x-forwarded-proto",
  "x-forwarded-port",
  "x-forwarded-server",
  "x-forwarded-user",
  "x-real-ip",
  "x-client-ip",
  "x-cluster-client-ip",
  "via",
  "cf-connecting-ip",
  "fly-client-ip",
  "true-client-ip",
  "tailscale-user-login",
]

/** Some proxy says that it speaks for someone else. */
export const isForwarded = (headers: Headers) => forwarding.some((name) => headers.has(name))

/**
 * The caller sits at this machine: a loopback peer that asked for a loopback name, and no proxy
 * spoke for someone else (contract 08 §3).
 */
export const isLocalDirect = (peer: string, headers: Headers) =>
  isLoopback(peer) && isLocalName(hostName(headers.get("host"))) && !isForwarded(headers)
