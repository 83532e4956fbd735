import { decodeMessageNode, jidNormalizedUser, type WAMessage } from "baileys"
import type { Arrival, ConnectContext } from "fased/channel"
import { isContent } from "./content.ts"
import type { Kept, Read } from "./kept.ts"
import type { Own } from "./people.ts"

const firstPauseMs = 250
const mostPauseMs = 60_000
const mostRemembered = 2_000

/** Brings what was read to the gateway, in the order of each conversation, until it is taken. */
export interface Handover {
  /** On disk when it returns. */
  take(read: Read): void
  /** What needs no keeping: it is told again by the phone. */
  pass(message: WAMessage): void
  /** What an earlier process left behind. */
  resume(): void
}

interface Options {
  kept: Kept
  own: Own
  /** Undefined for what is nothing to the gateway. */
  arrivalOf(message: WAMessage): Promise<Arrival | undefined>
  context: Pick<ConnectContext, "arrived" | "clock" | "log" | "signal">
}

export const createHandover = ({ kept, own, arrivalOf, context }: Options): Handover => {
  const { arrived, clock, log, signal } = context
  const lanes = new Map<string, Promise<void>>()
  const known = new Set<string>()

  /** Whether it came a second time while we run. */
  const isKnown = ({ key }: WAMessage) => {
    const name = JSON.stringify([key.remoteJid, key.participant || "", key.id])
    if (known.has(name)) return true
    known.add(name)
    for (const oldest of known) {
      if (known.size <= mostRemembered) break
      known.delete(oldest)
    }
    return false
  }

  const pause = (ms: number) =>
    new Promise<void>((resolve) => {
      const cancel = clock.after(ms, resolve)
      const stop = () => {
        cancel()
        resolve()
      }
      signal.addEventListener("abort", stop, { once: true })
    })

  const tell = async (arrival: Arrival) => {
    for (let pauseMs = firstPauseMs; !signal.aborted; pauseMs *= 2) {
      try {
        const heard = await arrived(arrival)
        if (heard.kind === "dropped") log.debug("nobody answers", { reason: heard.reason })
        return
      } catch (error) {
        if (signal.aborted) return
        log.warn("a message was not taken", { error: (error as Error).message })
        await pause(Math.min(mostPauseMs, pauseMs))
      }
    }
  }

  const bring = async (message: WAMessage, name: string | undefined) => {
    const arrival = await arrivalOf(message)
    if (arrival) await tell(arrival)
    if (name !== undefined && !signal.aborted) kept.remove(name)
  }

  const enqueue = (message: WAMessage, name?: string) => {
    const lane = message.key.remoteJid ?? ""
    const work = (lanes.get(lane) ?? Promise.resolve())
      .then(() => bring(message, name))
      .catch((error: unknown) => log.error("a message cannot be read", { error }))
      .finally(() => {
        if (lanes.get(lane) === work) lanes.delete(lane)
      })
    lanes.set(lane, work)
  }

  const messageOf = ({ attrs, message }: Read): WAMessage => {
    const { fullMessage } = decodeMessageNode({ tag: "message", attrs }, own.jid, own.lid ?? "")
    const { remoteJid, participant } = fullMessage.key
    // Which of their devices said it is nothing to anybody.
    const key = {
      ...fullMessage.key,
      remoteJid: jidNormalizedUser(remoteJid ?? undefined),
      ...(participant && { participant: jidNormalizedUser(participant) }),
    }
    return { ...fullMessage, key, message }
  }

  return {
    take(read) {
      if (!isContent(read.message)) return
      const message = messageOf(read)
      if (isKnown(message)) return
      enqueue(message, kept.add(read))
    },
    pass(message) {
      if (message.message && isContent(message.message) && !isKnown(message)) enqueue(message)
    },
    resume() {
      for (const { name, read } of kept.list()) {
        const message = messageOf(read)
        if (!isKnown(message)) enqueue(message, name)
      }
    },
  }
}
