import type { Database, Migration } from "../store/database.ts"
import type { UiSession } from "./ui-session.ts"

/** Where sign-ins of browsers outlive the process. */
export interface UiSessionStore {
  all(): Promise<UiSession[]>
  /** Adds them, or writes down when they were last seen. */
  save(sessions: readonly UiSession[]): Promise<void>
  remove(ids: readonly string[]): Promise<void>
}

/** A restart that was granted, and what it was for. */
export interface RestartRecord {
  id: number
  reason: string
  sessionKey?: string
  note?: string
  requestedAt: number
  doneAt?: number
}

/** What is to be said after a restart outlives the process that was asked for it. */
export interface RestartStore {
  /** On the disk once this resolves. */
  add(restart: Omit<RestartRecord, "id" | "doneAt">): Promise<void>
  /** Granted and not done yet, the oldest first. */
  open(): Promise<RestartRecord[]>
  /** They are done; of those done before only the newest are kept. */
  finish(at: number): Promise<void>
  /** None of those open will be. */
  drop(): Promise<void>
  /** The newest that was done. */
  last(): Promise<RestartRecord | undefined>
}

export const migrations: Migration[] = [
  {
    id: "gateway.1",
    sql: `
      CREATE TABLE ui_sessions (
        id TEXT PRIMARY KEY,
        created_at INTEGER NOT NULL,
        seen_at INTEGER NOT NULL
      ) STRICT, WITHOUT ROWID;`,
  },
  {
    id: "gateway.2",
    sql: `
      CREATE TABLE restarts (
        id INTEGER PRIMARY KEY,
        reason TEXT NOT NULL,
        session_key TEXT,
        note TEXT,
        requested_at INTEGER NOT NULL,
        done_at INTEGER
      ) STRICT;`,
  },
]

/** Tables whose rows let someone in: a backup that holds no secrets goes without them. */
export const secretTables = ["ui_sessions"]

export const createUiSessionStore = (db: Database): UiSessionStore => {
  const { sqlite } = db
  const all = sqlite.query<UiSession, []>(
    "SELECT id, created_at AS createdAt, seen_at AS seenAt FROM ui_sessions",
  )
  const save = sqlite.query("INSERT OR REPLACE INTO ui_sessions VALUES ($id, $createdAt, $seenAt)")
  const remove = sqlite.query("DELETE FROM ui_sessions WHERE id = ?")
  return {
    all: async () => all.all(),
    async save(sessions) {
      db.write(() => sessions.forEach((session) => save.run({ ...session })))
    },
    async remove(ids) {
      db.write(() => ids.forEach((id) => remove.run(id)))
    },
  }
}

const restartsKept = 50

export const createRestartStore = (db: Database): RestartStore => {
  const { sqlite } = db
  const columns =
    "id, reason, session_key AS sessionKey, note, requested_at AS requestedAt, done_at AS doneAt"
  const add = sqlite.query("INSERT INTO restarts VALUES (NULL, ?, ?, ?, ?, NULL)")
  const open = sqlite.query<Row, []>(
    `SELECT ${columns} FROM restarts WHERE done_at IS NULL ORDER BY id`,
  )
  const last = sqlite.query<Row, []>(
    `SELECT ${columns} FROM restarts WHERE done_at IS NOT NULL ORDER BY id DESC LIMIT 1`,
  )
  const finish = sqlite.query("UPDATE restarts SET done_at = ? WHERE done_at IS NULL")
  const prune = sqlite.query("DELETE FROM restarts WHERE id <= (SELECT max(id) FROM restarts) - ?")
  const drop = sqlite.query("DELETE FROM restarts WHERE done_at IS NULL")
  return {
    async add({ reason, sessionKey, note, requestedAt }) {
      db.write(() => add.run(reason, sessionKey ?? null, note ?? null, requestedAt))
      await db.synced()
    },
    open: async () => open.all().map(toRecord),
    async finish(at) {
      db.write(() => {
        finish.run(at)
        prune.run(restartsKept)
      })
    },
    async drop() {
      db.write(() => drop.run())
    },
    async last() {
      const row = last.get()
      return row ? toRecord(row) : undefined
    },
  }
}

type Row = { [K in keyof RestartRecord]-?: Exclude<RestartRecord[K], undefined> | null }

const toRecord = (row: Row) =>
  Object.fromEntries(
    Object.entries(row).filter(([, value]) => value !== null),
  ) as unknown as RestartRecord
