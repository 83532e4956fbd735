import { networkInterfaces } from "node:os"
import { beyondLoopback, lanAddresses } from "./address.ts"

/** Where other machines reach a gateway that listens on `hosts`; undefined when they cannot. */
export const reachOf = (
  { hosts, port, secure }: { hosts: string[]; port: number; secure: boolean },
  interfaces = networkInterfaces(),
) => {
  const host = beyondLoopback(hosts)
  const address = host === "0.0.0.0" ? lanAddresses(hosts, interfaces)[0] : host
  return address && { url: `${secure ? "wss" : "ws"}://${address}:${port}`, source: "gateway.bind" }
}
