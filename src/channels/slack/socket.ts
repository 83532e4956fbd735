/** Socket Mode: https://docs.slack.dev/apis/events-api/using-socket-mode */
import { pause } from "../../kernel/clock.ts"
import type { ConnectContext } from "../../kernel/connect-context.ts"
import type { SlackApi } from "./api.ts"
import { SlackRefusal, SlackUnreachable, toConnectionOver } from "./failures.ts"
import type { Receive } from "./receive.ts"
import { envelope } from "./wire.ts"

export interface SocketMode {
  readonly over: Promise<never>
  close(): Promise<void>
}

type Context = Pick<ConnectContext, "alive" | "clock" | "log" | "signal">

const helloMs = 15_000
const pingEveryMs = 10_000
/** Slack pings every few seconds; one that said nothing for so long is dead. */
const quietMs = 35_000
/** Sockets that end sooner than this, one after another, are no reason to open yet another. */
const steadyMs = 5_000
const mostShort = 3
const lastAcksMs = 1_000

/**
 * Keeps one socket open. When Slack announces the end of one, its successor is open before it is let
 * go, so nothing waits for a redelivery; one that drops is opened anew at once, and if that fails, the
 * connection is over and whoever supervises it knows when to try again.
 */
export const openSocketMode = async (
  api: SlackApi,
  receive: Receive,
  context: Context,
): Promise<SocketMode> => {
  const { clock, log, signal } = context
  const open = async (ours: number) => {
    const { url } = await api.call<{ url: string }>("apps.connections.open", {}, signal)
    const socket = openOne(url, receive, context)
    const giveUp = () => void socket.retire()
    signal.addEventListener("abort", giveUp, { once: true })
    const all = await socket.hello.finally(() => signal.removeEventListener("abort", giveUp))
    if (all > ours)
      log.warn("something else is connected with this app token, and hears part of what is said", {
        others: all - ours,
      })
    return { socket, since: clock.now() }
  }

  let current = await open(1)
  let short = 0
  const closing = new AbortController()
  const over = Promise.withResolvers<never>()
  over.promise.catch(() => undefined)

  const keep = async () => {
    while (!closing.signal.aborted) {
      const { socket, since } = current
      const end = await socket.ended
      if (closing.signal.aborted) return
      if (end === "disabled") throw new SlackRefusal("Socket Mode", "link_disabled")
      short = end === "dropped" && clock.now() - since < steadyMs ? short + 1 : 0
      if (short > mostShort)
        throw new SlackUnreachable("Socket Mode", true, "the socket does not stay open")
      log.debug("slack socket ends", { end })
      current = await open(end === "refresh" ? 2 : 1).finally(() => void socket.retire())
    }
    await current.socket.retire()
  }
  const keeping = keep().catch((error: unknown) => over.reject(toConnectionOver(error)))

  const close = async () => {
    closing.abort()
    await current.socket.retire()
    await keeping
  }
  signal.addEventListener("abort", () => void close(), { once: true })
  return { over: over.promise, close }
}

type End = "refresh" | "dropped" | "disabled"

const openOne = (url: string, receive: Receive, { alive, clock, log }: Context) => {
  // Bun's has more than a browser's: pings to send, and an end that waits for nobody.
  const socket = new WebSocket(url) as Bun.WebSocket
  const hello = Promise.withResolvers<number>()
  const ended = Promise.withResolvers<End>()
  const closed = Promise.withResolvers<void>()
  const working = new Set<Promise<void>>()
  let retiring = false
  let lastSign = clock.now()

  const sign = () => {
    lastSign = clock.now()
    alive()
  }
  const stopPings = clock.every(pingEveryMs, () => {
    if (clock.now() - lastSign > quietMs) socket.terminate()
    else if (socket.readyState === WebSocket.OPEN) socket.ping()
  })
  const stopWaiting = clock.after(helloMs, () => socket.terminate())

  const take = async (id: string, type: string, payload: unknown) => {
    try {
      const answer = await receive({ type, payload })
      // On a socket that is gone there is no telling: it is delivered again, and known then.
      if (socket.readyState === WebSocket.OPEN)
        socket.send(JSON.stringify({ envelope_id: id, ...(answer && { payload: answer }) }))
    } catch (error) {
      log.warn("what slack delivered was not taken; it is asked to deliver again", { type, error })
    }
  }

  const onFrame = (data: string) => {
    const frame = envelope.parse(JSON.parse(data))
    if (frame.type === "hello") {
      stopWaiting()
      return hello.resolve(frame.num_connections ?? 1)
    }
    if (frame.type === "disconnect")
      return ended.resolve(frame.reason === "link_disabled" ? "disabled" : "refresh")
    if (!frame.envelope_id || retiring) return
    const work = take(frame.envelope_id, frame.type, frame.payload)
    working.add(work)
    void work.finally(() => working.delete(work))
  }

  socket.addEventListener("ping", sign)
  socket.addEventListener("pong", sign)
  socket.addEventListener("message", ({ data }) => {
    sign()
    try {
      onFrame(String(data))
    } catch (error) {
      log.warn("slack sent a frame that cannot be read", { error })
    }
  })
  socket.addEventListener("close", ({ code }) => {
    stopPings()
    stopWaiting()
    hello.reject(new SlackUnreachable("Socket Mode", true, `the socket closed with code ${code}`))
    ended.resolve("dropped")
    closed.resolve()
  })

  return {
    hello: hello.promise,
    ended: ended.promise,
    /** Takes nothing more, acknowledges what it took, and closes. */
    async retire() {
      retiring = true
      const none = new AbortController().signal
      await Promise.race([
        Promise.allSettled(working),
        pause(clock, lastAcksMs, none),
        closed.promise,
      ])
      if (socket.readyState < WebSocket.CLOSING) socket.close(1000)
      await Promise.race([closed.promise, pause(clock, 1_000, none)])
      socket.terminate()
      await closed.promise
    },
  }
}
