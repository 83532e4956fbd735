import { Fault } from "../kernel/fault.ts"
import { badSource, unreachable, untrusted } from "./faults.ts"

const mostRedirects = 4
const answerMs = 20_000
const silenceMs = 20_000
const mostSmall = 256 * 1024

const isOwnMachine = ({ hostname }: URL) => /^(?:127\.0\.0\.1|localhost|\[::1\])$/.test(hostname)

/** An address releases may come from: encrypted, unless it never leaves this machine. */
export const releaseUrl = (text: string): URL => {
  const url = URL.canParse(text) ? new URL(text) : undefined
  const fits = url?.protocol === "https:" || (url?.protocol === "http:" && isOwnMachine(url))
  if (!url || !fits || url.username || url.password) throw badSource({ url: text })
  return url
}

/** A file of a release, piece by piece, never longer than `most`. */
export async function* download(
  from: URL,
  { most, signal }: { most: number; signal?: AbortSignal },
): AsyncGenerator<Uint8Array> {
  const quiet = new AbortController()
  let timer: Timer | undefined
  const wait = (ms: number) => {
    clearTimeout(timer)
    timer = setTimeout(() => quiet.abort(new Error(`nothing came for ${ms / 1000} seconds`)), ms)
  }
  try {
    wait(answerMs)
    const response = await follow(
      from,
      AbortSignal.any([quiet.signal, ...(signal ? [signal] : [])]),
    )
    let size = 0
    for await (const piece of response.body ?? []) {
      wait(silenceMs)
      size += piece.length
      if (size > most)
        throw untrusted({ what: from.href, reason: "it is longer than it should be" })
      yield piece
    }
  } catch (error) {
    if (error instanceof Fault) throw error
    const reason = quiet.signal.reason ?? signal?.reason ?? error
    throw unreachable({ url: from.href, reason: reasonOf(reason) }, error)
  } finally {
    clearTimeout(timer)
  }
}

/** A small file of a release, whole. */
export const fetchSmall = async (url: URL, signal?: AbortSignal) =>
  Buffer.concat(await Array.fromAsync(download(url, { most: mostSmall, signal })))

/** A redirect may lead to another server, but never from an encrypted way to an open one. */
const follow = async (from: URL, signal: AbortSignal): Promise<Response> => {
  let url = from
  for (let hop = 0; hop <= mostRedirects; hop++) {
    const response = await fetch(url, { redirect: "manual", signal, headers: { accept: "*/*" } })
    const next = response.headers.get("location")
    if (response.status >= 300 && response.status < 400 && next) {
      await response.body?.cancel()
      const target = releaseUrl(new URL(next, url).href)
      if (url.protocol === "https:" && target.protocol !== "https:")
        throw badSource({ url: target.href })
      url = target
      continue
    }
    if (!response.ok) throw unreachable({ url: url.href, reason: `it answers ${response.status}` })
    return response
  }
  throw unreachable({ url: from.href, reason: "it redirects without end" })
}

const reasonOf = (error: unknown) =>
  (error instanceof Error ? error.message : String(error)).replace(/\.$/, "")
