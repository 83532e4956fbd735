import { Database as Sqlite } from "bun:sqlite"
import { storeUnreadable } from "./faults.ts"
import { privateFile } from "./files.ts"

/**
 * Writes the database as it is at this moment to another file; whoever works with it goes on.
 * Rows of the tables in `without` are left out, and nothing of them stays in the file.
 */
export const snapshot = (database: string, into: string, without: readonly string[] = []) => {
  const live = new Sqlite(database, { readonly: true })
  try {
    live.run("PRAGMA busy_timeout = 5000")
    live.query("VACUUM INTO ?").run(privateFile(into))
  } catch (error) {
    throw storeUnreadable({ path: database, reason: (error as Error).message }, error)
  } finally {
    live.close(false)
  }
  const copy = new Sqlite(into)
  try {
    copy.run("PRAGMA journal_mode = DELETE")
    copy.run("PRAGMA secure_delete = ON")
    const known = new Set(tablesIn(copy))
    for (const table of without) if (known.has(table)) copy.run(`DELETE FROM ${table}`)
    requireSound(copy, into)
  } finally {
    copy.close(false)
  }
}

/** The ids of the schema steps a database has, or the fault that says why it cannot be told. */
export const checkDatabase = (path: string): string[] => {
  const sqlite = new Sqlite(path, { readonly: true })
  try {
    requireSound(sqlite, path)
    if (!tablesIn(sqlite).includes("migrations"))
      throw storeUnreadable({ path, reason: "it is not a database of fased" })
    return sqlite
      .query<{ id: string }, []>("SELECT id FROM migrations")
      .all()
      .map(({ id }) => id)
  } finally {
    sqlite.close(false)
  }
}

const tablesIn = (sqlite: Sqlite) =>
  sqlite
    .query<{ name: string }, []>("SELECT name FROM sqlite_schema WHERE type = 'table'")
    .all()
    .map(({ name }) => name)

const requireSound = (sqlite: Sqlite, path: string) => {
  const verdict = sqlite.query<{ quick_check: string }, []>("PRAGMA quick_check(1)").get()
  if (verdict?.quick_check !== "ok")
    throw storeUnreadable({ path, reason: verdict?.quick_check ?? "it is damaged" })
}
