import type { z } from "zod"
import { pause } from "../../kernel/clock.ts"
import type { ConnectContext } from "../../kernel/connect-context.ts"
import { connectionOver } from "../../kernel/network.ts"
import { Fault } from "../../kernel/fault.ts"
import { endOfClose, notConnected } from "./failure.ts"
import { apiVersion, DiscordError, type Rest } from "./rest.ts"
import type { sessionKeeper } from "./session.ts"
import { frame, gatewayBot, hello, ready } from "./wire.ts"

export interface GatewayEvent {
  type: string
  data: unknown
  /** The number of the event in its session: both together are unique for ever. */
  id: string
}

interface GatewayOptions {
  rest: Rest
  token: string
  proxy?: string
  presence?: unknown
  session: ReturnType<typeof sessionKeeper>
  context: Pick<ConnectContext, "clock" | "log" | "alive">
  signal: AbortSignal
  /** Settles once the event was taken in. Never rejects. */
  take(event: GatewayEvent): Promise<void>
  /** A session began or went on: what is said is heard from now on. */
  onReady(): void
}

const op = {
  dispatch: 0,
  heartbeat: 1,
  identify: 2,
  resume: 6,
  reconnect: 7,
  invalid: 9,
  hello: 10,
  acknowledged: 11,
} as const

/** Servers, messages and reactions there and in private chats, and what messages say. */
export const intents = (1 << 0) | (1 << 9) | (1 << 10) | (1 << 12) | (1 << 13) | (1 << 15)

const helloMs = 20_000
const backoff = { leastMs: 1_000, mostMs: 30_000 }
/** With more under way the connection is left until half of it was taken in; Discord tells the rest again. */
const mostUnderWay = 1000
const drainMs = 100
/** So often in a row without a session, and the supervisor is told. */
const mostFailures = 10
/** Any code but 1000 and 1001 leaves the session to be resumed. */
const keepSession = 4900

/** How a connection ended. `failed`: before there was a session. */
interface Ended {
  code: number
  failed: boolean
}

/**
 * Holds one gateway connection after the other until the signal aborts: resumes where it can, begins
 * anew where it must. Rejects with `channels.connection-over`.
 */
export const gateway = async (options: GatewayOptions): Promise<never> => {
  const { session, context, signal } = options
  const { clock, log } = context
  const work = new Set<Promise<void>>()
  let failures = 0
  while (true) {
    while (work.size > mostUnderWay / 2) await pause(clock, drainMs, signal)
    signal.throwIfAborted()
    try {
      const { code, failed } = await connectOnce(options, work)
      signal.throwIfAborted()
      const over = endOfClose(code)
      if (over) throw over
      failures = failed ? failures + 1 : 0
      log.info("gateway connection ended", { code, resumes: session.current !== undefined })
    } catch (error) {
      signal.throwIfAborted()
      if (error instanceof Fault || !(error instanceof DiscordError)) throw error
      if (error.details.status === 401) throw notConnected(error)
      failures += 1
      log.warn("gateway not reached", { reason: error.message, failures })
    }
    if (failures >= mostFailures)
      throw connectionOver({ why: "gone", text: "Discord's gateway cannot be reached." })
    if (failures) await pause(clock, waitAfter(failures), signal)
  }
}

const waitAfter = (failures: number) =>
  Math.min(backoff.leastMs * 2 ** (failures - 1), backoff.mostMs) * (0.75 + Math.random() / 2)

const connectOnce = async (options: GatewayOptions, work: Set<Promise<void>>): Promise<Ended> => {
  const { session, signal, proxy } = options
  const url = new URL(session.current?.url ?? (await freshUrl(options)))
  url.searchParams.set("v", String(apiVersion))
  url.searchParams.set("encoding", "json")
  const socket = new WebSocket(url, through(proxy))
  const ended = Promise.withResolvers<number>()
  const end = (code: number) => {
    ended.resolve(code)
    socket.close(code)
  }
  const onAbort = () => end(keepSession)
  signal.addEventListener("abort", onAbort, { once: true })
  socket.addEventListener("close", ({ code }) => ended.resolve(code))
  socket.addEventListener("error", () => ended.resolve(1006))
  const send = (data: unknown) => socket.send(JSON.stringify(data))
  const talk = conversation(options, { send, end, work })
  socket.addEventListener("message", ({ data }) => talk.hear(String(data)))
  try {
    const code = await ended.promise
    return { code, failed: !talk.began }
  } finally {
    talk.stop()
    socket.close(keepSession)
    signal.removeEventListener("abort", onAbort)
  }
}

