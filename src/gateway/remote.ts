import { isIP } from "node:net"
import type { GatewayConfig } from "./config.ts"
import { isForwarded, isLocalDirect, isLoopback, plainAddress } from "./locality.ts"
import { addressesIn } from "./network.ts"

/** The other end of a request, as far as its socket and a proxy we trust can tell. */
export interface Remote {
  /** The socket's other end. */
  peer: string
  /** Who is behind it: the peer itself, or whom a trusted proxy names. */
  address: string
  /**
   * local: this machine, with nobody in between · direct: the peer itself · proxied: somebody
   * behind a trusted proxy · unproven: somebody behind a proxy we have no reason to believe
   */
  route: "local" | "direct" | "proxied" | "unproven"
}

/** Proxies whose word counts for who is behind them. */
export interface Proxies {
  trusts(address: string): boolean
  /** A proxy speaks for somebody in these headers. */
  speaks(headers: Headers): boolean
  allowRealIpFallback: boolean
}

/** Longer chains are made up. */
const mostHops = 16

/** Who is at the other end (contract 08 §3). Headers count only when a trusted proxy sent them. */
export const remoteOf = (peer: string, headers: Headers, proxies: Proxies): Remote => {
  const forwarded = proxies.speaks(headers)
  if (!forwarded && isLocalDirect(peer, headers)) return { peer, address: peer, route: "local" }
  if (proxies.trusts(peer) && (forwarded || !isLoopback(peer))) {
    const address = behind(peer, headers, proxies)
    return address
      ? { peer, address, route: "proxied" }
      : { peer, address: peer, route: "unproven" }
  }
  const route = isLoopback(peer) && forwarded ? "unproven" : "direct"
  return { peer, address: peer, route }
}

/**
 * Whom a trusted proxy speaks for: the right-most hop that is no trusted proxy itself, since
 * everything left of it is that client's own claim. Undefined when the chain cannot be read.
 */
const behind = (peer: string, headers: Headers, proxies: Proxies): string | undefined => {
  const chain = headers.get("x-forwarded-for")
  if (chain === null) {
    const real = proxies.allowRealIpFallback ? headers.get("x-real-ip") : null
    return real === null ? peer : hopAddress(real)
  }
  const hops = chain.split(",", mostHops + 1)
  if (hops.length > mostHops) return undefined
  let address: string | undefined
  for (const hop of hops.reverse()) {
    address = hopAddress(hop)
    if (!address || !proxies.trusts(address)) return address
  }
  return address
}

/** The address in a hop, which some proxies write with a port. */
const hopAddress = (hop: string): string | undefined => {
  const text = hop.trim()
  const [, bare] = /^\[([^\]]*)\](?::\d{1,5})?$/.exec(text) ?? /^([\d.]+):\d{1,5}$/.exec(text) ?? []
  const address = plainAddress(bare ?? text)
  return isIP(address) ? address.toLowerCase() : undefined
}

export const proxiesOf = ({
  trustedProxies,
  allowRealIpFallback,
  auth,
}: Pick<GatewayConfig, "trustedProxies" | "allowRealIpFallback" | "auth">): Proxies => {
  const { userHeader } = auth.trustedProxy
  return {
    allowRealIpFallback,
    speaks: (headers) => isForwarded(headers) || Boolean(userHeader && headers.has(userHeader)),
    trusts: addressesIn(trustedProxies),
  }
}
