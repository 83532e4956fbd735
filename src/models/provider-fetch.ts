import { lookup } from "node:dns/promises"
import type { Clock } from "../kernel/clock.ts"
import { Fault } from "../kernel/fault.ts"
import type { StreamFetch } from "../net/stream-fetch.ts"
import type { Secret } from "./auth/keys.ts"
import type { Connection } from "./connection.ts"
import { type Called, cutOff, privateAddress, timedOut } from "./faults.ts"
import { isPrivateHost } from "../kernel/private-host.ts"

export interface Patience {
  answerMs: number
  silenceMs: number
}

interface Call {
  connection: Connection
  called: Called
  /** Where the wire format carries its key. */
  keyHeader: "authorization" | "x-api-key" | "x-goog-api-key"
  patience: Patience
  clock: Clock
  /** A key that is fetched or renewed for each request, in place of the connection's own. */
  secret?: () => Promise<Secret>
  /** The way for answers that are streamed; default: as everything else. */
  stream?: StreamFetch
}

/** The libraries insist on a key; the real one is put in at the last moment, in one place. */
export const placeholderKey = "see-provider-fetch"

/**
 * The `fetch` handed to a provider's library: sends our key and no other, follows no redirect with it,
 * and gives up on a provider that does not answer or falls silent.
 */
export const providerFetch = (call: Call) => {
  const fetchProvider = async (input: Request | URL | string, init: RequestInit = {}) => {
    const url = new URL(input instanceof Request ? input.url : input)
    const addresses = call.connection.allowPrivateNetwork
      ? undefined
      : await publicAddresses(url.hostname, call.called)
    const headers = withKey(init.headers, call, await call.secret?.())
    const { answerMs, silenceMs } = call.patience
    const gaveUp = new AbortController()
    const giveUp = (waitedMs: number, started: boolean) =>
      gaveUp.abort(timedOut({ ...call.called, waitedMs, started }))
    const stopWaiting = call.clock.after(answerMs, () => giveUp(answerMs, false))
    try {
      const signal = init.signal ? AbortSignal.any([init.signal, gaveUp.signal]) : gaveUp.signal
      const { method = "GET", body } = init
      const response =
        call.stream && typeof body === "string"
          ? await call.stream(url, { method, headers, body, signal, addresses })
          : await fetch(url, { ...init, headers, redirect: "manual", ...noOtherLimit, signal })
      if (!response.body) return response
      const watched = watch(response.body, call, () => giveUp(silenceMs, true))
      return new Response(watched, response)
    } finally {
      stopWaiting()
    }
  }
  return fetchProvider as typeof fetch
}

/** Bun's own limit of five minutes would cut models that think for long. */
const noOtherLimit = { timeout: false }

const withKey = (
  given: RequestInit["headers"],
  { connection, keyHeader }: Call,
  secret: Secret | undefined,
) => {
  const headers = new Headers(given)
  for (const name of ["authorization", "x-api-key", "x-goog-api-key"]) headers.delete(name)
  const key = secret?.key ?? connection.key
  const isSetupToken = key?.startsWith(setupTokenStart) ?? false
  const bearer = connection.bearer || secret?.bearer || isSetupToken
  if (key && (bearer || keyHeader === "authorization"))
    headers.set("authorization", `Bearer ${key}`)
  else if (key) headers.set(keyHeader, key)
  if (isSetupToken) headers.append("anthropic-beta", setupTokenBeta)
  if (secret?.accountId) headers.set("chatgpt-account-id", secret.accountId)
  for (const [name, value] of Object.entries(connection.headers)) headers.set(name, value)
  return headers
}

/** Anthropic takes tokens of a subscription as bearers, and only with this header. */
const setupTokenStart = "sk-ant-oat"
const setupTokenBeta = "oauth-2025-04-20"

const publicAddresses = async (hostname: string, called: Called) => {
  const host = hostname.replace(/^\[|\]$/g, "")
  const addresses = isPrivateHost(host) ? [host] : await addressesOf(host)
  if (addresses.some(isPrivateHost)) throw privateAddress({ ...called, host })
  return addresses
}

/** A name that does not resolve is left to whoever connects, which says so better. */
const addressesOf = async (host: string) =>
  (await lookup(host, { all: true }).catch(() => [])).map(({ address }) => address)

/** The libraries take all that they are given apart at once, which weighs much more than its bytes. */
const mostAtOnce = 4096

/** Passes bytes through; calls `tooQuiet` when a read waits too long, and names a break for what it is. */
const watch = (body: ReadableStream<Uint8Array>, call: Call, tooQuiet: () => void) => {
  const { clock, called } = call
  const { silenceMs } = call.patience
  const reader = body.getReader()
  let waitingSince: number | undefined
  let rest: Uint8Array = new Uint8Array()
  const look = () => {
    const quiet = waitingSince === undefined ? 0 : clock.now() - waitingSince
    if (quiet >= silenceMs) tooQuiet()
    else stop = clock.after(silenceMs - quiet, look)
  }
  let stop = clock.after(silenceMs, look)
  const piece = () => {
    const next = rest.subarray(0, mostAtOnce)
    rest = rest.subarray(next.length)
    return next
  }
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      if (rest.length) return controller.enqueue(piece())
      waitingSince = clock.now()
      try {
        const { done, value } = await reader.read()
        waitingSince = undefined
        if (!done) {
          rest = value
          return controller.enqueue(piece())
        }
        stop()
        controller.close()
      } catch (error) {
        stop()
        const ours = error instanceof Fault || (error as Error).name === "AbortError"
        controller.error(ours ? error : cutOff(called))
      }
    },
    cancel(reason) {
      stop()
      return reader.cancel(reason)
    },
  })
}
