import { Database as Sqlite } from "bun:sqlite"
import { renameSync, rmSync } from "node:fs"
import { service } from "../kernel/service.ts"
import { diskFull, storeNewer, storeUnreadable } from "./faults.ts"
import { Fault } from "../kernel/fault.ts"
import { privateFile } from "./files.ts"
import { Syncer } from "./sync.ts"

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
  readonly #log: Syncer | undefined
  /** Made once: making one takes longer than many a write. */
  readonly #transaction: { immediate(work: () => unknown): unknown }

  constructor(path: string, migrations: readonly Migration[]) {
    this.path = path
    this.#log = path === inMemory ? undefined : new Syncer(`${path}-wal`)
    let sqlite: Sqlite | undefined
    try {
      sqlite = new Sqlite(path === inMemory ? path : privateFile(path), {
        create: true,
        strict: true,
      })
      this.sqlite = sqlite
      this.#transaction = sqlite.transaction((work: () => unknown) => work())
      sqlite.run("PRAGMA busy_timeout = 5000")
      // Counts for a database that is made now; it can then give room back bit by bit.
      sqlite.run("PRAGMA auto_vacuum = INCREMENTAL")
      sqlite.run("PRAGMA journal_mode = WAL")
      sqlite.run("PRAGMA synchronous = NORMAL")
      sqlite.run("PRAGMA foreign_keys = ON")
      sqlite.run("PRAGMA cache_size = -8000")
      this.#migrate(migrations)
    } catch (error) {
      sqlite?.close(false)
      const explained = this.#explain(error)
      if (explained instanceof Fault) throw explained
      throw storeUnreadable({ path, reason: (error as Error).message }, error)
    }
  }

  /** Runs `work` in an IMMEDIATE transaction: all of it or none. */
  write<T>(work: () => T): T {
    try {
      return this.#transaction.immediate(work) as T
    } catch (error) {
      throw this.#explain(error)
    }
  }

  /**
   * Resolves once everything written before is on the disk platter: for what is promised to someone
   * outside. A commit is in the write-ahead log by then; syncing that file makes it outlast a power cut.
   */
  async synced(): Promise<void> {
    try {
      await this.#log?.synced()
    } catch (error) {
      throw this.#explain(error)
    }
  }

  close() {
    try {
      this.sqlite.run("PRAGMA optimize")
    } catch {
      // Statistics for the next run; a full disk must not keep this one from ending.
    }
    this.#log?.close()
    this.sqlite.close(false)
  }

  #explain(error: unknown) {
    const code = (error as { code?: string }).code ?? ""
    return noRoom.has(code) ? diskFull({ path: this.path }, error) : error
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
    if (applied.size && this.path !== inMemory) this.#keepCopy(applied.size)
    this.write(() => {
      for (const step of pending) {
        db.run(step.sql)
        db.query("INSERT INTO migrations VALUES (?, ?)").run(step.id, Date.now())
      }
    })
  }

  /**
   * `fased.db.before-<steps>`: whole when it has that name, however the process ends. One that is
   * there is from an upgrade that was taken back since, and older than what is about to be changed.
   */
  #keepCopy(steps: number) {
    const copy = `${this.path}.before-${steps}`
    const unfinished = `${copy}.tmp`
    rmSync(unfinished, { force: true })
    this.sqlite.query("VACUUM INTO ?").run(privateFile(unfinished))
    renameSync(unfinished, copy)
  }
}

export const Store = service<Database>("store")

const inMemory = ":memory:"

/** How SQLite says that the disk, or the quota, is full. */
const noRoom: ReadonlySet<string> = new Set([
  "SQLITE_FULL",
  "SQLITE_IOERR_WRITE",
  "SQLITE_IOERR_SHMSIZE",
])
