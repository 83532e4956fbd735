import { isIP } from "node:net"
import { service } from "../kernel/service.ts"
import { badSetupUrl, notReachable } from "./faults.ts"

/** Where other machines reach this gateway, as far as it knows; undefined when it is closed to them. */
export const Reach = service<() => { url: string; source: string } | undefined>("reach")

export interface SetupUrl {
  url: string
  /** The setting or flag that says so. */
  source: string
}

/** The address a setup code carries: the one asked for, or where the gateway listens. */
export const setupUrl = (
  asked: string | undefined,
  reach: () => SetupUrl | undefined,
): SetupUrl => {
  const found = asked === undefined ? reach() : { url: asked, source: "url" }
  if (!found) throw notReachable()
  const url = clean(found.url)
  if (!url) throw badSetupUrl({ url: found.url.slice(0, 200) })
  return { url, source: found.source }
}

const clean = (text: string) => {
  const swapped = text.trim().replace(/^http(s?):\/\//i, "ws$1://")
  const url = URL.canParse(swapped) ? new URL(swapped) : undefined
  if (!url || url.username || url.password || url.search || url.hash) return undefined
  const safe = url.protocol === "wss:" || (url.protocol === "ws:" && isNear(url.hostname))
  return safe ? swapped.replace(/\/+$/, "") : undefined
}

/** This machine or its own network, where plain ws:// is common; a code for it is single-use and short-lived. */
const isNear = (hostname: string) =>
  hostname === "localhost" ||
  hostname === "[::1]" ||
  hostname.endsWith(".local") ||
  (isIP(hostname) === 4 &&
    /^(?:127\.|10\.|192\.168\.|169\.254\.|172\.(?:1[6-9]|2\d|3[01])\.|100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.)/.test(
      hostname,
    ))

/** What a phone reads from the QR code: never a secret that outlives it. */
export const setupCode = (url: string, bootstrapToken: string) =>
  Buffer.from(JSON.stringify({ url, bootstrapToken })).toString("base64url")
