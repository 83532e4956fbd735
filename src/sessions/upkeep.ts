import { setImmediate } from "node:timers/promises"
import type { Clock } from "../kernel/clock.ts"
import type { Log } from "../kernel/log.ts"
import { service } from "../kernel/service.ts"
import { bytesOf, durationMs, type SessionConfig } from "./config.ts"
import type { Directory } from "./directory.ts"
import { mainStays, sessionBusy, unknownSession } from "./faults.ts"
import type { SessionStore } from "./session.ts"
import type { UpkeepStore } from "./upkeep-store.ts"

/** What is more than the config wants, or was until just now. */
export interface UpkeepReport {
  stores: {
    agentId: string
    beforeCount: number
    afterCount: number
    /** Unused for too long. */
    pruned: number
    /** The longest unused of too many. */
    capped: number
  }[]
  /** Archived transcripts past their time. */
  archivesRemoved: number
  /** Bytes in use, and the most that may be. */
  bytesBefore: number
  bytesAfter: number
  bytesLimit: number | null
  /** Sessions that went, with their transcripts, because the database was too big. */
  evicted: number
}

export interface Upkeep {
  /** Only looks. */
  look(): UpkeepReport
  /** Archives and removes what is too much, bit by bit. Callers at the same time share one run. */
  enforce(): Promise<UpkeepReport>
  /** Takes out a transcript for good. */
  erase(sessionId: string): Promise<void>
}
export const Upkeep = service<Upkeep>("session upkeep")

const firstMs = 10 * 60_000
const dailyMs = 24 * 3_600_000
/** Done at once; between such pieces turns have their way. */
const piece = { sessions: 20, entries: 200 }

export const createUpkeep = (needs: {
  store: () => UpkeepStore
  directory: Directory
  sessions: SessionStore
  settings: () => SessionConfig
  clock: Clock
  log: Log
}): Upkeep & { close(): void } => {
  const { directory, sessions, settings, clock, log } = needs
  let made: UpkeepStore | undefined
  const store = () => (made ??= needs.store())
  let underWay: Promise<UpkeepReport> | undefined
  const closing = new AbortController()
  const { signal } = closing

  const terms = () => {
    const { pruneAfter, maxEntries, resetArchiveRetention, maxDiskBytes, highWaterBytes } =
      settings().maintenance
    const kept = resetArchiveRetention ?? pruneAfter
    const limit = maxDiskBytes === undefined ? null : bytesOf(maxDiskBytes)
    const highWater = highWaterBytes === undefined ? limit && limit * 0.8 : bytesOf(highWaterBytes)
    const now = clock.now()
    return {
      unusedSince: now - durationMs(pruneAfter),
      maxEntries,
      archivedBefore: kept === false ? 0 : now - durationMs(kept),
      limit,
      highWater: limit && Math.min(limit, highWater ?? limit),
    }
  }

  const look = (): UpkeepReport => {
    const { unusedSince, maxEntries, archivedBefore, limit } = terms()
    const used = store().used()
    const stores = store()
      .counts()
      .map(({ agentId, count }) => {
        const pruned = store().leastUsed(agentId, count, unusedSince).length
        const excess = Math.max(0, count - pruned - maxEntries)
        const capped = excess && store().leastUsed(agentId, pruned + excess).length - pruned
        return { agentId, beforeCount: count, afterCount: count - pruned - capped, pruned, capped }
      })
    return {
      stores,
      archivesRemoved: store().countArchived(archivedBefore),
      bytesBefore: used,
      bytesAfter: used,
      bytesLimit: limit,
      evicted: 0,
    }
  }

  /** Whether it went; one that is used again by now stays. */
  const remove = async (key: string, reason: "pruned" | "erased") => {
    try {
      return await directory.remove(key, reason)
    } catch (error) {
      if ([mainStays, sessionBusy, unknownSession].some((kind) => kind.is(error))) return null
      throw error
    }
  }

  const erase = async (sessionId: string) => {
    while (!signal.aborted && (await sessions.erase(sessionId, piece.entries))) await setImmediate()
  }

  /** Oldest first: what is archived, then sessions with their transcripts, until there is room. */
  const makeRoom = async (highWater: number) => {
    let evicted = 0
    while (!signal.aborted && store().used() > highWater) {
      const [archived] = store().archived(1)
      if (archived) {
        await erase(archived)
        continue
      }
      const [key] = store().leastUsedOfAll(1)
      const session = key && (await remove(key, "erased"))
      if (!session) break
      await erase(session.sessionId)
      evicted++
    }
    return evicted
  }

  const run = async (): Promise<UpkeepReport> => {
    const { archivedBefore, limit, highWater } = terms()
    const found = look()
    for (const { agentId, pruned, capped } of found.stores) {
      let left = pruned + capped
      while (left > 0 && !signal.aborted) {
        const keys = store().leastUsed(agentId, Math.min(left, piece.sessions))
        if (!keys.length) break
        for (const key of keys) await remove(key, "pruned")
        left -= keys.length
        await setImmediate()
      }
    }
    for (const sessionId of store().archived(found.archivesRemoved, archivedBefore))
      await erase(sessionId)
    const isFull = limit !== null && store().used() > limit
    const evicted = isFull ? await makeRoom(highWater!) : 0
    while (!signal.aborted && store().shrink()) await setImmediate()
    if (signal.aborted) return found
    const counts = new Map(
      store()
        .counts()
        .map(({ agentId, count }) => [agentId, count]),
    )
    return {
      ...found,
      stores: found.stores.map((one) => ({ ...one, afterCount: counts.get(one.agentId) ?? 0 })),
      bytesAfter: store().used(),
      evicted,
    }
  }

  const enforce = () => (underWay ??= run().finally(() => (underWay = undefined)))

  const daily = async () => {
    cancel = clock.after(dailyMs, () => void daily())
    try {
      // A crash may have come between a session and the end of its transcript.
      for (const sessionId of store().archived(100, 0)) await erase(sessionId)
      const isEnforced = settings().maintenance.mode === "enforce"
      const report = isEnforced ? await enforce() : look()
      const facts = totalOf(report)
      if (!isTooMuch(report)) return
      if (isEnforced) log.info("sessions were tidied", facts)
      else log.warn("more is kept than session.maintenance wants", facts)
    } catch (error) {
      log.error("sessions cannot be tidied", { error })
    }
  }
  let cancel = clock.after(firstMs, () => void daily())

  return {
    look,
    enforce,
    erase,
    close() {
      closing.abort()
      cancel()
    },
  }
}

const totalOf = ({ stores, archivesRemoved, bytesAfter, evicted }: UpkeepReport) => ({
  unused: stores.reduce((sum, { pruned }) => sum + pruned, 0),
  excess: stores.reduce((sum, { capped }) => sum + capped, 0),
  archives: archivesRemoved,
  evicted,
  bytes: bytesAfter,
})

/** Whether there is anything to tidy. */
export const isTooMuch = ({ stores, archivesRemoved, bytesBefore, bytesLimit }: UpkeepReport) =>
  archivesRemoved > 0 ||
  (bytesLimit !== null && bytesBefore > bytesLimit) ||
  stores.some(({ pruned, capped }) => pruned + capped > 0)
