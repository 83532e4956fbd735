import { lookup } from "node:dns/promises"
import { isIP } from "node:net"
import type { Clock } from "../kernel/clock.ts"
import {
  badAddress,
  hostNotListed,
  privateAddress,
  redirectWithBody,
  tooManyRedirects,
  tooSlow,
  unknownHost,
} from "./faults.ts"
import type { GuardedFetch, GuardedRequest } from "./guarded-fetch.ts"
import { type Address, readBody, send, toHeaders } from "./hop.ts"
import { isPublicAddress } from "./public-address.ts"

/** Every address a name has. */
export type Resolve = (host: string) => Promise<readonly Address[]>

const systemResolve: Resolve = (host) => lookup(host, { all: true })

export const createGuardedFetch = ({
  clock,
  resolve = systemResolve,
}: {
  clock: Clock
  resolve?: Resolve
}): GuardedFetch => {
  /** Where a host is. The answer is what is connected to, so a name cannot change its mind in between. */
  const judged = async ({ hostname }: URL, { allowPrivate = [], mayReach }: GuardedRequest) => {
    const host = hostname.replace(/^\[|\]$/g, "")
    if (mayReach && !mayReach(host.toLowerCase())) throw hostNotListed({ host })
    const family = isIP(host)
    const addresses = family
      ? [{ address: host, family }]
      : await resolve(host).catch((error: unknown) => {
          throw unknownHost({ host }, error)
        })
    if (!addresses.length) throw unknownHost({ host })
    const allowed = allowPrivate.some((name) => name.toLowerCase() === host.toLowerCase())
    if (!allowed && !addresses.every(({ address }) => isPublicAddress(address)))
      throw privateAddress({ host })
    return addresses
  }

  const follow = async (first: URL, request: GuardedRequest, signal: AbortSignal) => {
    const { maxRedirects = 3, maxBytes } = request
    let url = first
    let { method = "GET", body } = request
    let headers: Record<string, string> = { ...unasked, ...lowerCased(request.headers) }
    for (let hops = 0; ; hops++) {
      signal.throwIfAborted()
      const addresses = await unless(signal, judged(url, request))
      const answer = await send({ url, method, headers, body, addresses, signal })
      const { statusCode: status = 0, headers: given } = answer
      const location = redirects.has(status) ? given.location : undefined
      if (location === undefined) {
        const read = await readBody(answer, { url, maxBytes, signal })
        return { status, url: url.href, headers: toHeaders(given), ...read }
      }
      answer.destroy()
      if (hops >= maxRedirects) throw tooManyRedirects({ host: first.host, most: maxRedirects })
      const next = parse(location, url)
      const keeps = status === 307 || status === 308
      if (!keeps && method !== "HEAD") {
        method = "GET"
        body = undefined
        headers = without(headers, /^content-/)
      }
      if (next.origin !== url.origin) {
        if (body !== undefined) throw redirectWithBody({ host: url.host, to: next.host })
        headers = only(headers, harmless)
      }
      url = next
    }
  }

  return async (written, request) => {
    const url = parse(written)
    const late = new AbortController()
    const { timeoutMs } = request
    const cancel = clock.after(timeoutMs, () =>
      late.abort(tooSlow({ host: url.host, seconds: Math.ceil(timeoutMs / 1000) })),
    )
    try {
      return await follow(url, request, AbortSignal.any([request.signal, late.signal]))
    } finally {
      cancel()
    }
  }
}

/** Looking up a name cannot be called off, only no longer be waited for. */
const unless = async <T>(signal: AbortSignal, work: Promise<T>): Promise<T> => {
  const { promise, reject } = Promise.withResolvers<never>()
  const stop = () => reject(signal.reason)
  signal.addEventListener("abort", stop, { once: true })
  try {
    return await Promise.race([work, promise])
  } finally {
    signal.removeEventListener("abort", stop)
  }
}

const redirects = new Set([301, 302, 303, 307, 308])

const unasked = {
  "user-agent": "fased",
  accept: "*/*",
  "accept-encoding": "gzip, br",
}

/** What may go to another origin than the one it was meant for. */
const harmless = /^(?:accept|accept-language|accept-encoding|user-agent|range)$/

const lowerCased = (headers: GuardedRequest["headers"] = {}): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))

const only = (headers: Record<string, string>, names: RegExp) =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => names.test(name)))

const without = (headers: Record<string, string>, names: RegExp) =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !names.test(name)))

/** The parser turns every way to write an IPv4 address into the one with dots. */
const parse = (written: string, base?: URL): URL => {
  const url = URL.parse(written, base)
  if (!url) throw badAddress({ url: written, why: "it is not an address" })
  if (url.protocol !== "https:" && url.protocol !== "http:")
    throw badAddress({ url: written, why: `${url.protocol} is not fetched` })
  if (url.username || url.password)
    throw badAddress({ url: url.host, why: "it has a name or a password in it" })
  url.hostname = url.hostname.replace(/\.$/, "")
  url.hash = ""
  return url
}