/** Bun takes options where a browser takes protocols, whose type is the one that is declared. */
const through = (proxy: string | undefined) =>
  proxy ? ({ proxy } as unknown as string[]) : undefined

const freshUrl = async ({ rest, context: { clock, log }, signal }: GatewayOptions) => {
  const { url, session_start_limit: limit } = await rest.call("GET", "/gateway/bot", gatewayBot)
  if (limit.remaining === 0) {
    log.warn("no session left to begin today", { waitMs: limit.reset_after })
    await pause(clock, limit.reset_after, signal)
  }
  return url
}

/** The message that an event tells, as far as that can be read. */
const saidIn = ({ type, data }: GatewayEvent) => {
  const { id } = (data ?? {}) as { id?: unknown }
  return type === "MESSAGE_CREATE" && /^\d{1,20}$/.test(String(id)) ? String(id) : undefined
}

interface Line {
  send(data: unknown): void
  end(code: number): void
  /** Events that are being taken in, of this connection and those before it. */
  work: Set<Promise<void>>
}

/** What is said over one connection. */
const conversation = (
  { token, presence, session, context, take, onReady }: GatewayOptions,
  { send, end, work }: Line,
) => {
  const { clock, alive, log } = context
  let answered = true
  let began = false
  let stopBeating = clock.after(helloMs, () => end(keepSession))

  /** Names what was taken in rather than what came: nothing else may be forgotten. */
  const beat = () => send({ op: op.heartbeat, d: session.current?.seq || null })

  /** A heart that beats unanswered is that of a dead connection. */
  const startBeating = (everyMs: number) => {
    const next = () => {
      if (!answered) {
        log.warn("gateway fell silent")
        return end(keepSession)
      }
      answered = false
      beat()
      stopBeating = clock.after(everyMs, next)
    }
    stopBeating()
    stopBeating = clock.after(everyMs * Math.random(), next)
  }

  const introduce = () => {
    const { current } = session
    if (current)
      return send({ op: op.resume, d: { token, session_id: current.id, seq: current.seq } })
    const properties = { os: "linux", browser: "fased", device: "fased" }
    send({ op: op.identify, d: { token, intents, properties, ...(presence ? { presence } : {}) } })
  }

  const handOn = async (event: GatewayEvent, sessionId: string, seq: number) => {
    await take(event)
    if (session.current?.id === sessionId) session.taken(seq, saidIn(event))
  }

  const dispatch = (type: string, data: unknown, seq: number) => {
    if (type === "READY") {
      const { session_id: id, resume_gateway_url: url } = ready.parse(data)
      session.begin(id, url, seq)
    }
    if (type === "READY" || type === "RESUMED") {
      began = true
      onReady()
    }
    const { current } = session
    if (work.size >= mostUnderWay) return end(keepSession)
    if (!current || !session.isNew(seq)) return
    const id = `${current.id}:${seq}`
    const taking = handOn({ type, data, id }, current.id, seq).finally(() => work.delete(taking))
    work.add(taking)
  }

  const heard = ({ op: code, d, s, t }: z.output<typeof frame>) => {
    if (code === op.dispatch && t && s !== undefined) dispatch(t, d, s)
    else if (code === op.hello) {
      startBeating(hello.parse(d).heartbeat_interval)
      introduce()
    } else if (code === op.acknowledged) answered = true
    else if (code === op.heartbeat) beat()
    else if (code === op.reconnect) end(keepSession)
    else if (code === op.invalid) {
      if (d !== true) session.forget()
      end(keepSession)
    }
  }

  return {
    get began() {
      return began
    },
    stop: () => stopBeating(),
    hear(text: string) {
      alive()
      try {
        heard(frame.parse(JSON.parse(text)))
      } catch {
        log.warn("gateway not understood")
        end(keepSession)
      }
    },
  }
}
