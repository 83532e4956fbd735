import type { Inbound } from "../kernel/channel.ts"
import type { Database, Migration } from "../store/database.ts"
import { arrivalMigrations } from "./arrivals.ts"

/** A message that was accepted, and the turn that answers it. */
export interface Accepted {
  runId: string
  sessionKey: string
  agentId: string
  message: Inbound
  acceptedAt: number
  /** The turn that took this message along with its own. */
  answeredBy?: string
  /** It came into that turn when the turn had already begun. */
  midway?: boolean
}

export interface InboxStore {
  /** Writes a message down. A second copy of one gives the first. */
  accept(entry: Accepted): Promise<{ entry: Accepted; state: "new" | "running" | "done" }>
  /** Resolves once what was accepted would outlast a power cut; only then may anyone be told. */
  synced(): Promise<void>
  /** Notes, before it happens, that the turn `leader` answers these messages too. */
  merge(runIds: readonly string[], leader: string, midway: boolean): Promise<void>
  /** Takes that back: a dead process got no further than the note. */
  release(runId: string): Promise<void>
  /** The turn that answered a message along with its own; null when it has a turn to itself. */
  answeredBy(runId: string): Promise<string | null>
  /** The message was answered, or given up on, and so was all that its turn took along. */
  settle(runId: string, at: number): Promise<void>
  /** What was accepted and never answered, oldest first. */
  unanswered(): Promise<Accepted[]>
  countUnanswered(): Promise<number>
  /** Forgets answered messages older than `before`; their networks will not send them again. */
  prune(before: number): Promise<number>
}

export const migrations: Migration[] = [
  {
    id: "inbox.1",
    sql: `
      CREATE TABLE inbox (
        channel TEXT NOT NULL,
        account TEXT NOT NULL,
        chat TEXT NOT NULL,
        message_id TEXT NOT NULL,
        run_id TEXT NOT NULL UNIQUE,
        session_key TEXT NOT NULL,
        agent_id TEXT NOT NULL,
        message TEXT NOT NULL,
        accepted_at INTEGER NOT NULL,
        settled_at INTEGER,
        PRIMARY KEY (channel, account, chat, message_id)
      ) STRICT;
      CREATE INDEX inbox_unanswered ON inbox (accepted_at) WHERE settled_at IS NULL;
      CREATE INDEX inbox_settled ON inbox (settled_at) WHERE settled_at IS NOT NULL;`,
  },
  {
    id: "inbox.2",
    sql: `
      ALTER TABLE inbox ADD COLUMN answered_by TEXT;
      ALTER TABLE inbox ADD COLUMN midway INTEGER NOT NULL DEFAULT 0;
      CREATE INDEX inbox_merged ON inbox (answered_by) WHERE answered_by IS NOT NULL;`,
  },
  ...arrivalMigrations,
]

interface Row {
  runId: string
  sessionKey: string
  agentId: string
  message: string
  acceptedAt: number
  settledAt: number | null
  answeredBy: string | null
  midway: number
}

const columns = `run_id AS runId, session_key AS sessionKey, agent_id AS agentId, message,
  accepted_at AS acceptedAt, settled_at AS settledAt,
  answered_by AS answeredBy, midway`

const toAccepted = ({ settledAt: _, message, answeredBy, midway, ...row }: Row): Accepted => ({
  ...row,
  message: JSON.parse(message) as Inbound,
  ...(answeredBy !== null && { answeredBy, midway: midway === 1 }),
})

export const createInboxStore = (db: Database): InboxStore => {
  const { sqlite } = db
  const find = sqlite.query<Row, [string, string, string, string]>(
    `SELECT ${columns} FROM inbox
     WHERE channel = ? AND account = ? AND chat = ? AND message_id = ?`,
  )
  const insert = sqlite.query(
    `INSERT INTO inbox (channel, account, chat, message_id, run_id, session_key, agent_id, message, accepted_at)
     VALUES ($channel, $account, $chat, $id, $runId, $sessionKey, $agentId, $message, $acceptedAt)
     ON CONFLICT (channel, account, chat, message_id) DO NOTHING`,
  )
  const settle = sqlite.query(
    "UPDATE inbox SET settled_at = $at WHERE run_id = $runId AND settled_at IS NULL",
  )
  const settleMerged = sqlite.query(
    "UPDATE inbox SET settled_at = $at WHERE answered_by = $runId AND settled_at IS NULL",
  )
  const merge = sqlite.query(
    "UPDATE inbox SET answered_by = $leader, midway = $midway WHERE run_id = $runId",
  )
  const release = sqlite.query(
    "UPDATE inbox SET answered_by = NULL, midway = 0 WHERE run_id = $runId",
  )
  const leader = sqlite.query<{ answeredBy: string | null }, [string]>(
    "SELECT answered_by AS answeredBy FROM inbox WHERE run_id = ?",
  )
  const open = sqlite.query<Row, []>(
    `SELECT ${columns} FROM inbox WHERE settled_at IS NULL ORDER BY accepted_at`,
  )
  const count = sqlite.query<{ count: number }, []>(
    "SELECT count(*) AS count FROM inbox WHERE settled_at IS NULL",
  )
  const prune = sqlite.query("DELETE FROM inbox WHERE settled_at < $before")

  return {
    async accept(entry) {
      const { channel, account, chat, id } = entry.message
      const { runId, sessionKey, agentId, acceptedAt } = entry
      const message = JSON.stringify(entry.message)
      const row = { channel, account, chat, id, runId, sessionKey, agentId, message, acceptedAt }
      return db.write(() => {
        if (insert.run(row).changes) return { entry, state: "new" }
        const known = find.get(channel, account, chat, id)!
        return { entry: toAccepted(known), state: known.settledAt === null ? "running" : "done" }
      })
    },
    synced: () => db.synced(),
    async settle(runId, at) {
      db.write(() => {
        settle.run({ runId, at })
        settleMerged.run({ runId, at })
      })
    },
    async merge(runIds, leader, midway) {
      db.write(() => {
        for (const runId of runIds) merge.run({ runId, leader, midway: Number(midway) })
      })
    },
    async release(runId) {
      db.write(() => release.run({ runId }))
    },
    answeredBy: async (runId) => leader.get(runId)?.answeredBy ?? null,
    unanswered: async () => open.all().map(toAccepted),
    countUnanswered: async () => count.get()!.count,
    prune: async (before) => db.write(() => prune.run({ before }).changes),
  }
}
