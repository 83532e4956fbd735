import type { Database, Migration } from "../../store/database.ts"

/** A piece of work that one session gave to a session of its own making. */
export interface SubagentRow {
  sessionKey: string
  /** The session that is told what came of it. */
  requester: string
  agentId: string
  runId: string | null
  label: string | null
  task: string
  /** The turn that started it had the operator's rights; so has the work. */
  owner: boolean
  timeoutMs: number
  cleanup: "keep" | "delete"
  createdAt: number
  endedAt: number | null
  status: "running" | "ok" | "error" | "aborted"
  announcedAt: number | null
}

export interface SubagentStore {
  add(row: SubagentRow): Promise<void>
  started(sessionKey: string, runId: string): Promise<void>
  ended(sessionKey: string, status: SubagentRow["status"], at: number): Promise<void>
  announced(sessionKey: string, at: number): Promise<void>
  get(sessionKey: string): Promise<SubagentRow | null>
  /** Those a session started, the newest first. */
  of(requester: string): Promise<SubagentRow[]>
  /** Those a session started, and those that these started, and so on. */
  descendants(requester: string): string[]
  /** Those whose end nobody was told of, the oldest first. */
  open(): Promise<SubagentRow[]>
  /** Those that were told of before `at`. */
  over(at: number): Promise<SubagentRow[]>
  remove(sessionKey: string): Promise<void>
}

export const migrations: Migration[] = [
  {
    id: "agent.1",
    sql: `
      CREATE TABLE subagents (
        session_key TEXT PRIMARY KEY,
        requester TEXT NOT NULL,
        agent_id TEXT NOT NULL,
        run_id TEXT,
        label TEXT,
        task TEXT NOT NULL,
        owner INTEGER NOT NULL,
        timeout_ms INTEGER NOT NULL,
        cleanup TEXT NOT NULL,
        created_at INTEGER NOT NULL,
        ended_at INTEGER,
        status TEXT NOT NULL,
        announced_at INTEGER
      ) STRICT;
      CREATE INDEX subagents_of ON subagents (requester, created_at);
      CREATE INDEX subagents_open ON subagents (created_at) WHERE announced_at IS NULL;
      CREATE INDEX subagents_over ON subagents (announced_at) WHERE announced_at IS NOT NULL;`,
  },
]

type Stored = Omit<SubagentRow, "owner"> & { owner: number }

const columns = `session_key AS sessionKey, requester, agent_id AS agentId, run_id AS runId, label,
  task, owner, timeout_ms AS timeoutMs, cleanup, created_at AS createdAt, ended_at AS endedAt,
  status, announced_at AS announcedAt`

const toRow = (row: Stored): SubagentRow => ({ ...row, owner: row.owner === 1 })

export const createSubagentStore = (db: Database): SubagentStore => {
  const { sqlite } = db
  const insert = sqlite.query(
    `INSERT INTO subagents (session_key, requester, agent_id, run_id, label, task, owner, timeout_ms,
       cleanup, created_at, ended_at, status, announced_at)
     VALUES ($sessionKey, $requester, $agentId, $runId, $label, $task, $owner, $timeoutMs, $cleanup,
       $createdAt, $endedAt, $status, $announcedAt)`,
  )
  const get = sqlite.query<Stored, [string]>(
    `SELECT ${columns} FROM subagents WHERE session_key = ?`,
  )
  const of = sqlite.query<Stored, [string]>(
    `SELECT ${columns} FROM subagents WHERE requester = ? ORDER BY created_at DESC`,
  )
  const descendants = sqlite.query<{ key: string }, [string]>(
    `WITH RECURSIVE below (key) AS (
       SELECT session_key FROM subagents WHERE requester = ?
       UNION SELECT session_key FROM subagents JOIN below ON requester = below.key
     ) SELECT key FROM below`,
  )
  const open = sqlite.query<Stored, []>(
    `SELECT ${columns} FROM subagents WHERE announced_at IS NULL ORDER BY created_at`,
  )
  const over = sqlite.query<Stored, [number]>(
    `SELECT ${columns} FROM subagents WHERE announced_at < ?`,
  )
  const started = sqlite.query(
    "UPDATE subagents SET run_id = $runId WHERE session_key = $sessionKey",
  )
  const ended = sqlite.query(
    "UPDATE subagents SET status = $status, ended_at = $at WHERE session_key = $sessionKey",
  )
  const announced = sqlite.query(
    "UPDATE subagents SET announced_at = $at WHERE session_key = $sessionKey",
  )
  const remove = sqlite.query("DELETE FROM subagents WHERE session_key = $sessionKey")

  return {
    async add(row) {
      db.write(() => insert.run({ ...row, owner: Number(row.owner) }))
    },
    async started(sessionKey, runId) {
      db.write(() => started.run({ sessionKey, runId }))
    },
    async ended(sessionKey, status, at) {
      db.write(() => ended.run({ sessionKey, status, at }))
    },
    async announced(sessionKey, at) {
      db.write(() => announced.run({ sessionKey, at }))
    },
    async get(sessionKey) {
      const row = get.get(sessionKey)
      return row && toRow(row)
    },
    of: async (requester) => of.all(requester).map(toRow),
    descendants: (requester) => descendants.all(requester).map(({ key }) => key),
    open: async () => open.all().map(toRow),
    over: async (at) => over.all(at).map(toRow),
    async remove(sessionKey) {
      db.write(() => remove.run({ sessionKey }))
    },
  }
}
