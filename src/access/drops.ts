import type { Clock } from "../kernel/clock.ts"
import type { Log } from "../kernel/log.ts"
import type { Counts } from "../kernel/metric.ts"
import { service } from "../kernel/service.ts"
import { droppedArrivals } from "./metrics.ts"
import type { Reason } from "./verdict.ts"

/** Something that arrived and is not answered. */
export interface Drop {
  channel: string
  account: string
  chat: string
  /** The network's message id. */
  id: string
  sender: string
  deed: string
  reason: Reason
  at: number
}

/** What was not answered lately, and why. */
export interface Drops {
  add(drop: Omit<Drop, "at">): void
  /** Newest first: by message id, or of a conversation. */
  find(wanted: { id?: string; channel?: string; chat?: string }, limit: number): readonly Drop[]
}
export const Drops = service<Drops>("drops")

/** Enough to find a message that somebody asks about; a flood may push it out, never fill the disk. */
const mostKept = 1000

export const createDrops = ({
  clock,
  log,
  counts,
}: {
  clock: Clock
  log: Log
  counts: () => Counts | undefined
}): Drops => {
  const kept: Drop[] = []
  let next = 0
  const newestFirst = () => [...kept.slice(next), ...kept.slice(0, next)].reverse()
  return {
    add(drop) {
      kept[next] = { ...drop, at: clock.now() }
      next = (next + 1) % mostKept
      const { channel, account, chat, id, sender, deed, reason } = drop
      counts()?.add(droppedArrivals, [channel, reason.code])
      log.info("message dropped", { channel, account, chat, id, sender, deed, ...reason })
    },
    find: ({ id, channel, chat }, limit) =>
      newestFirst()
        .filter(
          (drop) =>
            (id === undefined || drop.id === id) &&
            (channel === undefined || drop.channel === channel) &&
            (chat === undefined || drop.chat === chat),
        )
        .slice(0, limit),
  }
}
