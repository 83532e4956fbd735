import type { Clock } from "../kernel/clock.ts"
import { Fault } from "../kernel/fault.ts"
import { createEventReader } from "./event-stream.ts"
import { badAnswer, notLetIn, sessionLost, tooLarge, unavailable, unreachable } from "./faults.ts"
import { type Hearing, maxMessageBytes, type Message, type Wire } from "./wire.ts"

export interface Address {
  url: string
  headers: Readonly<Record<string, string>>
}

/** Times an answer that broke off is taken up again. */
const mostResumes = 5
const firstPauseMs = 1_000
const longestPauseMs = 60_000

/**
 * A server at an address that the operator wrote down: streamable HTTP. Redirects are not followed,
 * so what the headers hold goes nowhere else.
 */
export const openHttp = (
  id: string,
  { url, headers }: Address,
  hear: Hearing,
  clock: Clock,
): Wire => {
  const stop = new AbortController()
  let session: string | undefined
  let protocol: string | undefined

  const ask = async (
    method: "GET" | "POST" | "DELETE",
    { more, body, signal }: { more?: Record<string, string>; body?: string; signal?: AbortSignal },
  ): Promise<Response> => {
    try {
      return await fetch(url, {
        method,
        body,
        redirect: "manual",
        signal: signal ? AbortSignal.any([stop.signal, signal]) : stop.signal,
        headers: {
          "user-agent": "fased",
          ...headers,
          ...(session && { "mcp-session-id": session }),
          ...(protocol && { "mcp-protocol-version": protocol }),
          ...more,
        },
        ...noOtherLimit,
      })
    } catch (error) {
      throw unreachable({ id, host: new URL(url).host }, error)
    }
  }

  /** Reads an answer to its end; true when `wanted` was in it. */
  const read = async (response: Response, events: Events, wanted?: unknown): Promise<boolean> => {
    let answered = false
    const receive = (text: string) => {
      const message = parsed(id, text)
      for (const one of Array.isArray(message) ? message : [message]) {
        answered ||= isAnswerTo(one, wanted)
        hear.receive(one)
      }
    }
    if (!isStream(response)) {
      const text = await readText(id, response)
      if (text.trim()) receive(text)
      return answered
    }
    const reader = createEventReader(maxMessageBytes, { event: receive, tooLong: hear.tooLong })
    try {
      for await (const chunk of response.body ?? []) reader.take(chunk)
    } catch (error) {
      if (error instanceof Fault) throw error
      // It broke off; whoever reads takes it up again.
    }
    events.lastId = reader.lastId ?? events.lastId
    events.retryMs = reader.retryMs ?? events.retryMs
    return answered
  }

  const judge = async (response: Response): Promise<Response> => {
    if (response.ok) return response
    const { status } = response
    const text = (await readText(id, response).catch(() => "")).replace(/\s+/g, " ").slice(0, 200)
    if (status === 401 || status === 403) throw notLetIn({ id, status })
    if (status === 404 && session) {
      const lost = sessionLost({ id })
      hear.closed(lost)
      throw lost
    }
    const to = status >= 300 && status < 400 ? response.headers.get("location") : null
    const reason = to
      ? `it has moved to ${to.slice(0, 200)}; put that address into mcp.servers.${id}.url if it is right`
      : `it answers with HTTP ${status}${text && `: ${text}`}`
    throw unavailable({ id, reason })
  }

  const pause = (ms: number) =>
    new Promise<void>((done) => {
      const cancel = clock.after(ms, done)
      stop.signal.addEventListener("abort", () => (cancel(), done()), { once: true })
    })

  const resume = (events: Events, signal?: AbortSignal) =>
    ask("GET", {
      signal,
      more: {
        accept: "text/event-stream",
        ...(events.lastId !== undefined && { "last-event-id": events.lastId }),
      },
    })

  const send = async (message: Message, signal?: AbortSignal) => {
    const wanted = "method" in message && "id" in message ? message.id : undefined
    const more = {
      "content-type": "application/json",
      accept: "application/json, text/event-stream",
    }
    const response = await judge(await ask("POST", { body: JSON.stringify(message), signal, more }))
    session = response.headers.get("mcp-session-id") ?? session
    const events: Events = {}
    let answered = await read(response, events, wanted)
    if (wanted === undefined) return
    for (let tries = 0; !answered && events.lastId !== undefined; tries++) {
      if (tries === mostResumes || stop.signal.aborted || signal?.aborted) break
      await pause(events.retryMs ?? firstPauseMs)
      answered = await read(await judge(await resume(events, signal)), events, wanted)
    }
    if (!answered)
      throw unavailable({ id, reason: "the connection ended in the middle of its answer" })
  }

  /** Where it tells of itself unasked, for as long as the connection lasts; not every server does. */
  const listen = async () => {
    const events: Events = {}
    for (let waitMs = firstPauseMs; !stop.signal.aborted;) {
      try {
        const response = await resume(events)
        if (response.ok && isStream(response)) {
          waitMs = firstPauseMs
          await read(response, events)
        } else if (response.status < 500) {
          await response.body?.cancel()
          return
        }
      } catch (error) {
        if (!unreachable.is(error)) return
      }
      await pause(events.retryMs ?? waitMs)
      waitMs = Math.min(waitMs * 2, longestPauseMs)
    }
  }

  return {
    send,
    begun(spoken) {
      protocol = spoken
      void listen()
    },
    async close() {
      const known = session
      if (known && !stop.signal.aborted)
        await ask("DELETE", { signal: AbortSignal.timeout(goodbyeMs) })
          .then((response) => response.body?.cancel())
          .catch(() => undefined)
      stop.abort()
    },
  }
}

/** What is needed to take a stream up again. */
interface Events {
  lastId?: string
  retryMs?: number
}

const goodbyeMs = 1_000

/** Bun's own limit of five minutes would cut long calls; those who wait have limits of their own. */
const noOtherLimit = { timeout: false }

const isStream = ({ headers }: Response) =>
  /^text\/event-stream\b/i.test(headers.get("content-type") ?? "")

const isAnswerTo = (message: unknown, wanted: unknown) =>
  wanted !== undefined &&
  typeof message === "object" &&
  message !== null &&
  "id" in message &&
  message.id === wanted &&
  !("method" in message)

const parsed = (id: string, text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw badAnswer({ id, what: "it sent something that is not JSON" }, error)
  }
}

const readText = async (id: string, response: Response): Promise<string> => {
  const parts: Uint8Array[] = []
  let length = 0
  for await (const chunk of response.body ?? []) {
    length += chunk.length
    if (length > maxMessageBytes) throw tooLarge({ id, megabytes: maxMessageBytes / 1024 / 1024 })
    parts.push(chunk)
  }
  return new TextDecoder().decode(Buffer.concat(parts))
}
