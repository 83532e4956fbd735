import { randomUUID } from "node:crypto"
import { service } from "../kernel/service.ts"
import type { Database, Migration } from "../store/database.ts"
import type { Entry, Message, Usage } from "./message.ts"
import { textOf } from "./message.ts"

export interface Session {
  key: string
  /** The current transcript; a reset starts a new one under the same key. */
  sessionId: string
  agentId: string
  createdAt: number
  updatedAt: number
  label: string | null
  /** First words of the first question, and of the newest message. */
  title: string | null
  preview: string | null
  inputTokens: number
  outputTokens: number
  /** Tokens of the newest prompt and its answer: how full the context is. */
  contextTokens: number
  provider: string | null
  model: string | null
  /** How the newest turn stands. */
  status: "idle" | "running" | "done" | "aborted" | "error"
  lastRunId: string | null
  startedAt: number | null
  endedAt: number | null
}

export interface SessionFilter {
  agentId?: string
  label?: string
  /** Words to look for in key, label and title. */
  search?: string
  updatedSince?: number
  limit: number
  offset?: number
}

/** What a finished turn leaves on its session. */
export interface TurnRecord {
  runId: string
  status: "done" | "aborted" | "error"
  at: number
  provider?: string
  model?: string
  usage?: Usage
}

export interface SessionStore {
  get(key: string): Promise<Session | null>
  byId(sessionId: string): Promise<Session | null>
  list(filter: SessionFilter): Promise<{ sessions: Session[]; total: number }>
  count(agentId?: string): Promise<number>
  /** The session of that key, made when there is none. */
  open(key: string, agentId: string, at: number): Promise<Session>
  /** Adds to the current transcript, all or nothing. */
  append(
    session: Pick<Session, "key" | "sessionId">,
    runId: string | null,
    messages: Message[],
  ): Promise<Entry[]>
  /** The newest entries, oldest first; `before` pages back. */
  history(sessionId: string, options: { limit: number; before?: number }): Promise<Entry[]>
  /** What one run has written so far, oldest first. */
  ofRun(sessionId: string, runId: string): Promise<Entry[]>
  size(sessionId: string): Promise<number>
  turnStarted(key: string, runId: string, at: number): Promise<void>
  turnEnded(key: string, turn: TurnRecord): Promise<void>
  /** Marks turns that a dead process left running; called once, before any turn starts. */
  interruptAll(at: number): Promise<void>
  /** Starts the session afresh; the old transcript is archived under its own id. */
  reset(key: string, at: number): Promise<Session | null>
}
export const Sessions = service<SessionStore>("sessions")

export const migrations: Migration[] = [
  {
    id: "sessions.1",
    sql: `
      CREATE TABLE sessions (
        key TEXT PRIMARY KEY,
        session_id TEXT NOT NULL UNIQUE,
        agent_id TEXT NOT NULL,
        created_at INTEGER NOT NULL,
        updated_at INTEGER NOT NULL,
        label TEXT,
        title TEXT,
        preview TEXT,
        input_tokens INTEGER NOT NULL DEFAULT 0,
        output_tokens INTEGER NOT NULL DEFAULT 0,
        context_tokens INTEGER NOT NULL DEFAULT 0,
        provider TEXT,
        model TEXT,
        status TEXT NOT NULL DEFAULT 'idle',
        last_run_id TEXT,
        started_at INTEGER,
        ended_at INTEGER
      ) STRICT;
      CREATE INDEX sessions_recent ON sessions (updated_at DESC);
      CREATE INDEX sessions_of_agent ON sessions (agent_id, updated_at DESC);
      CREATE INDEX sessions_running ON sessions (key) WHERE status = 'running';
      CREATE TABLE entries (
        session_id TEXT NOT NULL,
        seq INTEGER NOT NULL,
        id TEXT NOT NULL,
        run_id TEXT,
        at INTEGER NOT NULL,
        message TEXT NOT NULL,
        PRIMARY KEY (session_id, seq)
      ) STRICT, WITHOUT ROWID;
      CREATE TABLE archives (
        session_id TEXT PRIMARY KEY,
        key TEXT NOT NULL,
        title TEXT,
        archived_at INTEGER NOT NULL
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX entries_of_run ON entries (run_id) WHERE run_id IS NOT NULL;
      CREATE TABLE counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;
      INSERT INTO counters VALUES ('sessions', 0);
      CREATE TRIGGER sessions_counted AFTER INSERT ON sessions
        BEGIN UPDATE counters SET value = value + 1 WHERE name = 'sessions'; END;
      CREATE TRIGGER sessions_uncounted AFTER DELETE ON sessions
        BEGIN UPDATE counters SET value = value - 1 WHERE name = 'sessions'; END;`,
  },
]

