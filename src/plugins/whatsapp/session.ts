import { type ConnectContext, connectionOver, notSent } from "fased/channel"
import type { Credentials } from "./credentials.ts"
import { type Link, type LinkOptions, openLink, type Socket } from "./link.ts"
import { renewVersion, tooOld } from "./version.ts"

const openMs = 60_000
const graceMs = 2_000
const firstPauseMs = 100
const mostPauseMs = 120_000
/** Longer than that and the connection was a good one: the next failure is the first again. */
const steadyMs = 60_000

/** An account that stays connected: where the network goes away it comes back, until the account ends. */
export interface Session {
  /**
   * The connection of now, or the next where one is lost this moment. Throws `channels.not-sent`: what
   * waits longer waits elsewhere, where it can be seen.
   */
  live(): Promise<Socket>
  readonly over: Promise<never>
  close(): Promise<void>
}

type Context = Pick<ConnectContext, "clock" | "log" | "signal">

/** Resolves once the account is connected. Throws `channels.connection-over`. */
export const openSession = async (
  credentials: Credentials,
  { clock, log, signal }: Context,
  options: Omit<LinkOptions, "log">,
): Promise<Session> => {
  let link: Link | undefined
  let isLive = false
  let closing = false
  let failures = 0
  let restarts = 0
  const first = Promise.withResolvers<void>()
  const stopped = Promise.withResolvers<void>()
  let next = Promise.withResolvers<void>()

  const after = (ms: number) => {
    const passed = Promise.withResolvers<void>()
    const cancel = clock.after(ms, passed.resolve)
    return { passed: passed.promise, cancel }
  }

  /** From connecting to the end of that connection. */
  const once = async () => {
    link = openLink(credentials, { ...options, log })
    const { opened, ended, close } = link
    const late = after(openMs)
    void late.passed.then(() => (isLive ? undefined : close()))
    const begun = clock.now()
    const isOpen = await opened
    late.cancel()
    if (isOpen) {
      isLive = true
      log.info("connected")
      first.resolve()
      next.resolve()
    }
    const ending = await ended
    if (isOpen) next = Promise.withResolvers()
    isLive = false
    if (isOpen && clock.now() - begun > steadyMs) failures = restarts = 0
    return ending
  }

  const keep = async (): Promise<never> => {
    for (;;) {
      const ending = await once()
      if (closing) throw connectionOver({ why: "gone", text: "It was closed." })
      if (ending.kind === "over") throw ending.error
      if (ending.code === tooOld) await renewVersion(credentials.folder)
      if (ending.kind === "restart" && ++restarts === 1) continue
      failures += 1
      const pauseMs = pauseOf(failures)
      log.warn("connection lost", { text: ending.text, pauseMs })
      const pause = after(pauseMs)
      await Promise.race([pause.passed, stopped.promise])
      pause.cancel()
      if (closing) throw connectionOver({ why: "gone", text: "It was closed." })
    }
  }

  const close = async () => {
    closing = true
    stopped.resolve()
    await link?.close()
  }
  // Once it is connected, what goes out at that moment is let go first; see connect.ts.
  const stop = () => void close()
  signal.addEventListener("abort", stop, { once: true })

  const over = keep()
  over.catch(first.reject)
  await first.promise
  signal.removeEventListener("abort", stop)
  return {
    async live() {
      if (!isLive && !closing) {
        const grace = after(graceMs)
        await Promise.race([next.promise, grace.passed, stopped.promise])
        grace.cancel()
      }
      if (isLive && link) return link.socket
      throw notSent({
        why: "offline",
        text: "No active listener: WhatsApp is not connected at the moment.",
        hint: "See why: fased channels status",
      })
    },
    over,
    close,
  }
}

/** Spread, so that many do not knock at once. */
const pauseOf = (failures: number) =>
  Math.round(
    Math.min(mostPauseMs, firstPauseMs * 1.4 ** Math.min(30, failures - 1)) *
      (0.8 + Math.random() * 0.4),
  )
