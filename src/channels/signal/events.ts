import { pause } from "../../kernel/clock.ts"
import type { ConnectContext } from "../../kernel/connect-context.ts"
import { SignalUnreachable } from "./failures.ts"
import type { SignalRpc } from "./rpc.ts"

export interface Events {
  readonly over: Promise<never>
  close(): Promise<void>
}

/** The daemon says something every fifteen seconds, be it nothing. */
const quietMs = 60_000
const lookEveryMs = 15_000
const steadyMs = 5_000
const mostTries = 6
const firstWaitMs = 250
const longestWaitMs = 10_000
const mostEventChars = 4 * 1024 * 1024

/**
 * Reads what happens, and takes the stream up again where it breaks off. Resolves once it flows. With
 * `toItsEnd` the signal does not cut it off: the daemon is ended with it, and tells nothing twice.
 */
export const followEvents = async (
  rpc: SignalRpc,
  take: (data: string) => Promise<void>,
  { alive, clock, log, signal }: Pick<ConnectContext, "alive" | "clock" | "log" | "signal">,
  { toItsEnd = false } = {},
): Promise<Events> => {
  const closing = new AbortController()
  const life = AbortSignal.any([signal, closing.signal])
  const reading = toItsEnd ? closing.signal : life
  const over = Promise.withResolvers<never>()
  over.promise.catch(() => undefined)

  const open = async () => {
    const cut = new AbortController()
    const stream = await rpc.events(AbortSignal.any([reading, cut.signal]))
    alive()
    return { stream, cut }
  }
  const read = async ({ stream, cut }: Awaited<ReturnType<typeof open>>) => {
    let last = clock.now()
    const stopLooking = clock.every(lookEveryMs, () => {
      if (clock.now() - last > quietMs) cut.abort(new Error("it was silent for too long"))
    })
    const lines = createEventLines(mostEventChars)
    try {
      for await (const bytes of stream) {
        last = clock.now()
        alive()
        await Promise.all(lines(bytes).map(take))
      }
    } finally {
      stopLooking()
    }
  }

  const keep = async (first: Awaited<ReturnType<typeof open>>) => {
    let next: typeof first | undefined = first
    for (let tries = 0; !life.aborted;) {
      const since = clock.now()
      let error: unknown = "the stream ended"
      try {
        await read(next ?? (await open()))
      } catch (thrown) {
        error = thrown
      }
      next = undefined
      if (life.aborted) return
      tries = clock.now() - since > steadyMs ? 0 : tries + 1
      if (tries > mostTries) throw new SignalUnreachable("events", false, error)
      log.info("signal-cli's events broke off; taking them up again", { tries })
      if (tries > 1)
        await pause(clock, Math.min(firstWaitMs * 2 ** tries, longestWaitMs), life).catch(
          () => undefined,
        )
    }
  }
  const keeping = keep(await open()).catch(over.reject)
  return {
    over: over.promise,
    async close() {
      closing.abort(new Error("the account is closed"))
      await keeping
    },
  }
}

/** The data of server-sent events, each as it is complete. One that is too long is left out. */
export const createEventLines = (most: number) => {
  const decoder = new TextDecoder()
  let rest = ""
  let data: string[] = []
  return (bytes: Uint8Array): string[] => {
    const lines = (rest + decoder.decode(bytes, { stream: true })).split("\n")
    rest = lines.pop() ?? ""
    if (rest.length > most) rest = ""
    const events: string[] = []
    for (const line of lines.map((one) => one.replace(/\r$/, ""))) {
      if (line.startsWith("data:")) data.push(line.slice(5).replace(/^ /, ""))
      if (line !== "" || !data.length) continue
      const whole = data.join("\n")
      data = []
      if (whole.length <= most) events.push(whole)
    }
    return events
  }
}
