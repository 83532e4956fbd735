import { hostname, networkInterfaces } from "node:os"
import { isIP } from "node:net"
import type { GatewayConfig } from "./config.ts"
import { noAddress } from "./faults.ts"
import { isLoopback } from "./locality.ts"

/** This machine's Tailscale address: IPv4 in 100.64.0.0/10. */
export const tailnetAddress = (interfaces = networkInterfaces()) =>
  Object.values(interfaces)
    .flatMap((addresses) => addresses ?? [])
    .map(({ address }) => address)
    .find(isTailnet)

const isTailnet = (address: string) => {
  const [a, b] = address.split(".").map(Number)
  return isIP(address) === 4 && a === 100 && b !== undefined && b >= 64 && b < 128
}

/** Where others in the local networks reach a gateway that listens on `hosts`: IPv4, one for each. */
export const lanAddresses = (hosts: readonly string[], interfaces = networkInterfaces()) =>
  Object.values(interfaces).flatMap((addresses) => {
    const own = (addresses ?? []).find(
      ({ family, internal, address }) =>
        family === "IPv4" &&
        !internal &&
        !isTailnet(address) &&
        (hosts.includes("0.0.0.0") || hosts.includes(address)),
    )
    return own ? [own.address] : []
  })

/** The addresses to listen on. A tailnet gateway answers on loopback too, for its own commands. */
export const listenHosts = (
  bind: GatewayConfig["bind"],
  customBindHost: string | undefined,
  tailnet: () => string | undefined = tailnetAddress,
): string[] => {
  if (bind === "lan") return ["0.0.0.0"]
  if (bind === "custom") {
    if (!customBindHost || isIP(customBindHost) !== 4) throw noAddress({ bind })
    return [customBindHost]
  }
  if (bind === "tailnet") {
    const address = tailnet()
    if (!address) throw noAddress({ bind })
    return [address, "127.0.0.1"]
  }
  return ["127.0.0.1"]
}

export const beyondLoopback = (hosts: string[]) => hosts.find((host) => !isLoopback(host))

/** The address a program on this machine connects to. */
export const localHost = (hosts: string[]) =>
  hosts.includes("127.0.0.1") || hosts.includes("0.0.0.0") ? "127.0.0.1" : hosts[0]!

/** Names other machines know this one by. */
export const ownNames = (name = hostname().toLowerCase()) => {
  const short = name.split(".")[0]!
  return [...new Set([name, short, `${short}.local`])]
}

/** Every name and address a client may know this gateway by, for its own certificate. */
export const certificateNames = (hosts: string[], interfaces = networkInterfaces()) => {
  const outside = Object.values(interfaces)
    .flatMap((addresses) => addresses ?? [])
    .filter(({ internal, scopeid }) => !internal && !scopeid)
    .map(({ address }) => address)
  const reachable = hosts.includes("0.0.0.0") ? outside : hosts
  return [...new Set([...ownNames(), "localhost", "127.0.0.1", "::1", ...reachable])]
}
