import type { Database } from "../store/database.ts"

/** What the upkeep needs to know of how much is kept. Each call is short. */
export interface UpkeepStore {
  /** Sessions of each agent. */
  counts(): { agentId: string; count: number }[]
  /** Those of an agent that may go, the longest unused first: no main one, none with a turn. */
  leastUsed(agentId: string, limit: number, unusedSince?: number): string[]
  /** The same over all agents. */
  leastUsedOfAll(limit: number): string[]
  /** Archived transcripts, the oldest first; only those archived before, or on their way out. */
  archived(limit: number, before?: number): string[]
  countArchived(before: number): number
  /** Bytes of the database that hold something. */
  used(): number
  /** Gives some room back to the disk; false when there is none to give. */
  shrink(): boolean
}

const mayGo = `status <> 'running' AND key <> 'global' AND key <> 'agent:' || agent_id || ':main'`
/** Pages given back at once. */
const pagesAtOnce = 256

export const createUpkeepStore = ({ sqlite }: Database): UpkeepStore => {
  const counts = sqlite.query<{ agentId: string; count: number }, []>(
    "SELECT agent_id AS agentId, count(*) AS count FROM sessions GROUP BY agent_id ORDER BY agent_id",
  )
  const leastUsed = sqlite.query<{ key: string }, [string, number, number]>(
    `SELECT key FROM sessions WHERE agent_id = ? AND updated_at < ? AND ${mayGo}
     ORDER BY updated_at LIMIT ?`,
  )
  const leastUsedOfAll = sqlite.query<{ key: string }, [number]>(
    `SELECT key FROM sessions WHERE ${mayGo} ORDER BY updated_at LIMIT ?`,
  )
  const archived = sqlite.query<{ sessionId: string }, [number, number]>(
    `SELECT session_id AS sessionId FROM archives WHERE archived_at < ? OR reason = 'erased'
     ORDER BY archived_at LIMIT ?`,
  )
  const countArchived = sqlite.query<{ count: number }, [number]>(
    "SELECT count(*) AS count FROM archives WHERE archived_at < ? OR reason = 'erased'",
  )
  const pragma = (name: string) =>
    Object.values(sqlite.query<Record<string, number>, []>(`PRAGMA ${name}`).get()!)[0]!

  return {
    counts: () => counts.all(),
    leastUsed: (agentId, limit, unusedSince = Number.MAX_SAFE_INTEGER) =>
      leastUsed.all(agentId, unusedSince, limit).map(({ key }) => key),
    leastUsedOfAll: (limit) => leastUsedOfAll.all(limit).map(({ key }) => key),
    archived: (limit, before = Number.MAX_SAFE_INTEGER) =>
      archived.all(before, limit).map(({ sessionId }) => sessionId),
    countArchived: (before) => countArchived.get(before)!.count,
    used: () => (pragma("page_count") - pragma("freelist_count")) * pragma("page_size"),
    shrink() {
      // A database from before this was set keeps its size, and fills the room again.
      if (pragma("auto_vacuum") !== 2 || !pragma("freelist_count")) return false
      sqlite.run(`PRAGMA incremental_vacuum(${pagesAtOnce})`)
      return true
    },
  }
}
