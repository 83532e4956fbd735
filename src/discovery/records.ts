import type { Answer } from "dns-packet"
import type { MdnsMode } from "./config.ts"

export const serviceType = "_fased-gw._tcp.local"
const allServices = "_services._dns-sd._udp.local"

/** What a gateway says of itself. */
export interface Advert {
  /** Its name among the gateways of the network: one label. */
  instance: string
  /** Its host's name, without `.local`. */
  host: string
  port: number
  /** Hints for people and programs; nobody finds their way by them. */
  txt: (host: string) => Readonly<Record<string, string>>
}

interface About {
  mode: Exclude<MdnsMode, "off">
  displayName: string
  port: number
  tailnetDns?: string
  /** SHA-256 of its certificate, where it serves TLS. */
  tlsFingerprint?: string
  sshPort: string
  cliPath?: string
}

/** The TXT record (contract 09 §6): what everybody in the network may know, and no secret. */
export const textOf = (
  { mode, displayName, port, tailnetDns, tlsFingerprint, sshPort, cliPath }: About,
  host: string,
): Record<string, string> => ({
  role: "gateway",
  transport: "gateway",
  displayName,
  lanHost: `${host}.local`,
  gatewayPort: String(port),
  ...(tailnetDns && { tailnetDns }),
  ...(tlsFingerprint && { gatewayTls: "1", gatewayTlsSha256: tlsFingerprint }),
  ...(mode === "full" && { sshPort, ...(cliPath && { cliPath }) }),
})

/** Names a label of DNS can hold: without dots, and at most 63 bytes with room for a number. */
export const asLabel = (text: string) => {
  // oxlint-disable-next-line no-control-regex
  let label = text.replace(/[\x00-\x1f\x7f.]+/g, "-").trim()
  while (Buffer.byteLength(label) > 57) label = [...label].slice(0, -1).join("")
  return label || "fased"
}

export const instanceName = ({ instance }: Pick<Advert, "instance">) => `${instance}.${serviceType}`
export const hostName = ({ host }: Pick<Advert, "host">) => `${host}.local`

/** What is answered for a gateway in the network where this machine has `address`. */
export const recordsOf = (advert: Advert, address: string) => {
  const name = instanceName(advert)
  const target = hostName(advert)
  const text = Object.entries(advert.txt(advert.host)).map(([key, value]) => `${key}=${value}`)
  return [
    { type: "PTR", name: allServices, ttl: 4500, data: serviceType },
    { type: "PTR", name: serviceType, ttl: 4500, data: name },
    { type: "SRV", name, ttl: 120, flush: true, data: { port: advert.port, target } },
    { type: "TXT", name, ttl: 4500, flush: true, data: text.map(fitting) },
    { type: "A", name: target, ttl: 120, flush: true, data: address },
  ] satisfies Answer[]
}

/** One string of a TXT record holds 255 bytes. */
const fitting = (text: string) => Buffer.from(text).subarray(0, 255)
