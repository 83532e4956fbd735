import { hadLeft, readAtMost } from "../over-http.ts"
import { SlackRefusal, SlackUnreachable } from "./failures.ts"

type Scalar = string | number | boolean
/** What a method is asked; what is no plain value goes along as JSON. */
export type Args = Readonly<Record<string, Scalar | object | undefined>>

export interface SlackApi {
  /** One call of the Web API. Throws `SlackRefusal` and `SlackUnreachable`. */
  call<T = unknown>(method: string, args?: Args, signal?: AbortSignal): Promise<T>
  /** The same, with what stands in the answer's headers. */
  ask<T = unknown>(
    method: string,
    args?: Args,
    signal?: AbortSignal,
  ): Promise<{ body: T; headers: Headers }>
  /** Bytes to an address that Slack gave. */
  put(url: string, body: Blob | string, contentType: string, signal: AbortSignal): Promise<void>
  /** Bytes of a private file, at most so many; the token goes to Slack's own hosts and nowhere else. */
  get(url: string, mostBytes: number, signal: AbortSignal): Promise<Uint8Array>
}

const timeoutMs = 30_000
const mostHops = 3

/** A client of Slack's Web API: https://docs.slack.dev/apis/web-api */
export const createApi = (apiUrl: string, token: string, life: AbortSignal): SlackApi => {
  const root = new URL(apiUrl.endsWith("/") ? apiUrl : `${apiUrl}/`)
  const within = (signal?: AbortSignal) =>
    AbortSignal.any([life, AbortSignal.timeout(timeoutMs), ...(signal ? [signal] : [])])

  const send = async (what: string, url: URL | string, request: RequestInit) => {
    try {
      return await fetch(url, { redirect: "manual", ...request })
    } catch (error) {
      throw new SlackUnreachable(what, hadLeft(error), error)
    }
  }

  const ask = async <T>(method: string, args: Args = {}, signal?: AbortSignal) => {
    const response = await send(method, new URL(method, root), {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, "user-agent": "fased" },
      body: form(args),
      signal: within(signal),
    })
    const retryAfterMs = waitOf(response.headers)
    const detail = { status: response.status, retryAfterMs }
    if (response.status === 429) throw new SlackRefusal(method, "ratelimited", detail)
    const body = (await response.json().catch((error: unknown) => {
      // Slack's edge answers with a page of HTML when it is unwell.
      if (response.status === 503) throw new SlackRefusal(method, "service_unavailable", detail)
      throw new SlackUnreachable(method, true, error)
    })) as Answer
    if (body.ok !== true)
      throw new SlackRefusal(method, body.error ?? `http_${response.status}`, {
        ...detail,
        needed: body.needed,
      })
    return { body: body as T, headers: response.headers }
  }

  const isSlacks = ({ protocol, hostname, origin }: URL) =>
    origin === root.origin || (protocol === "https:" && /(?:^|\.)slack\.com$/.test(hostname))

  return {
    ask,
    call: async <T>(method: string, args?: Args, signal?: AbortSignal) =>
      (await ask<T>(method, args, signal)).body,

    async put(address, body, contentType, signal) {
      const url = new URL(address)
      const what = `a request to ${url.hostname}`
      if (!isSlacks(url)) throw new SlackRefusal(what, "foreign_address")
      const response = await send(what, url, {
        method: "POST",
        headers: { "content-type": contentType, "user-agent": "fased" },
        body,
        signal: within(signal),
      })
      const said = await response.text().catch(() => "")
      if (response.ok) return
      const retryAfterMs = waitOf(response.headers)
      const code =
        response.status === 429
          ? "ratelimited"
          : (/"error":\s*"(\w+)"/.exec(said)?.[1] ?? `http_${response.status}`)
      throw new SlackRefusal(what, code, { status: response.status, retryAfterMs })
    },

    async get(address, mostBytes, signal) {
      let url = new URL(address)
      for (let hop = 0; hop <= mostHops; hop++) {
        if (!isSlacks(url)) throw new SlackRefusal("a download", "foreign_address")
        const response = await send("a download", url, {
          headers: { authorization: `Bearer ${token}`, "user-agent": "fased" },
          signal: within(signal),
        })
        const to = response.headers.get("location")
        if (response.status >= 300 && response.status < 400 && to) {
          await response.body?.cancel()
          url = new URL(to, url)
          continue
        }
        if (!response.ok) throw new SlackRefusal("a download", `http_${response.status}`)
        const bytes = await readAtMost(response, mostBytes)
        if (!bytes) throw new SlackRefusal("a download", "file_too_large")
        return bytes
      }
      throw new SlackRefusal("a download", "too_many_redirects")
    },
  }
}

interface Answer {
  ok?: boolean
  error?: string
  needed?: string
}

const form = (args: Args) => {
  const body = new URLSearchParams()
  for (const [name, value] of Object.entries(args))
    if (value !== undefined)
      body.set(name, typeof value === "object" ? JSON.stringify(value) : String(value))
  return body
}

/** Slack counts in seconds. */
const waitOf = (headers: Headers) => {
  const seconds = Number(headers.get("retry-after") ?? Number.NaN)
  return Number.isFinite(seconds) ? Math.max(0, seconds * 1000) : undefined
}
