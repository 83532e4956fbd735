import { BlockList, isIP } from "node:net"
import { plainAddress } from "./locality.ts"

/** One address, or a network as `10.0.0.0/8`. */
const parse = (entry: string) => {
  const [, address = "", prefix] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(entry.trim()) ?? []
  const version = isIP(address)
  const longest = version === 4 ? 32 : 128
  const bits = prefix === undefined ? longest : Number(prefix)
  // The network of everybody would make everybody's word count.
  if (!version || bits < 1 || bits > longest) return undefined
  return { address, bits, family: familyOf(version) }
}

const familyOf = (version: number): "ipv4" | "ipv6" => (version === 4 ? "ipv4" : "ipv6")

/** Can be an entry of `gateway.trustedProxies`. */
export const isProxyEntry = (entry: string) => parse(entry) !== undefined

/** Tells whether an address is one of `entries`, or in one of their networks. */
export const addressesIn = (entries: readonly string[]) => {
  const list = new BlockList()
  for (const entry of entries) {
    const { address, bits, family } = parse(entry)!
    list.addSubnet(address, bits, family)
  }
  return (address: string) => {
    const plain = plainAddress(address)
    const version = isIP(plain)
    return version !== 0 && list.check(plain, familyOf(version))
  }
}
