import { isIP } from "node:net"
import { serviceType } from "./records.ts"

/** A record as it was heard. */
export interface Heard {
  type: string
  name: string
  data: unknown
}

/** A gateway that was heard of in the local network; who said it, nobody knows. */
export interface Beacon {
  name: string
  /** The host and port that its SRV record names. */
  host?: string
  port?: number
  /** What that host's A and AAAA records say. */
  addresses: string[]
  /** Where to connect; missing where the records do not tell. */
  wsUrl?: string
  tls: boolean
  displayName?: string
  /** Why it cannot be used, or what of it was not believed. */
  warnings: string[]
}

/**
 * Makes beacons of what was heard. The way to a gateway is in its SRV and address records alone:
 * TXT records are anybody's hints, never a host, a port or a certificate's fingerprint (N056).
 */
export const beaconsFrom = (
  records: readonly Heard[],
  usable: (address: string) => boolean = isUsable,
): Beacon[] => {
  const about = (name: string, type: string) =>
    records.filter((one) => one.type === type && one.name.toLowerCase() === name.toLowerCase())
  const instances = about(serviceType, "PTR").map(({ data }) => String(data))
  return unique(instances)
    .filter((name) => name.toLowerCase().endsWith(`.${serviceType}`))
    .map((name): Beacon => {
      const text = textIn(about(name, "TXT").map(({ data }) => data))
      const shown = {
        name: label(name),
        displayName: text.displayName,
        tls: text.gatewayTls === "1",
      }
      const ways = about(name, "SRV").map(({ data }) => data as { port: number; target: string })
      const [way] = ways
      if (!way) return { ...shown, addresses: [], warnings: ["It does not say where it is."] }
      const { target, port } = way
      if (
        ways.some((one) => one.port !== port || one.target.toLowerCase() !== target.toLowerCase())
      )
        return { ...shown, addresses: [], warnings: ["Two claim this name, in different places."] }
      const found = [...about(target, "A"), ...about(target, "AAAA")].map(({ data }) =>
        String(data),
      )
      const addresses = unique(found).filter(usable)
      const place = { ...shown, host: target, port, addresses }
      const [address] = addresses
      if (!address || port === 0)
        return { ...place, warnings: [`Nobody says which address ${target} has.`] }
      const authority = isIP(address) === 6 ? `[${address}]` : address
      return {
        ...place,
        wsUrl: `${shown.tls ? "wss" : "ws"}://${authority}:${port}`,
        warnings: contradictions(text, { host: target, port }),
      }
    })
}

const contradictions = (text: Text, { host, port }: { host: string; port: number }) => {
  const named = [text.lanHost?.toLowerCase(), text.gatewayPort]
  return (named[0] !== undefined && named[0] !== host.toLowerCase()) ||
    (named[1] !== undefined && named[1] !== String(port))
    ? ["Its TXT record names another place; that was ignored."]
    : []
}

/** Not: nobody's, everybody's, this machine's own, or one that needs to be told its network. */
export const isUsable = (address: string) =>
  isIP(address) === 4
    ? !/^(?:0|127|22[4-9]|2[3-5]\d)\./.test(address)
    : isIP(address) === 6 && !/^(?:::1?$|ff|fe[89ab])/i.test(address)

type Text = Partial<Record<string, string>>

/** The first of each key counts (RFC 6763 §6.4). */
const textIn = (data: readonly unknown[]): Text => {
  const text: Text = Object.create(null)
  for (const piece of data.flat()) {
    const [, key, value] = /^([^=]+)=(.*)$/s.exec(String(piece)) ?? []
    if (key !== undefined) text[key] ??= value
  }
  return text
}

/** The instance's own part, with `\DDD` as the bytes it stands for (RFC 1035 §5.1). */
const label = (name: string) => unescape(name.slice(0, -serviceType.length - 1))

const unescape = (text: string) =>
  text.replace(/(?:\\(?:[01]\d\d|2[0-4]\d|25[0-5]))+/g, (bytes) =>
    Buffer.from(bytes.slice(1).split("\\").map(Number)).toString(),
  )

const unique = (texts: readonly string[]) => [...new Set(texts)]
