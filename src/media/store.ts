import type { Database, Migration } from "../store/database.ts"

export const migrations: Migration[] = [
  {
    id: "media.1",
    sql: `
      CREATE TABLE media (
        id TEXT NOT NULL,
        session_key TEXT NOT NULL,
        mime_type TEXT NOT NULL,
        created_at INTEGER NOT NULL,
        PRIMARY KEY (id, session_key)
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX media_of_session ON media (session_key);
      CREATE INDEX media_by_age ON media (created_at);`,
  },
]

/** Which picture is whose. The bytes are files beside the database. */
export interface MediaStore {
  add(row: { id: string; sessionKey: string; mimeType: string; at: number }): Promise<void>
  find(id: string, sessionKey: string): Promise<{ mimeType: string } | null>
  share(from: string, to: string): Promise<void>
  /** Forgets those older than `before`, and the oldest beyond `most`; the ids nobody has any more. */
  prune(before: number, most: number): Promise<string[]>
  /** True when some session has it. */
  has(id: string): Promise<boolean>
}

export const createMediaStore = (db: Database): MediaStore => {
  const { sqlite } = db
  const insert = sqlite.query("INSERT INTO media VALUES ($id, $sessionKey, $mimeType, $at)")
  const find = sqlite.query<{ mimeType: string }, [string, string]>(
    "SELECT mime_type AS mimeType FROM media WHERE id = ? AND session_key = ?",
  )
  const share = sqlite.query(
    `INSERT OR IGNORE INTO media (id, session_key, mime_type, created_at)
     SELECT id, $to, mime_type, created_at FROM media WHERE session_key = $from`,
  )
  const old = sqlite.query<{ id: string }, [number, number]>(
    `DELETE FROM media WHERE created_at < ?1 OR created_at <
       coalesce((SELECT created_at FROM media ORDER BY created_at DESC LIMIT 1 OFFSET ?2), 0)
     RETURNING id`,
  )
  const known = sqlite.query<{ id: string }, [string]>("SELECT id FROM media WHERE id = ? LIMIT 1")

  return {
    async add(row) {
      db.write(() => insert.run(row))
    },
    find: async (id, sessionKey) => find.get(id, sessionKey),
    async share(from, to) {
      db.write(() => share.run({ from, to }))
    },
    prune: async (before, most) =>
      db.write(() => [...new Set(old.all(before, most).map(({ id }) => id))]),
    has: async (id) => known.get(id) !== null,
  }
}
