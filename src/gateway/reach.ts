import { networkInterfaces } from "node:os"
import { beyondLoopback, tailnetAddress } from "./address.ts"

/** Where other machines reach a gateway that listens on `hosts`; undefined when they cannot. */
export const reachOf = (
  { hosts, port, secure }: { hosts: string[]; port: number; secure: boolean },
  interfaces = networkInterfaces(),
) => {
  const host = beyondLoopback(hosts)
  const address = host === "0.0.0.0" ? lanAddress(interfaces) : host
  return address && { url: `${secure ? "wss" : "ws"}://${address}:${port}`, source: "gateway.bind" }
}

/** This machine's address on the local network. */
const lanAddress = (interfaces: ReturnType<typeof networkInterfaces>) => {
  const tailnet = tailnetAddress(interfaces)
  return Object.values(interfaces)
    .flatMap((addresses) => addresses ?? [])
    .find(({ family, internal, address }) => family === "IPv4" && !internal && address !== tailnet)
    ?.address
}
