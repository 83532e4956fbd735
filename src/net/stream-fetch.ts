/**
 * A `fetch` for answers that are streamed and may be left unread: what is not read stays with the
 * sender. Bun's own keeps megabytes of each, and lets no more than 256 be under way at once.
 */
import {
  type Carried,
  createConnections,
  cut,
  type Place,
  type Trust,
  type Wire,
} from "./connections.ts"
import { AnswerReader, hasNoBody } from "./http-answer.ts"

export interface StreamRequest {
  method: string
  headers: Headers
  body: string | Uint8Array
  signal: AbortSignal
  /** The only ones to connect to, when the name was looked up and judged. */
  addresses?: readonly string[]
}

/** Follows no redirect, asks for nothing packed, heeds no proxy. */
export type StreamFetch = (url: URL, request: StreamRequest) => Promise<Response>

/** What may come unasked before the sender is told to wait. */
const slack = 16 * 1024

export const createStreamFetch = (trust: Trust = {}): StreamFetch => {
  const connections = createConnections(trust)
  return async (url, request) => {
    const place: Place = {
      host: url.hostname.replace(/^\[|\]$/g, ""),
      port: Number(url.port) || (url.protocol === "https:" ? 443 : 80),
      secure: url.protocol === "https:",
      addresses: request.addresses,
    }
    const bytes = written(url, request)
    for (;;) {
      const wire = await connections.take(place, request.signal)
      try {
        return await exchange(wire, bytes, request.signal, () => connections.keep(wire))
      } catch (error) {
        // It was given up while it waited; the request reached nobody.
        if (!(wire.used && error instanceof Unanswered)) throw error
      }
    }
  }
}

/** Closed before a byte of an answer came. */
class Unanswered extends Error {
  readonly code = "ConnectionClosed"
}

const written = (url: URL, { method, headers, body }: StreamRequest) => {
  const sent = new Headers(headers)
  sent.set("host", url.host)
  sent.set("accept-encoding", "identity")
  sent.set("connection", "keep-alive")
  sent.set("content-length", `${Buffer.byteLength(body)}`)
  if (!sent.has("accept")) sent.set("accept", "*/*")
  const lines = [...sent].map(([name, value]) => `${name}: ${value}\r\n`)
  const head = `${method} ${url.pathname}${url.search} HTTP/1.1\r\n${lines.join("")}\r\n`
  return Buffer.concat([Buffer.from(head, "latin1"), Buffer.from(body as string)])
}

/** Resolves with the head of the answer; `keep` takes the connection when the body is over. */
const exchange = (
  wire: Wire,
  request: Uint8Array,
  signal: AbortSignal,
  keep: () => void,
): Promise<Response> => {
  const { socket } = wire
  const { promise, resolve, reject } = Promise.withResolvers<Response>()
  const answer = new AnswerReader()
  let unsent = request
  let unasked = 0
  let begun = false
  let over = false
  let body!: ReadableStreamDefaultController<Uint8Array>
  const stream = new ReadableStream<Uint8Array>(
    {
      start: (controller) => void (body = controller),
      pull() {
        // The connection may carry another exchange by now, or wait for one.
        if (over) return
        unasked = 0
        socket.resume()
      },
      cancel: () => finish(),
    },
    { highWaterMark: 0 },
  )

  /** Ends the exchange, and unless all of it went well, its connection. */
  const finish = () => {
    if (over) return
    over = true
    signal.removeEventListener("abort", stop)
    if (answer.done && answer.reusable && !unsent.length) keep()
    else socket.terminate()
  }
  const fail = (error: unknown) => {
    if (over) return
    finish()
    if (answer.head) body.error(error)
    else reject(error)
  }
  const stop = () => fail(signal.reason)
  const send = () => {
    unsent = unsent.subarray(Math.max(0, socket.write(unsent)))
  }
  /** A part of the answer, or its end. */
  const take = (part: () => Uint8Array | void) => {
    try {
      const headless = !answer.head
      const piece = part()
      if (!answer.head) return
      if (headless)
        resolve(new Response(hasNoBody(answer.head.status) ? null : stream, answer.head))
      if (piece?.length) body.enqueue(piece)
      if (!answer.done) return
      finish()
      body.close()
    } catch (error) {
      fail(error)
    }
  }

  const carried: Carried = {
    data(bytes) {
      if (over) return
      begun = true
      take(() => answer.read(bytes))
      unasked += bytes.length
      if (!over && unasked > slack) socket.pause()
    },
    drain: () => {
      if (unsent.length) send()
    },
    closed() {
      if (!begun) fail(new Unanswered("The connection was closed unanswered."))
      else if (!answer.head) fail(cut())
      else if (!over) take(() => answer.end())
    },
  }
  wire.carried = carried
  signal.addEventListener("abort", stop, { once: true })
  if (signal.aborted) stop()
  else send()
  return promise
}