const columns = `key, session_id AS sessionId, agent_id AS agentId, created_at AS createdAt,
  updated_at AS updatedAt, label, title, preview, input_tokens AS inputTokens,
  output_tokens AS outputTokens, context_tokens AS contextTokens, provider, model, status,
  last_run_id AS lastRunId, started_at AS startedAt, ended_at AS endedAt`

interface EntryRow {
  id: string
  seq: number
  runId: string | null
  message: string
}
const toEntry = (row: EntryRow): Entry => ({ ...row, message: JSON.parse(row.message) as Message })

const shorten = (text: string, length: number) => {
  const line = text
    .slice(0, length * 4)
    .replace(/\s+/g, " ")
    .trim()
  return line.length > length ? `${line.slice(0, length - 1)}…` : line
}

const likePattern = (text: string) => `%${text.replace(/[\\%_]/g, "\\$&")}%`

export const createSessionStore = (db: Database): SessionStore => {
  const { sqlite } = db
  const byKey = sqlite.query<Session, [string]>(`SELECT ${columns} FROM sessions WHERE key = ?`)
  const byId = sqlite.query<Session, [string]>(
    `SELECT ${columns} FROM sessions WHERE session_id = ?`,
  )
  const insert = sqlite.query(
    `INSERT INTO sessions (key, session_id, agent_id, created_at, updated_at)
     VALUES ($key, $sessionId, $agentId, $at, $at)`,
  )
  const lastSeq = sqlite.query<{ seq: number | null }, [string]>(
    "SELECT max(seq) AS seq FROM entries WHERE session_id = ?",
  )
  const addEntry = sqlite.query(
    `INSERT INTO entries (session_id, seq, id, run_id, at, message)
     VALUES ($sessionId, $seq, $id, $runId, $at, $message)`,
  )
  const touch = sqlite.query(
    `UPDATE sessions SET updated_at = max(updated_at, $at), preview = $preview,
     title = coalesce(title, $title) WHERE key = $key AND session_id = $sessionId`,
  )
  const newest = sqlite.query<EntryRow, [string, number, number]>(
    `SELECT id, seq, run_id AS runId, message FROM entries
     WHERE session_id = ? AND seq < ? ORDER BY seq DESC LIMIT ?`,
  )
  const entriesOfRun = sqlite.query<EntryRow, [string, string]>(
    `SELECT id, seq, run_id AS runId, message FROM entries
     WHERE run_id = ? AND session_id = ? ORDER BY seq`,
  )
  const total = sqlite.query<{ value: number }, []>(
    "SELECT value FROM counters WHERE name = 'sessions'",
  )
  const totalOfAgent = sqlite.query<{ value: number }, [string]>(
    "SELECT count(*) AS value FROM sessions WHERE agent_id = ?",
  )
  const started = sqlite.query(
    `UPDATE sessions SET status = 'running', last_run_id = $runId, started_at = $at, ended_at = NULL,
     updated_at = max(updated_at, $at) WHERE key = $key`,
  )
  const ended = sqlite.query(
    `UPDATE sessions SET status = $status, ended_at = $at, updated_at = max(updated_at, $at),
     provider = coalesce($provider, provider), model = coalesce($model, model),
     input_tokens = input_tokens + $input, output_tokens = output_tokens + $output,
     context_tokens = CASE WHEN $context > 0 THEN $context ELSE context_tokens END
     WHERE key = $key AND last_run_id = $runId`,
  )
  const interrupt = sqlite.query(
    "UPDATE sessions SET status = 'aborted', ended_at = $at WHERE status = 'running'",
  )
  const archive = sqlite.query(
    `INSERT INTO archives (session_id, key, title, archived_at)
     SELECT session_id, key, title, $at FROM sessions WHERE key = $key`,
  )
  const restart = sqlite.query(
    `UPDATE sessions SET session_id = $sessionId, updated_at = $at, title = NULL, preview = NULL,
     input_tokens = 0, output_tokens = 0, context_tokens = 0, status = 'idle', started_at = NULL,
     ended_at = NULL WHERE key = $key`,
  )

  const where = ({ agentId, label, search, updatedSince }: SessionFilter) => {
    const parts: string[] = []
    const values: (string | number)[] = []
    const add = (sql: string, ...args: (string | number)[]) => {
      parts.push(sql)
      values.push(...args)
    }
    if (agentId) add("agent_id = ?", agentId)
    if (label) add("label = ?", label)
    if (updatedSince) add("updated_at >= ?", updatedSince)
    if (search) {
      const like = likePattern(search)
      add(
        `(key LIKE ? ESCAPE '\\' OR label LIKE ? ESCAPE '\\' OR title LIKE ? ESCAPE '\\')`,
        like,
        like,
        like,
      )
    }
    return { sql: parts.length ? `WHERE ${parts.join(" AND ")}` : "", values }
  }

  return {
    get: async (key) => byKey.get(key),
    byId: async (sessionId) => byId.get(sessionId),
    async list(filter) {
      const { sql, values } = where(filter)
      const sessions = sqlite
        .query<Session, (string | number)[]>(
          `SELECT ${columns} FROM sessions ${sql} ORDER BY updated_at DESC LIMIT ? OFFSET ?`,
        )
        .all(...values, filter.limit, filter.offset ?? 0)
      if (!values.length) return { sessions, total: total.get()!.value }
      const matching = sqlite
        .query<{ value: number }, (string | number)[]>(
          `SELECT count(*) AS value FROM sessions ${sql}`,
        )
        .get(...values)
      return { sessions, total: matching!.value }
    },
    count: async (agentId) => (agentId ? totalOfAgent.get(agentId) : total.get())!.value,
    async open(key, agentId, at) {
      const found = byKey.get(key)
      if (found) return found
      return db.write(() => {
        insert.run({ key, sessionId: randomUUID(), agentId, at })
        return byKey.get(key)!
      })
    },
    async append({ key, sessionId }, runId, messages) {
      return db.write(() => {
        let seq = lastSeq.get(sessionId)?.seq ?? 0
        const entries = messages.map((message): Entry => {
          const entry = { id: randomUUID(), seq: ++seq, runId, message }
          addEntry.run({
            sessionId,
            seq,
            id: entry.id,
            runId,
            at: message.timestamp,
            message: JSON.stringify(message),
          })
          return entry
        })
        const spoken = messages.findLast(
          (message) => message.role !== "toolResult" && textOf(message),
        )
        const asked = messages.find((message) => message.role === "user")
        if (spoken)
          touch.run({
            key,
            sessionId,
            at: spoken.timestamp,
            preview: shorten(textOf(spoken), 120),
            title: asked ? shorten(textOf(asked), 60) : null,
          })
        return entries
      })
    },
    history: async (sessionId, { limit, before }) =>
      newest
        .all(sessionId, before ?? Number.MAX_SAFE_INTEGER, limit)
        .reverse()
        .map(toEntry),
    ofRun: async (sessionId, runId) => entriesOfRun.all(runId, sessionId).map(toEntry),
    size: async (sessionId) => lastSeq.get(sessionId)?.seq ?? 0,
    async turnStarted(key, runId, at) {
      db.write(() => started.run({ key, runId, at }))
    },
    async turnEnded(key, { runId, status, at, provider, model, usage }) {
      db.write(() =>
        ended.run({
          key,
          runId,
          status,
          at,
          provider: provider ?? null,
          model: model ?? null,
          input: usage?.input ?? 0,
          output: usage?.output ?? 0,
          context: usage?.totalTokens ?? 0,
        }),
      )
    },
    async interruptAll(at) {
      db.write(() => interrupt.run({ at }))
    },
    async reset(key, at) {
      return db.write(() => {
        archive.run({ key, at })
        restart.run({ key, at, sessionId: randomUUID() })
        return byKey.get(key)
      })
    },
  }
}
