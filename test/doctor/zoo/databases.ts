import { Database as Sqlite } from "bun:sqlite"
import { chmodSync, closeSync, copyFileSync, openSync, rmSync, writeSync } from "node:fs"
import type { Case } from "./case.ts"

const corrupt = (path: string, at: number, bytes: string) => {
  const file = openSync(path, "r+")
  writeSync(file, bytes, at)
  closeSync(file)
}

const database = ".fased/fased.db"
const aside = `${database}.damaged-1`

export const databases: readonly Case[] = [
  {
    name: "a database with a broken header, left alone without --force",
    break: ({ at }) => corrupt(at(database), 0, "not a database!!"),
    finds: ["store.database"],
    says: ["it is no database", "begin an empty one"],
  },
  {
    name: "a database with a broken header",
    break: ({ at }) => corrupt(at(database), 0, "not a database!!"),
    finds: ["store.database"],
    force: true,
    changes: [database, aside],
  },
  {
    name: "a database with a broken page, and a copy from before an upgrade",
    break({ at }) {
      copyFileSync(at(database), at(`${database}.before-2`))
      chmodSync(at(`${database}.before-2`), 0o600)
      corrupt(at(database), 4096 + 3, "\xff\xff\xff\xff\xff\xff\xff\xff")
    },
    finds: ["store.database"],
    says: ["before-2"],
    force: true,
    changes: [database, aside],
  },
  {
    name: "a database whose journal is none",
    break: ({ write }) => write(`${database}-wal`, "garbage in the journal"),
    finds: ["store.database"],
    says: ["journal"],
    force: true,
    changes: [`${database}-wal`, `${aside}-wal`],
  },
  {
    name: "a database of a newer version",
    break({ at }) {
      const sqlite = new Sqlite(at(database))
      sqlite.run("INSERT INTO migrations VALUES ('future.1', 0)")
      sqlite.run("PRAGMA journal_mode = DELETE")
      sqlite.close()
    },
    finds: ["store.database"],
    says: ["newer fased"],
  },
  {
    name: "a database of something else",
    break({ at }) {
      rmSync(at(database))
      const sqlite = new Sqlite(at(database))
      sqlite.run("CREATE TABLE songs (title TEXT)")
      sqlite.close()
      chmodSync(at(database), 0o600)
    },
    finds: ["store.database"],
    says: ["not a database of fased"],
  },
]
