import { randomUUID } from "node:crypto"
import type { Clock } from "../kernel/clock.ts"
import type { Arrival } from "../kernel/network.ts"
import type { Arrivals, Kept } from "./arrivals.ts"

/** A burst is answered when so many are in it, however fast more come. */
const mostJoined = 20
/** What could not be dealt with is tried again after a while, and then by the next process. */
const againMs = 30_000
const mostTries = 3

interface Burst {
  runId: string
  items: Kept[]
  /** Calls off the wait for more. */
  cancel(): void
}

/** Keeps what was heard, joins what somebody writes in one go, and hands it on in its order. */
export interface Collector {
  /** On disk when it resolves; what becomes of it comes later. Undefined when it was heard before. */
  take(
    heard: Omit<Kept, "runId" | "heardAt">,
    options: { alone: boolean },
  ): Promise<string | undefined>
  /** Takes up what a dead process had kept. */
  recover(): Promise<void>
  /** Resolves once all that was handed on is dealt with. What waits stays for the next process. */
  close(): Promise<void>
}

export const createCollector = ({
  arrivals,
  clock,
  waitMs,
  deal,
  failed,
}: {
  arrivals: Arrivals
  clock: Clock
  /** How long to wait for more of the same sender. */
  waitMs: (channel: string) => number
  /** Makes one message of a burst and hands it in. */
  deal: (burst: readonly [Kept, ...Kept[]], recovered: boolean) => Promise<void>
  failed: (error: unknown, runId: string) => void
}): Collector => {
  const bursts = new Map<string, Burst>()
  /** The last thing to do in each conversation: what is said there keeps its order. */
  const lines = new Map<string, Promise<void>>()
  let closed = false

  /** One after the other: what belongs together is decided and written in one step. */
  let last: Promise<unknown> = Promise.resolve()
  const serial = <T>(work: () => Promise<T> | T): Promise<T> => {
    const done = last.then(work)
    last = done.catch(() => {})
    return done
  }

  const flush = (key: string) => {
    const burst = bursts.get(key)
    if (!burst) return
    bursts.delete(key)
    burst.cancel()
    queue(burst.items)
  }

  const queue = (items: readonly Kept[], { recovered = false, tries = 1 } = {}) => {
    const [first] = items
    if (!first) return
    const line = lineOf(first)
    const before = lines.get(line)
    const work = async () => {
      await before
      if (closed) return
      try {
        await deal(items as readonly [Kept, ...Kept[]], recovered)
        await arrivals.collected(first.runId, clock.now())
      } catch (error) {
        if (closed) return
        failed(error, first.runId)
        // Later, or by the next process: it is on disk.
        if (tries < mostTries)
          clock.after(againMs, () => queue(items, { recovered: true, tries: tries + 1 }))
      }
    }
    const done = work().finally(() => {
      if (lines.get(line) === done) lines.delete(line)
    })
    lines.set(line, done)
  }

  const takeNow = async (heard: Omit<Kept, "runId" | "heardAt">, alone: boolean) => {
    const key = keyOf(heard)
    if (alone) flush(key)
    const burst = bursts.get(key)
    const kept = { ...heard, runId: burst?.runId ?? randomUUID(), heardAt: clock.now() }
    if (!(await arrivals.keep(kept))) return undefined
    const ms = alone || hasFiles(kept.arrival) ? 0 : waitMs(heard.channel)
    const items = [...(burst?.items ?? []), kept]
    burst?.cancel()
    const cancel =
      ms > 0 && items.length < mostJoined
        ? clock.after(ms, () => void serial(() => flush(key)))
        : undefined
    bursts.set(key, { runId: kept.runId, items, cancel: cancel ?? (() => {}) })
    if (!cancel) flush(key)
    return kept.runId
  }

  return {
    async take(heard, { alone }) {
      const runId = await serial(() => takeNow(heard, alone))
      await arrivals.synced()
      return runId
    },
    async recover() {
      const byRun = Map.groupBy(await arrivals.waiting(), ({ runId }) => runId)
      for (const items of byRun.values()) queue(items, { recovered: true })
    },
    async close() {
      closed = true
      for (const { cancel } of bursts.values()) cancel()
      bursts.clear()
      await Promise.all(lines.values())
    },
  }
}

const lineOf = ({ channel, account, arrival }: Pick<Kept, "channel" | "account" | "arrival">) =>
  JSON.stringify([channel, account, arrival.conversation.id, arrival.conversation.thread?.id])

/** Only what one person says in one place with the same rights goes together. */
const keyOf = (heard: Omit<Kept, "runId" | "heardAt">) =>
  JSON.stringify([
    lineOf(heard),
    heard.arrival.sender.ids[0],
    heard.listed,
    heard.rules,
    heard.sessionKey,
  ])

const hasFiles = ({ deed }: Arrival) => deed.kind === "message" && !!deed.attachments?.length
