import { randomUUID } from "node:crypto"
import type { Database, Migration } from "../store/database.ts"
import type { Compaction, Compactions } from "./compaction.ts"

export const migrations: Migration[] = [
  {
    id: "compactions.1",
    sql: `
      CREATE TABLE compactions (
        id TEXT PRIMARY KEY,
        session_key TEXT NOT NULL,
        session_id TEXT NOT NULL,
        created_at INTEGER NOT NULL,
        reason TEXT NOT NULL,
        summary TEXT NOT NULL,
        first_kept_seq INTEGER NOT NULL,
        first_kept_id TEXT,
        leaf_seq INTEGER NOT NULL,
        leaf_id TEXT,
        tokens_before INTEGER NOT NULL,
        tokens_after INTEGER NOT NULL
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX compactions_of_transcript ON compactions (session_id, leaf_seq);
      CREATE INDEX compactions_of_session ON compactions (session_key, created_at);
      CREATE TABLE memory_flushes (
        session_id TEXT PRIMARY KEY,
        compaction TEXT NOT NULL
      ) STRICT, WITHOUT ROWID;`,
  },
  {
    id: "compactions.2",
    sql: `
      CREATE TRIGGER archives_gone AFTER DELETE ON archives BEGIN
        DELETE FROM compactions WHERE session_id = old.session_id;
        DELETE FROM memory_flushes WHERE session_id = old.session_id;
      END;`,
  },
  {
    // A transcript that leaves the archive to be a session again keeps its summaries.
    id: "compactions.3",
    sql: `
      DROP TRIGGER archives_gone;
      CREATE TRIGGER archives_gone AFTER DELETE ON archives
        WHEN NOT EXISTS (SELECT 1 FROM sessions WHERE session_id = old.session_id) BEGIN
        DELETE FROM compactions WHERE session_id = old.session_id;
        DELETE FROM memory_flushes WHERE session_id = old.session_id;
      END;`,
  },
]

const columns = `id, session_key AS sessionKey, session_id AS sessionId, created_at AS createdAt,
  reason, summary, first_kept_seq AS firstKeptSeq, first_kept_id AS firstKeptEntryId,
  leaf_seq AS leafSeq, leaf_id AS leafEntryId, tokens_before AS tokensBefore,
  tokens_after AS tokensAfter`

export const createCompactionStore = (db: Database): Compactions => {
  const { sqlite } = db
  const newest = sqlite.query<Compaction, [string, number]>(
    `SELECT ${columns} FROM compactions WHERE session_id = ? AND leaf_seq <= ?
     ORDER BY leaf_seq DESC, created_at DESC LIMIT 1`,
  )
  const list = sqlite.query<Compaction, [string]>(
    `SELECT ${columns} FROM compactions WHERE session_key = ? ORDER BY created_at DESC LIMIT 200`,
  )
  const get = sqlite.query<Compaction, [string, string]>(
    `SELECT ${columns} FROM compactions WHERE session_key = ? AND id = ?`,
  )
  const insert = sqlite.query(
    `INSERT INTO compactions VALUES ($id, $sessionKey, $sessionId, $createdAt, $reason, $summary,
       $firstKeptSeq, $firstKeptEntryId, $leafSeq, $leafEntryId, $tokensBefore, $tokensAfter)`,
  )
  const count = sqlite.query(
    `UPDATE sessions SET compactions = compactions + 1, context_tokens = $tokensAfter
     WHERE key = $sessionKey AND session_id = $sessionId`,
  )
  /** What of one transcript was read at the time, as the beginning of another. */
  const copy = sqlite.query(
    `INSERT INTO entries (session_id, seq, id, run_id, at, message)
     SELECT $to, seq - $first + 1, id, NULL, at, message FROM entries
     WHERE session_id = $from AND seq BETWEEN $first AND $last ORDER BY seq`,
  )
  const kept = sqlite.query<{ seq: number }, [string, number]>(
    "SELECT seq FROM entries WHERE session_id = ? AND seq = ?",
  )
  const branch = sqlite.query(
    `INSERT INTO sessions (key, session_id, agent_id, created_at, updated_at, title, preview,
       context_tokens, provider, model, overrides)
     SELECT $key, $sessionId, $agentId, $at, $at, title, preview, $tokens, provider, model, overrides
     FROM sessions WHERE key = $from
     UNION ALL SELECT $key, $sessionId, $agentId, $at, $at, NULL, NULL, $tokens, NULL, NULL, '{}'
     LIMIT 1`,
  )
  const archive = sqlite.query(
    `INSERT INTO archives (session_id, key, title, archived_at)
     SELECT session_id, key, title, $at FROM sessions WHERE key = $key`,
  )
  const restart = sqlite.query(
    `UPDATE sessions SET session_id = $sessionId, updated_at = $at, context_tokens = $tokens,
     status = 'idle', last_run_id = NULL, started_at = NULL, ended_at = NULL WHERE key = $key`,
  )
  const flush = sqlite.query(
    `INSERT INTO memory_flushes VALUES ($sessionId, $compaction)
     ON CONFLICT (session_id) DO UPDATE SET compaction = $compaction
     WHERE compaction <> $compaction`,
  )

  /** Copies what was read just before `from` into a new transcript; gives that one's id. */
  const copyBefore = (from: Compaction, key: string) => {
    const to = randomUUID()
    const earlier = newest.get(from.sessionId, from.leafSeq - 1)
    const first = earlier?.firstKeptSeq ?? 1
    copy.run({ to, from: from.sessionId, first, last: from.leafSeq })
    if (earlier)
      insert.run({
        ...earlier,
        id: randomUUID(),
        sessionKey: key,
        sessionId: to,
        firstKeptSeq: 1,
        leafSeq: Math.max(earlier.leafSeq - first + 1, 0),
      })
    return to
  }

  return {
    newest: async (sessionId) => newest.get(sessionId, Number.MAX_SAFE_INTEGER),
    list: async (sessionKey) => list.all(sessionKey),
    get: async (sessionKey, id) => get.get(sessionKey, id),
    async add(compaction) {
      db.write(() => {
        insert.run({ ...compaction })
        const { sessionKey, sessionId, tokensAfter } = compaction
        count.run({ sessionKey, sessionId, tokensAfter })
      })
    },
    branch: async (from, { key, agentId, at }) =>
      db.write(() => {
        if (!kept.get(from.sessionId, from.leafSeq)) return false
        const sessionId = copyBefore(from, key)
        const tokens = from.tokensBefore
        branch.run({ key, sessionId, agentId, at, tokens, from: from.sessionKey })
        return true
      }),
    restore: async (from, at) =>
      db.write(() => {
        if (!kept.get(from.sessionId, from.leafSeq)) return false
        const { sessionKey: key, tokensBefore: tokens } = from
        archive.run({ key, at })
        restart.run({ key, at, tokens, sessionId: copyBefore(from, key) })
        return true
      }),
    async beginFlush(sessionId) {
      const compaction = newest.get(sessionId, Number.MAX_SAFE_INTEGER)?.id ?? ""
      return db.write(() => flush.run({ sessionId, compaction }).changes > 0)
    },
  }
}
