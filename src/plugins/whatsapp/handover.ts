import { decodeMessageNode, jidNormalizedUser, type WAMessage } from "baileys"
import type { Arrival, ConnectContext } from "fased/channel"
import { isContent } from "./content.ts"
import type { Kept, Read } from "./kept.ts"
import type { Own } from "./people.ts"

const firstPauseMs = 250
const mostPauseMs = 60_000
/** Some minutes. What cannot be taken is not to hold up the rest of its conversation for ever. */
const mostTries = 15
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

  const pause = async (ms: number) => {
    const over = Promise.withResolvers<void>()
    const cancel = clock.after(ms, over.resolve)
    signal.addEventListener("abort", () => over.resolve(), { once: true })
    await over.promise
    cancel()
  }

  /** False when it stays on disk, for the next connection to try. */
  const tell = async (arrival: Arrival): Promise<boolean> => {
    let pauseMs = firstPauseMs
    for (let tries = 0; tries < mostTries && !signal.aborted; tries++) {
      try {
        const heard = await arrived(arrival)
        if (heard.kind === "dropped") log.debug("nobody answers", { reason: heard.reason })
        return true
      } catch (error) {
        if (signal.aborted) return false
        log.warn("a message was not taken", { error: (error as Error).message })
        await pause(pauseMs)
        pauseMs = Math.min(mostPauseMs, pauseMs * 2)
      }
    }
    return false
  }

  const bring = async (message: WAMessage, name: string | undefined) => {
    const arrival = await arrivalOf(message)
    const isDone = !arrival || (await tell(arrival))
    if (name !== undefined && isDone) kept.remove(name)
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
