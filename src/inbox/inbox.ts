import { randomUUID } from "node:crypto"
import type { Clock } from "../kernel/clock.ts"
import type { Inbound, Receipt } from "../kernel/channel.ts"
import type { Log } from "../kernel/log.ts"
import type { Accepted, InboxStore } from "./store.ts"

/** How long an answered message is remembered, so that a late copy of it is not answered again. */
const memoryMs = 7 * 24 * 3_600_000
/** A message older than this at start-up is not answered silently hours late. */
const staleAfterMs = 15 * 60_000

export interface Inbox extends Pick<InboxStore, "merge" | "release" | "answeredBy"> {
  /** Commits the message. Only a `new` receipt is to be answered, and none told before `kept`. */
  accept(
    message: Inbound,
    /** The turn is named already where somebody was told of it. */
    place: { sessionKey: string; agentId: string; runId?: string },
  ): Promise<{ receipt: Receipt; entry: Accepted }>
  /** Resolves once all that was accepted would outlast a power cut. */
  kept(): Promise<void>
  settle(runId: string): Promise<void>
  /** What a dead process left unanswered: `fresh` is answered now, `stale` is told about. */
  leftOver(): Promise<{ fresh: Accepted[]; stale: Accepted[] }>
  /** How many messages were accepted and are not answered yet. */
  countUnanswered(): Promise<number>
  /** Ends its housekeeping; the store may close then. */
  close(): void
}

export const createInbox = (options: { store: InboxStore; clock: Clock; log: Log }): Inbox => {
  const { store, clock } = options
  const log = options.log.for("inbox")
  const forget = async () => {
    const forgotten = await store.prune(clock.now() - memoryMs)
    if (forgotten) log.debug("old messages forgotten", { forgotten })
  }
  const stopForgetting = clock.every(3_600_000, () =>
    forget().catch((error: unknown) => log.warn("old messages could not be forgotten", { error })),
  )
  return {
    async accept(message, place) {
      const { entry, state } = await store.accept({
        ...place,
        runId: place.runId ?? randomUUID(),
        message,
        acceptedAt: clock.now(),
      })
      const { runId, sessionKey, agentId, acceptedAt } = entry
      if (state !== "new")
        log.debug("duplicate message dropped", { runId, channel: message.channel })
      return { receipt: { runId, sessionKey, agentId, acceptedAt, state }, entry }
    },
    kept: () => store.synced(),
    merge: store.merge,
    release: store.release,
    answeredBy: store.answeredBy,
    countUnanswered: store.countUnanswered,
    settle: (runId) => store.settle(runId, clock.now()),
    async leftOver() {
      const all = await store.unanswered()
      const limit = clock.now() - staleAfterMs
      return {
        fresh: all.filter((entry) => entry.acceptedAt >= limit),
        stale: all.filter((entry) => entry.acceptedAt < limit),
      }
    },
    close: stopForgetting,
  }
}
