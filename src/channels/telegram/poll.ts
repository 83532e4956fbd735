import { pause } from "../../kernel/clock.ts"
import type { ConnectContext } from "../../kernel/connect-context.ts"
import { connectionOver } from "../../kernel/network.ts"
import { type BotApi, BotApiError } from "./api.ts"
import { endOf } from "./failure.ts"
import { numbered, updateKinds } from "./wire.ts"

export type TakeUpdate = (update: unknown) => Promise<void>

interface Polling {
  api: BotApi
  /** Numbers of updates are the bot's own. */
  botId: number
  /** Settles once the update may be acknowledged; rejects when it has to come again. */
  take: TakeUpdate
  context: Pick<ConnectContext, "memory" | "clock" | "log" | "alive">
  signal: AbortSignal
}

const longPollSeconds = 30
/** A poll that takes longer is dead. */
const pollMs = 45_000
/** While something is being taken in, the next poll comes soon and does not wait at Telegram. */
const busyMs = 150
const silenceMs = 120_000
const backoff = { leastMs: 1_000, mostMs: 30_000 }
/** Telegram keeps updates for a day, and numbers them anew after a quiet week. */
const offsetKeptMs = 6 * 24 * 60 * 60_000

/**
 * Asks for updates until the signal aborts. The offset acknowledges all updates below it, so it only
 * passes what was taken; until then Telegram tells the same again, and what is under way is skipped.
 * Rejects with `channels.connection-over`.
 */
export const poll = async ({ api, botId, take, context, signal }: Polling): Promise<never> => {
  const { memory, clock, log, alive } = context
  const key = `offset:${botId}`
  const stored = /^(\d+) (\d+)$/.exec(memory.get(key) ?? "")
  let offset = { next: Number(stored?.[1] ?? 0), at: Number(stored?.[2] ?? 0) }
  const known = new Map<number, "taking" | "taken" | "failed">()
  const taking = new Set<Promise<unknown>>()
  let failures = 0
  let lastAnswer = clock.now()

  const ask = () =>
    api.call(
      "getUpdates",
      numbered.array(),
      {
        ...(clock.now() - offset.at < offsetKeptMs && { offset: offset.next }),
        timeout: known.size ? 0 : longPollSeconds,
        limit: 100,
        allowed_updates: updateKinds,
      },
      { signal, timeoutMs: pollMs },
    )

  const start = (id: number, update: unknown) => {
    known.set(id, "taking")
    const work = take(update)
      .then(
        () => known.set(id, "taken"),
        () => known.set(id, "failed"),
      )
      .finally(() => taking.delete(work))
    taking.add(work)
  }

  /** Until everything was taken in, or a moment passed: what belongs together may still be coming. */
  const settle = async () => {
    const moment = Promise.withResolvers<void>()
    const cancel = clock.after(busyMs, moment.resolve)
    await Promise.race([Promise.all(taking), moment.promise])
    cancel()
  }

  const acknowledge = async () => {
    let next: number | undefined
    for (const id of [...known.keys()].sort((a, b) => a - b)) {
      if (known.get(id) !== "taken") break
      known.delete(id)
      next = id + 1
    }
    if (next === undefined) return
    offset = { next, at: clock.now() }
    await memory.set(key, `${offset.next} ${offset.at}`)
  }

  const round = async () => {
    const updates = await ask()
    lastAnswer = clock.now()
    failures = 0
    alive()
    for (const update of updates) {
      const state = known.get(update.update_id)
      if (state === undefined || state === "failed") start(update.update_id, update)
    }
    await settle()
    await acknowledge()
    if ([...known.values()].includes("failed")) await pause(clock, backoff.leastMs, signal)
  }

  while (true) {
    signal.throwIfAborted()
    try {
      await round()
    } catch (error) {
      signal.throwIfAborted()
      if (!(error instanceof BotApiError)) throw error
      const over = endOf(error)
      if (over) throw over
      if (clock.now() - lastAnswer > silenceMs)
        throw connectionOver({ why: "gone", text: error.message }, error)
      failures += 1
      const waitMs =
        error.details.retryAfterMs ??
        Math.min(backoff.leastMs * 2 ** (failures - 1), backoff.mostMs)
      log.warn("poll failed", { reason: error.message, failures, waitMs })
      await pause(clock, waitMs, signal)
    }
  }
}
