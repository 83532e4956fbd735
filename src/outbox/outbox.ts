import { randomBytes } from "node:crypto"
import { type Accounts, isLive, type Live } from "../channels/accounts.ts"
import type { Clock } from "../kernel/clock.ts"
import { pause } from "../kernel/clock.ts"
import type { Delivery } from "../kernel/delivery.ts"
import type { Bus } from "../kernel/event.ts"
import type { Log } from "../kernel/log.ts"
import type { AnyChannel } from "../kernel/network.ts"
import { type Due, reconcile, tryPart } from "./deliver-part.ts"
import { outboxSettled } from "./events.ts"
import type { DeliveryRow, Lane, NewDelivery, OutboxStore, PartRow } from "./store.ts"

/** What is on its way to chat networks. A part is on disk before it is sent, and until it is settled. */
export interface Outbox extends Pick<
  OutboxStore,
  "find" | "withPrefix" | "list" | "count" | "last" | "spokenTo"
> {
  /**
   * Written down when it returns, sent in order with all else for its conversation. A power cut that
   * takes it takes what was written down after it as well.
   */
  add(delivery: Omit<NewDelivery, "id">): Promise<DeliveryRow>
  /** Resolves once all that was added would outlast a power cut: for what is promised to somebody. */
  kept(): Promise<void>
  /** Resolves once it is sent, failed or unknown. */
  settled(id: string, signal?: AbortSignal): Promise<DeliveryRow>
  /** Tries what failed or is unknown once more; false when there is nothing of that. */
  retry(id: string): Promise<boolean>
  /** Forgets a delivery that is not being sent right now; false when it is, or there is none. */
  discard(id: string): Promise<boolean>
  /** Sends what waits for an account, and looks into what a dead process was sending by it. */
  connected(channel: string, account: string): Promise<void>
  /** What is being sent is ended or left for the next process. */
  close(): Promise<void>
}

/** Nobody wants the answer to what they asked half a day ago without having been told why. */
const staleAfterMs = 12 * 3_600_000
/** As long as the inbox knows a message: a late copy of it finds its answer. */
const rememberedMs = 7 * 24 * 3_600_000
const troubleRememberedMs = 30 * 24 * 3_600_000
const tidyEveryMs = 3_600_000

const stale =
  "The account could not be reached for half a day, so it was not sent. Send it all the same with: fased outbox retry"
const unknownWhy =
  "It left, and the network did not say whether it took it. Look there; to send it once more: fased outbox retry"
const restWhy = "It was not sent, as what stands before it was refused."

/** A network in trouble is itself again after some minutes, and an answer can wait for that: these make four. */
const usualAttempts = 14

/** What of an account's settings says how often is tried. */
interface RetrySettings {
  retry?: { attempts?: number; minDelayMs?: number; maxDelayMs?: number; jitter?: number }
}

const nameOf = ({ channel, account, chat }: Lane) => JSON.stringify([channel, account, chat])

