import { afterEach, beforeEach, describe, expect, test } from "bun:test"
import { Database as Sqlite } from "bun:sqlite"
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Database, type Migration } from "../../src/store/database.ts"

let folder: string
let path: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "fased-store-"))
  path = join(folder, "state", "fased.db")
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const first: Migration = { id: "notes.1", sql: "CREATE TABLE notes (text TEXT NOT NULL) STRICT" }
const second: Migration = { id: "notes.2", sql: "ALTER TABLE notes ADD COLUMN at INTEGER" }
const broken: Migration = { id: "notes.3", sql: "CREATE TABLE extra (x) STRICT, NONSENSE" }

const withDatabase = <T>(migrations: Migration[], work: (db: Database) => T): T => {
  const db = new Database(path, migrations)
  try {
    return work(db)
  } finally {
    db.close()
  }
}
const add = (text: string) => (db: Database) =>
  db.write(() => db.sqlite.query("INSERT INTO notes (text) VALUES (?)").run(text))
const texts = (db: Database) =>
  db.sqlite
    .query<{ text: string }, []>("SELECT text FROM notes")
    .all()
    .map(({ text }) => text)
const files = () => readdirSync(join(folder, "state")).sort()

describe("migrations", () => {
  test("are applied once, in order, and a fresh database needs no copy", () => {
    withDatabase([first, second], add("a"))
    expect(withDatabase([first, second], texts)).toEqual(["a"])
    expect(files()).toEqual(["fased.db"])
  })

  test("keep a whole copy of the file as it was before", () => {
    withDatabase([first], add("before"))
    withDatabase([first, second], add("after"))
    expect(files()).toEqual(["fased.db", "fased.db.before-1"])
    const copy = new Sqlite(`${path}.before-1`, { readonly: true })
    expect(copy.query("SELECT * FROM notes").all()).toEqual([{ text: "before" }])
    expect(copy.query("PRAGMA integrity_check").get()).toEqual({ integrity_check: "ok" })
    copy.close()
    expect(statSync(`${path}.before-1`).mode & 0o777).toBe(0o600)
  })

  test("do not take an unfinished copy for a whole one", () => {
    withDatabase([first], add("before"))
    writeFileSync(`${path}.before-1.tmp`, "half of it")
    withDatabase([first, second], add("after"))
    expect(files()).toEqual(["fased.db", "fased.db.before-1"])
    const copy = new Sqlite(`${path}.before-1`, { readonly: true })
    expect(copy.query("SELECT text FROM notes").all()).toEqual([{ text: "before" }])
    copy.close()
  })

  test("are all or none: after a broken one the old version opens the file again", () => {
    withDatabase([first], add("kept"))
    const open = () => new Database(path, [first, second, broken])
    expect(open).toThrow(expect.objectContaining({ code: "store.unreadable" }))
    expect(withDatabase([first], texts)).toEqual(["kept"])
  })

  test("of a newer version are not touched: the fault says what to do", () => {
    withDatabase([first, second], add("new"))
    const open = () => new Database(path, [first])
    expect(open).toThrow(
      expect.objectContaining({
        code: "store.newer",
        message: `The database ${path} was written by a newer fased (schema 2, this one knows 1).`,
        hint: expect.stringContaining("Install the newer version again"),
      }),
    )
    expect(withDatabase([first, second], texts)).toEqual(["new"])
  })
})

describe("a file that cannot be used", () => {
  test.each([
    [
      "is no database",
      () => writeFileSync(path, "this is text, and long enough to be looked at ".repeat(40)),
    ],
    ["is cut in the middle", () => writeFileSync(path, readable().subarray(0, 5_000))],
  ])("and %s is a fault that names it", (_, spoil) => {
    withDatabase([first], (db) => {
      for (let at = 0; at < 200; at++) add("x".repeat(100))(db)
    })
    spoil()
    expect(() => withDatabase([first], texts)).toThrow(
      expect.objectContaining({ code: "store.unreadable", message: expect.stringContaining(path) }),
    )
  })
  const readable = () => {
    const db = new Sqlite(path)
    const bytes = db.serialize()
    db.close()
    return bytes
  }
})

test("a write is all or nothing", () => {
  withDatabase([first], (db) => {
    const failing = () =>
      db.write(() => {
        add("inner")(db)
        throw new Error("changed my mind")
      })
    expect(failing).toThrow("changed my mind")
    expect(texts(db)).toEqual([])
    db.write(() => (add("one")(db), add("two")(db)))
    expect(texts(db)).toEqual(["one", "two"])
  })
})

test("a full disk is store.disk-full, leaves nothing half-written, and works again with room", () => {
  withDatabase([first], (db) => {
    add("before")(db)
    const { page_count: pages } = db.sqlite
      .query<{ page_count: number }, []>("PRAGMA page_count")
      .get()!
    db.sqlite.run(`PRAGMA max_page_count = ${pages + 2}`)
    const much = () =>
      db.write(() => {
        for (let at = 0; at < 100; at++) add("x".repeat(1_000))(db)
      })
    expect(much).toThrow(expect.objectContaining({ code: "store.disk-full", status: 507 }))
    expect(texts(db)).toEqual(["before"])
    expect(db.sqlite.inTransaction).toBe(false)
    expect(db.sqlite.query("PRAGMA synchronous").get()).toEqual({ synchronous: 1 })
    db.sqlite.run("PRAGMA max_page_count = 100000")
    much()
    expect(texts(db)).toHaveLength(101)
  })
})

test("a database in memory has nothing to sync", async () => {
  const db = new Database(":memory:", [first])
  await db.synced()
  db.close()
})

test("what was promised outlives a process that dies right after", async () => {
  const script = join(folder, "promise.ts")
  const source = join(import.meta.dir, "..", "..", "src", "store", "database.ts")
  writeFileSync(
    script,
    `import { Database } from ${JSON.stringify(source)}
     const db = new Database(${JSON.stringify(path)}, [${JSON.stringify(first)}])
     db.write(() => db.sqlite.query("INSERT INTO notes VALUES ('promised')").run())
     await db.synced()
     process.kill(process.pid, "SIGKILL")`,
  )
  const child = Bun.spawn([process.execPath, script], { stdout: "ignore", stderr: "inherit" })
  await child.exited
  expect(withDatabase([first], texts)).toEqual(["promised"])
})

test("closes on a full disk all the same", () => {
  const db = new Database(path, [first])
  db.sqlite.run("PRAGMA max_page_count = 1")
  db.close()
  expect(files()).toEqual(["fased.db"])
})
