import type { Database, Migration } from "../store/database.ts"
import type { UiSession } from "./ui-session.ts"

/** Where sign-ins of browsers outlive the process. */
export interface UiSessionStore {
  all(): Promise<UiSession[]>
  /** Adds them, or writes down when they were last seen. */
  save(sessions: readonly UiSession[]): Promise<void>
  remove(ids: readonly string[]): Promise<void>
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