export const createOutbox = ({
  store,
  accounts,
  channel: channelOf,
  bus,
  count,
  clock,
  log: allLog,
}: {
  store: OutboxStore
  accounts: Pick<Accounts, "connection">
  channel: (id: string) => Pick<AnyChannel, "can"> | undefined
  bus: Bus
  /** Takes note of how a part ended. */
  count: (channel: string, state: string) => void
  clock: Clock
  log: Log
}): Outbox => {
  const log = allLog.for("outbox")
  const closing = new AbortController()
  /** Lanes in which something is being done, and whether to look again afterwards. */
  const running = new Map<string, { again: boolean; done: Promise<void> }>()
  const waiting = new Map<string, Set<(delivery: DeliveryRow) => void>>()

  const wake = (lane: Lane) => {
    if (closing.signal.aborted) return
    const name = nameOf(lane)
    const current = running.get(name)
    if (current) {
      current.again = true
      return
    }
    const entry = { again: false, done: Promise.resolve() }
    running.set(name, entry)
    entry.done = empty(lane)
      .catch((error: unknown) =>
        log.error("a conversation's messages are not sent", { error, ...lane }),
      )
      .finally(() => {
        running.delete(name)
        if (entry.again) wake(lane)
      })
  }

  const wakeAll = async (of?: { channel: string; account: string }) => {
    for (const lane of await store.lanes(of)) wake(lane)
  }

  /** Sends what waits in a lane, one after the other, for as long as the account is connected. */
  const empty = async (lane: Lane) => {
    while (!closing.signal.aborted) {
      const row = await store.next(lane)
      if (!row) return
      const now = clock.now()
      if (now - row.createdAt > staleAfterMs) {
        if (row.state === "sending") await end(lane, row, "unknown", unknownWhy)
        else await end(lane, row, "failed", stale)
        continue
      }
      const live = accounts.connection(lane.channel, lane.account)
      if (!isLive(live)) return
      if (row.notBefore > now) {
        const isOver = await pause(clock, row.notBefore - now, closing.signal).then(
          () => false,
          () => true,
        )
        if (isOver) return
        continue
      }
      if (row.state === "sending") await takeUp(lane, row, live)
      else await send(lane, row, live)
    }
  }

  /** A part that was handed over and not answered, by this process or by a dead one. */
  const takeUp = async (lane: Lane, row: PartRow, live: Live) => {
    const { attempts, maxDelayMs } = policyOf(live)
    const looked = await reconcile(
      row,
      live.connection,
      channelOf(lane.channel),
      clock.now(),
    ).catch((error: unknown) => {
      log.warn("whether a message arrived could not be found out", { ...lane, error })
      return undefined
    })
    if (closing.signal.aborted) return
    // It is asked again, as long as it is worth it.
    if (!looked && clock.now() - (row.sentAt ?? 0) < maxDelayMs)
      return store.again(row.seq, { notBefore: clock.now() + delayOf(row.attempts, live) })
    if (looked?.kind === "sent") return arrived(lane, row, looked.sent.id)
    if (looked?.kind !== "resend") return end(lane, row, "unknown", unknownWhy)
    if (row.attempts >= attempts)
      return end(lane, row, "failed", `It was not taken in ${row.attempts} tries.`)
    await send(lane, row, live)
  }

  const dueOf = async (row: PartRow): Promise<Due> => {
    const replaced = row.replaces && (await store.find({ id: row.replaces }))
    return { ...row, ...(replaced && { over: replaced.messageIds[0] }) }
  }

  const send = async (lane: Lane, row: PartRow, live: Live) => {
    const { attempts } = policyOf(live)
    const due = await dueOf(row)
    // What it was to take back is not there any more.
    if (
      row.replaces !== undefined &&
      due.over === undefined &&
      !due.part.text &&
      !due.part.enclosure
    )
      return store.sent(row.seq, null, clock.now())
    await store.sending(row.seq, clock.now())
    // Nobody outside is told anything of which nothing is known after a power cut.
    await store.synced()
    if (closing.signal.aborted)
      return store.again(row.seq, { state: "pending", attempts: row.attempts })
    const tried = await tryPart(due, live.connection, closing.signal)
    const made = row.attempts + 1
    // What was cut off by the end of this process is for the next one to look at.
    if (closing.signal.aborted && tried.kind === "lost") return
    switch (tried.kind) {
      case "sent":
        return arrived(lane, row, tried.sent.id)
      case "changed":
        return store.again(row.seq, { ...tried.change, state: "pending", attempts: row.attempts })
      case "failed":
        return end(lane, row, "failed", tried.error)
      case "lost":
        log.warn("no answer to a message", { ...lane, error: tried.error })
        return store.again(row.seq, {
          notBefore: clock.now() + delayOf(row.attempts, live),
          error: tried.error,
        })
      case "wait": {
        if (tried.counts && made >= attempts) return end(lane, row, "failed", tried.error)
        const wait = Math.max(tried.retryAfterMs ?? 0, delayOf(row.attempts, live))
        log.info("a message waits", { ...lane, error: tried.error, ms: wait })
        return store.again(row.seq, {
          state: "pending",
          notBefore: clock.now() + wait,
          error: tried.error,
          ...(!tried.counts && { attempts: row.attempts }),
        })
      }
    }
  }

  const arrived = async (lane: Lane, { seq, delivery }: PartRow, messageId: string) => {
    await store.sent(seq, messageId, clock.now())
    count(lane.channel, "sent")
    await tell(delivery)
  }

  const end = async (lane: Lane, row: PartRow, state: "failed" | "unknown", error: string) => {
    await store.over(row.seq, state, error, clock.now(), state === "failed" ? restWhy : undefined)
    count(lane.channel, state)
    log.warn("a message was not sent", { ...lane, delivery: row.delivery, state, error })
    await tell(row.delivery)
  }

  const isSettled = ({ state }: Delivery) => state !== "pending" && state !== "sending"

  /** Tells of a delivery when nothing of it is on its way any more. */
  const tell = async (id: string) => {
    const delivery = await store.find({ id })
    if (!delivery || !isSettled(delivery)) return
    const { to, sessionKey, messageIds, error } = delivery
    const state = delivery.state as "sent" | "failed" | "unknown"
    bus.emit(outboxSettled, {
      id,
      channel: to.channel,
      account: to.account,
      state,
      messageIds: [...messageIds],
      ...(sessionKey && { sessionKey }),
      ...(error && { error }),
      ts: clock.now(),
    })
    for (const resolve of waiting.get(id) ?? []) resolve(delivery)
    waiting.delete(id)
  }

  const policyOf = ({ config }: Live) => {
    const { retry = {} } = config as RetrySettings
    const { attempts = usualAttempts, minDelayMs = 500, maxDelayMs = 30_000, jitter = 0.1 } = retry
    return { attempts, minDelayMs, maxDelayMs, jitter }
  }

  const delayOf = (attempts: number, live: Live) => {
    const { minDelayMs, maxDelayMs, jitter } = policyOf(live)
    const delay = Math.min(maxDelayMs, minDelayMs * 2 ** Math.min(attempts, 20))
    return Math.round(delay * (1 + jitter * Math.random()))
  }

  const tidy = async () => {
    const now = clock.now()
    await store.prune({ sent: now - rememberedMs, other: now - troubleRememberedMs })
  }

  const stopTidying = clock.every(tidyEveryMs, () => {
    tidy().catch((error: unknown) => log.warn("old deliveries could not be forgotten", { error }))
    // What waits for an account that is gone for good becomes stale.
    void wakeAll()
  })

  return {
    find: store.find,
    withPrefix: store.withPrefix,
    list: store.list,
    count: store.count,
    last: store.last,
    spokenTo: store.spokenTo,
    kept: () => store.synced(),
    async add(delivery) {
      const id = randomBytes(8).toString("hex")
      const { delivery: row, isNew } = await store.add({ ...delivery, id }, clock.now())
      const { channel, account, conversation } = delivery.to
      if (isNew) wake({ channel, account, chat: conversation.id })
      return row
    },
    async settled(id, signal) {
      const over = Promise.withResolvers<DeliveryRow>()
      const listeners = waiting.getOrInsertComputed(id, () => new Set())
      listeners.add(over.resolve)
      const onAbort = () => over.reject(signal!.reason)
      signal?.addEventListener("abort", onAbort, { once: true })
      try {
        signal?.throwIfAborted()
        const now = await store.find({ id })
        if (now && isSettled(now)) return now
        return await over.promise
      } finally {
        signal?.removeEventListener("abort", onAbort)
        listeners.delete(over.resolve)
        if (!listeners.size && waiting.get(id) === listeners) waiting.delete(id)
      }
    },
    async retry(id) {
      const waits = await store.retry(id, clock.now())
      const delivery = await store.find({ id })
      if (waits && delivery) {
        const { channel, account, conversation } = delivery.to
        wake({ channel, account, chat: conversation.id })
      }
      return waits
    },
    discard: store.discard,
    connected: (channel, account) => wakeAll({ channel, account }),
    async close() {
      stopTidying()
      closing.abort(new Error("the gateway stops"))
      await Promise.allSettled([...running.values()].map(({ done }) => done))
    },
  }
}
