import type { Database } from "../store/database.ts"

/** What tasks remember beside themselves from one start to the next. */
export interface Notes {
  /** Null when nothing was noted under that name. */
  read(name: string): string | null
  write(name: string, value: string): void
}

export const createNotes = (db: Database): Notes => {
  const read = db.sqlite.query<{ value: string }, [string]>(
    "SELECT value FROM cron_notes WHERE name = ?",
  )
  const write = db.sqlite.query(
    `INSERT INTO cron_notes (name, value) VALUES ($name, $value)
     ON CONFLICT (name) DO UPDATE SET value = $value`,
  )
  return {
    read: (name) => read.get(name)?.value ?? null,
    write: (name, value) => void db.write(() => write.run({ name, value })),
  }
}
