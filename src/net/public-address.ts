import { BlockList, isIPv4, isIPv6, SocketAddress } from "node:net"

const list = (family: "ipv4" | "ipv6", networks: readonly (readonly [string, number])[]) => {
  const block = new BlockList()
  for (const [network, bits] of networks) block.addSubnet(network, bits, family)
  return (address: string) => block.check(address, family)
}

/** What IANA keeps for other things than hosts of the internet. */
const reserved4 = list("ipv4", [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.0.2.0", 24],
  ["192.31.196.0", 24],
  ["192.52.193.0", 24],
  ["192.88.99.0", 24],
  ["192.168.0.0", 16],
  ["192.175.48.0", 24],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
  ["224.0.0.0", 4],
  ["240.0.0.0", 4],
])

/** Only this of IPv6 is given out to hosts … */
const unicast6 = list("ipv6", [["2000::", 3]])
/** … and not these parts of it: protocols, tunnels that carry an IPv4 address, documentation. */
const reserved6 = list("ipv6", [
  ["2001::", 23],
  ["2001:db8::", 32],
  ["2002::", 16],
  ["2620:4f:8000::", 48],
  ["3fff::", 20],
])
/** IPv4 behind a translator (RFC 6052): the address it leads to is in the last four bytes. */
const nat64 = list("ipv6", [["64:ff9b::", 96]])

/** The last four bytes as an IPv4 address. */
const tail4 = (groups: readonly number[]) =>
  [groups[6]! >> 8, groups[6]! & 255, groups[7]! >> 8, groups[7]! & 255].join(".")

/** The eight groups of an IPv6 address. */
const groupsOf = (address: string): number[] => {
  const plain = new SocketAddress({ address, family: "ipv6" }).address
  const dotted = /^(.*:)(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(plain)
  const hex = dotted
    ? `${dotted[1]}${((+dotted[2]! << 8) | +dotted[3]!).toString(16)}:${((+dotted[4]! << 8) | +dotted[5]!).toString(16)}`
    : plain
  const [head = "", tail] = hex.split("::")
  const parse = (part: string) => (part ? part.split(":").map((group) => parseInt(group, 16)) : [])
  const [first, last] = [parse(head), parse(tail ?? "")]
  return [...first, ...Array<number>(8 - first.length - last.length).fill(0), ...last]
}

/** ISATAP (RFC 5214) hides an IPv4 address in the interface part of any prefix. */
const isIsatap = ([, , , , high, low]: readonly number[]) =>
  (high! & 0xfdff) === 0 && low === 0x5efe

/**
 * True for an address of a host on the internet. Everything else is false: this machine, private
 * networks, what is reserved, and what is no address at all.
 */
export const isPublicAddress = (address: string): boolean => {
  if (isIPv4(address)) return !reserved4(address)
  if (!isIPv6(address) || address.includes("%")) return false
  const groups = groupsOf(address)
  if (nat64(address)) return !reserved4(tail4(groups))
  return unicast6(address) && !reserved6(address) && !isIsatap(groups)
}
