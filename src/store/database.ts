import { Database as Sqlite } from "bun:sqlite"
import { chmodSync, existsSync } from "node:fs"
import { dirname } from "node:path"
import { service } from "../kernel/service.ts"
import { diskFull, storeNewer, storeUnreadable } from "./faults.ts"
import { privateFolder } from "./files.ts"

/** One step of the schema. A folder that keeps tables exports its steps; `app.ts` puts them in order. */
export interface Migration {
  /** `<folder>.<n>`, never renamed. */
  id: string
  sql: string
}

/** The instance's one SQLite file. SQL lives in each folder's `store.ts` only. */
export class Database {
  readonly sqlite: Sqlite
  readonly path: string

  constructor(path: string, migrations: readonly Migration[]) {
    this.path = path
    if (path !== ":memory:") privateFolder(dirname(path))
    try {
      this.sqlite = new Sqlite(path, { create: true, strict: true })
      if (path !== ":memory:") chmodSync(path, 0o600)
      this.sqlite.run("PRAGMA busy_timeout = 5000")
      this.sqlite.run("PRAGMA journal_mode = WAL")
      this.sqlite.run("PRAGMA synchronous = NORMAL")
      this.sqlite.run("PRAGMA foreign_keys = ON")
      this.sqlite.run("PRAGMA cache_size = -8000")
    } catch (error) {
      throw storeUnreadable({ path, reason: (error as Error).message }, error)
    }
    this.#migrate(migrations)
  }

  /** Runs `work` in an IMMEDIATE transaction: all of it or none. */
  write<T>(work: () => T): T {
    try {
      return this.sqlite.transaction(work).immediate()
    } catch (error) {
      throw this.#explain(error)
    }
  }

  /** Like `write`, and on the disk platter when it returns: for what was promised to someone outside. */
  durable<T>(work: () => T): T {
    if (this.sqlite.inTransaction) return work()
    this.sqlite.run("PRAGMA synchronous = FULL")
    try {
      return this.write(work)
    } finally {
      this.sqlite.run("PRAGMA synchronous = NORMAL")
    }
  }

  close() {
    this.sqlite.run("PRAGMA optimize")
    this.sqlite.close(false)
  }

  #explain(error: unknown) {
    const code = (error as { code?: string }).code
    return code === "SQLITE_FULL" || code === "SQLITE_IOERR_WRITE"
      ? diskFull({ path: this.path }, error)
      : error
  }

  /** Applies what is new, after keeping a copy of the file as it was. */
  #migrate(migrations: readonly Migration[]) {
    const db = this.sqlite
    db.run(
      "CREATE TABLE IF NOT EXISTS migrations (id TEXT PRIMARY KEY, applied_at INTEGER NOT NULL) STRICT",
    )
    const applied = new Set(
      db
        .query<{ id: string }, []>("SELECT id FROM migrations")
        .all()
        .map((row) => row.id),
    )
    const known = new Set(migrations.map((step) => step.id))
    if ([...applied].some((id) => !known.has(id)))
      throw storeNewer({ path: this.path, found: applied.size, known: known.size })
    const pending = migrations.filter((step) => !applied.has(step.id))
    if (!pending.length) return
    if (applied.size && this.path !== ":memory:") this.#keepCopy(applied.size)
    this.write(() => {
      for (const step of pending) {
        db.run(step.sql)
        db.query("INSERT INTO migrations VALUES (?, ?)").run(step.id, Date.now())
      }
    })
  }

  #keepCopy(version: number) {
    const copy = `${this.path}.before-${version}`
    if (existsSync(copy)) return
    this.sqlite.query("VACUUM INTO ?").run(copy)
    chmodSync(copy, 0o600)
  }
}

export const Store = service<Database>("store")
