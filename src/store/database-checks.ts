import { copyFileSync, existsSync, readdirSync, renameSync, statSync } from "node:fs"
import { constants as files } from "node:fs"
import { basename, dirname, join } from "node:path"
import { Paths } from "../config/paths.ts"
import { check } from "../kernel/check.ts"
import { service } from "../kernel/service.ts"
import { privateFile } from "./files.ts"
import { lockState, readHolder } from "./lock.ts"
import { headOf, isJournal, openToLook, sizeOf } from "./look.ts"

/** The schema steps this binary knows, as `app.ts` lists them. */
export const KnownSteps = service<readonly string[]>("known schema steps")

interface Damage {
  path: string
  problem: "damaged" | "newer" | "journal"
  reason: string
  /** The newest copy kept before an upgrade that is whole and that this binary can use. */
  copy?: string
}

/** The gateway has it open and would know; from outside it is only read. */
export const databaseWhole = check({
  id: "store.database",
  title: "The database is whole, and of this version",
  severity: "error",
  here: true,
  needs: { paths: Paths, known: KnownSteps },
  detect({ paths, known }): Damage | null {
    const { database: path, state } = paths
    if (!existsSync(path) || readHolder(state)?.pid === process.pid) return null
    const verdict = judge(path, known)
    if (verdict === "ok") return null
    const copy =
      verdict.problem === "journal"
        ? undefined
        : copiesOf(path).find((one) => judge(one, known) === "ok")
    return { path, ...verdict, ...(copy && { copy }) }
  },
  explain: ({ path, problem, reason }) => explanations[problem](path, reason),
  next: ({ problem }) =>
    problem === "newer"
      ? "Install the newer version again: fased update"
      : "Restore a backup, if you have one: fased backup restore <file>",
  fix: {
    aggressive: true,
    describe: ({ path, copy, problem }) => {
      const aside = `Set it aside as ${asideOf(path)}`
      if (problem === "journal") return `${aside}-wal, and go on with what is in the database.`
      if (copy)
        return `${aside} and go on with ${copy}, of ${dayOf(copy)}. What came after that day is only in the one set aside.`
      return problem === "damaged"
        ? `${aside} and begin an empty one. Conversations and paired devices are only in the one set aside.`
        : undefined
    },
    touches: ({ path }) => parts.flatMap((part) => [path + part, asideOf(path) + part]),
    apply({ path, copy, problem }, { paths }) {
      // Nobody has it open while we hold this.
      const lock = lockState(paths.state)
      try {
        const aside = asideOf(path)
        for (const part of problem === "journal" ? journalParts : parts)
          if (existsSync(path + part)) renameSync(path + part, aside + part)
        if (copy) copyFileSync(copy, privateFile(path), files.COPYFILE_FICLONE)
      } finally {
        lock.release()
      }
    },
  },
})

const journalParts = ["-wal", "-shm"]
const parts = ["", ...journalParts]

const explanations = {
  newer: (path: string, reason: string) =>
    `The database ${path} was written by a newer fased (${reason}), so this one does not start with it.`,
  damaged: (path: string, reason: string) =>
    `The database ${path} is damaged (${reason}); the gateway cannot work with it.`,
  journal: (path: string, reason: string) =>
    `The journal ${path}-wal is damaged (${reason}): what was written last is lost.`,
}

type Verdict = "ok" | { problem: Damage["problem"]; reason: string }

const damaged = (reason: string): Verdict => ({ problem: "damaged", reason })

const judge = (path: string, known: readonly string[]): Verdict => {
  const stats = statSync(path)
  if (!stats.isFile()) return damaged("it is no file")
  if (!stats.size) return "ok" // what SQLite makes of a new one before anything is in it
  if (headOf(path, 16) !== "SQLite format 3\0") return damaged("it is no database")
  const journal = `${path}-wal`
  const isJournalBroken = sizeOf(journal) > 0 && !isJournal(journal)
  if (isJournalBroken) return { problem: "journal", reason: "it does not begin like one" }
  try {
    return inspect(path, known)
  } catch (error) {
    return damaged((error as Error).message)
  }
}

/** Every page is looked at; of a bigger one that takes too long for a look. */
const mostBytes = 512_000_000

const inspect = (path: string, known: readonly string[]): Verdict => {
  const sqlite = openToLook(path)
  try {
    sqlite.run("PRAGMA busy_timeout = 2000")
    if (sizeOf(path) <= mostBytes) {
      const row = sqlite.query<{ quick_check: string }, []>("PRAGMA quick_check(1)").get()
      if (row?.quick_check !== "ok") return damaged(firstOf(row?.quick_check))
    }
    const tables = sqlite
      .query<{ name: string }, []>("SELECT name FROM sqlite_schema WHERE type = 'table'")
      .all()
      .map(({ name }) => name)
    if (!tables.length) return "ok"
    if (!tables.includes("migrations")) return damaged("it is not a database of fased")
    const steps = sqlite.query<{ id: string }, []>("SELECT id FROM migrations").all()
    const unknown = steps.filter(({ id }) => !known.includes(id))
    return unknown.length
      ? { problem: "newer", reason: `schema ${steps.length}, this one knows ${known.length}` }
      : "ok"
  } finally {
    sqlite.close(false)
  }
}

/** `*** in database main ***` goes before what is wrong in it. */
const firstOf = (verdict = "it cannot be checked") =>
  verdict.replace(/^\*{3}.*\*{3}\s*/, "").split("\n", 1)[0]!

/** Copies kept before an upgrade, the newest first. */
const copiesOf = (path: string) =>
  readdirSync(dirname(path))
    .filter((name) => /^\.before-\d+$/.test(name.slice(basename(path).length)))
    .filter((name) => name.startsWith(basename(path)))
    .toSorted((a, b) => stepsIn(b) - stepsIn(a))
    .map((name) => join(dirname(path), name))

const stepsIn = (name: string) => Number(name.split("-").at(-1))

const dayOf = (path: string) => new Date(statSync(path).mtimeMs).toLocaleDateString("sv")

/** A name nothing has yet. */
const asideOf = (path: string) => {
  for (let count = 1; ; count++)
    if (!existsSync(`${path}.damaged-${count}`)) return `${path}.damaged-${count}`
}
