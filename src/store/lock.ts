import { Database as Sqlite } from "bun:sqlite"
import { readFileSync, rmSync } from "node:fs"
import { join } from "node:path"
import { stateInUse, storeUnreadable } from "./faults.ts"
import { privateFile, writeFileAtomic } from "./files.ts"

/** Who holds an instance's state folder, for others to read. */
export interface Holder {
  pid: number
  port: number
  /** `ws://` or `wss://` */
  url: string
  /** SHA-256 of the certificate it serves, where it serves one. */
  tlsFingerprint?: string
  version: string
  startedAt: number
}

/** Where the running gateway notes what it is. */
export const holderNote = (state: string) => join(state, "gateway.json")

/** What the running gateway wrote about itself. Says nothing about whether it still runs. */
export const readHolder = (state: string): Holder | undefined => {
  try {
    return JSON.parse(readFileSync(holderNote(state), "utf8"))
  } catch {
    return undefined
  }
}

/**
 * Takes the state folder for this process, or throws `store.state-in-use`.
 * SQLite's file lock does it: the kernel frees it when the process dies, so it is never stale.
 */
export const lockState = (state: string) => {
  const lock = take(state)
  return {
    /** Tells other processes where this one listens. */
    announce: (holder: Holder) => writeFileAtomic(holderNote(state), `${JSON.stringify(holder)}\n`),
    release() {
      rmSync(holderNote(state), { force: true })
      lock.close(false)
    },
  }
}

export type StateLock = ReturnType<typeof lockState>

const take = (state: string) => {
  const path = join(state, "gateway.lock")
  const lock = holdFile(path)
  if (lock) return lock
  const holder = readHolder(state)
  throw stateInUse({ state, pid: holder?.pid, url: holder?.url })
}

/** Keeps a lock on a file until it is closed or this process dies; nothing when another has it. */
export const holdFile = (path: string) => {
  let lock: Sqlite | undefined
  try {
    lock = new Sqlite(privateFile(path))
    lock.run("PRAGMA busy_timeout = 0")
    lock.run("PRAGMA journal_mode = OFF")
    lock.run("BEGIN EXCLUSIVE")
    return lock
  } catch (error) {
    lock?.close(false)
    const { code, message } = error as { code?: string; message: string }
    if (code !== "SQLITE_BUSY") throw storeUnreadable({ path, reason: message }, error)
    return undefined
  }
}
