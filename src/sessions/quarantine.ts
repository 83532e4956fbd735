import { Database as Sqlite } from "bun:sqlite"
import { existsSync } from "node:fs"
import { openToLook } from "../store/look.ts"
import type { Database } from "../store/database.ts"

/** What of a session cannot be read: its overrides, without which it must not answer, or some messages. */
export type Damage = "overrides" | "messages"

export interface Repaired {
  key: string
  damage: Damage
}

/** Keeps copies of rows that cannot be read, and marks the session they are of. */
export interface Quarantine {
  entries(rows: readonly { sessionId: string; seq: number }[]): void
  overrides(key: string): void
  damaged(): Repaired[]
  /** Takes what cannot be read out of the session; the copies stay. Which sessions were mended. */
  repair(key?: string): Repaired[]
}

export const createQuarantine = (db: Pick<Database, "sqlite" | "write">): Quarantine => {
  const { sqlite } = db
  const moment = "CAST(unixepoch('subsec') * 1000 AS INTEGER)"
  const keepEntry = sqlite.query(
    `INSERT OR IGNORE INTO quarantine (session_id, seq, key, content, found_at)
     SELECT e.session_id, e.seq, coalesce(s.key, a.key, ''), e.message, ${moment} FROM entries e
     LEFT JOIN sessions s ON s.session_id = e.session_id
     LEFT JOIN archives a ON a.session_id = e.session_id
     WHERE e.session_id = $sessionId AND e.seq = $seq`,
  )
  const keepOverrides = sqlite.query(
    `INSERT OR REPLACE INTO quarantine (session_id, seq, key, content, found_at)
     SELECT session_id, 0, key, overrides, ${moment} FROM sessions WHERE key = $key`,
  )
  const markEntries = sqlite.query<unknown, [string]>(
    "UPDATE sessions SET damage = 'messages' WHERE session_id = ? AND damage IS NULL",
  )
  const markOverrides = sqlite.query<unknown, [string]>(
    "UPDATE sessions SET damage = 'overrides' WHERE key = ?",
  )
  const damaged = sqlite.query<Repaired & { sessionId: string }, []>(
    "SELECT key, damage, session_id AS sessionId FROM sessions WHERE damage IS NOT NULL",
  )
  const dropEntries = sqlite.query<unknown, [string]>(
    `DELETE FROM entries WHERE session_id = ?1 AND seq IN (
       SELECT seq FROM quarantine WHERE session_id = ?1 AND seq > 0 AND content = entries.message
     )`,
  )
  const mend = sqlite.query<unknown, [string]>(
    `UPDATE sessions SET overrides = CASE damage WHEN 'overrides' THEN '{}' ELSE overrides END,
     damage = NULL WHERE key = ?`,
  )

  return {
    entries(rows) {
      db.write(() => {
        for (const { sessionId, seq } of rows) keepEntry.run({ sessionId, seq })
        for (const sessionId of new Set(rows.map((row) => row.sessionId)))
          markEntries.run(sessionId)
      })
    },
    overrides(key) {
      db.write(() => {
        keepOverrides.run({ key })
        markOverrides.run(key)
      })
    },
    damaged: () => damaged.all().map(({ key, damage }) => ({ key, damage })),
    repair: (key) =>
      db.write(() => {
        const found = damaged.all().filter((one) => !key || one.key === key)
        for (const one of found) {
          dropEntries.run(one.sessionId)
          mend.run(one.key)
        }
        return found.map(({ key, damage }) => ({ key, damage }))
      }),
  }
}

/** Looks into the file, whether a gateway has it open or not. */
export const damagedIn = (path: string): Repaired[] => {
  if (!existsSync(path)) return []
  const sqlite = openToLook(path)
  try {
    const known = sqlite.query("SELECT 1 FROM migrations WHERE id = 'sessions.3'").get()
    if (!known) return []
    return sqlite
      .query<Repaired, []>(
        `SELECT key, coalesce(damage, 'overrides') AS damage FROM sessions
         WHERE damage IS NOT NULL OR NOT json_valid(overrides)`,
      )
      .all()
  } finally {
    sqlite.close(false)
  }
}

/** Mends what is in the file; a gateway that has it open reads it anew. */
export const repairIn = (path: string) => {
  const sqlite = new Sqlite(path, { strict: true })
  try {
    sqlite.run("PRAGMA busy_timeout = 5000")
    const write = <T>(work: () => T): T => sqlite.transaction(work).immediate()
    const quarantine = createQuarantine({ sqlite, write })
    for (const { key, damage } of damagedIn(path))
      if (damage === "overrides") quarantine.overrides(key)
    quarantine.repair()
  } finally {
    sqlite.close(false)
  }
}
