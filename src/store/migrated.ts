import { Database as Sqlite } from "bun:sqlite"
import { existsSync, renameSync } from "node:fs"

/** How many schema steps the database has; nothing when there is no database yet. */
export const stepsApplied = (database: string): number | undefined => {
  if (!existsSync(database)) return undefined
  const sqlite = new Sqlite(database, { readonly: true })
  try {
    sqlite.run("PRAGMA busy_timeout = 5000")
    return sqlite.query<{ steps: number }, []>("SELECT count(*) AS steps FROM migrations").get()!
      .steps
  } finally {
    sqlite.close(false)
  }
}

/**
 * Puts the copy kept before an upgrade back in the database's place and keeps the upgraded one as
 * `fased.db.after-<steps>`. Nothing may have the database open. False when there is no such copy.
 */
export const putBackCopy = (database: string, steps: number) => {
  const copy = `${database}.before-${steps}`
  if (!existsSync(copy)) return false
  for (const part of ["", "-wal", "-shm"])
    if (existsSync(database + part))
      renameSync(database + part, `${database}.after-${steps}${part}`)
  renameSync(copy, database)
  return true
}
