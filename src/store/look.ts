import { constants, Database as Sqlite } from "bun:sqlite"
import { closeSync, openSync, readSync, statSync } from "node:fs"

/** Opens a database that is not ours to write. Leaves no trace: a plain look makes a journal where there is none. */
export const openToLook = (path: string) =>
  isJournal(`${path}-wal`)
    ? new Sqlite(path, { readonly: true })
    : new Sqlite(
        `file:${encodeURI(path).replaceAll("?", "%3f").replaceAll("#", "%23")}?immutable=1`,
        constants.SQLITE_OPEN_READONLY | constants.SQLITE_OPEN_URI,
      )

/** In bytes; 0 when there is no such file. */
export const sizeOf = (path: string) => statSync(path, { throwIfNoEntry: false })?.size ?? 0

/** SQLite takes no notice of a file that does not begin like one of its own. */
export const isJournal = (path: string) =>
  sizeOf(path) > 0 && /^377f068[23]$/.test(headOf(path, 4, "hex"))

/** The first bytes of a file. */
export const headOf = (path: string, length: number, encoding: "latin1" | "hex" = "latin1") => {
  const file = openSync(path, "r")
  try {
    const head = Buffer.alloc(length)
    return head.subarray(0, readSync(file, head, 0, length, 0)).toString(encoding)
  } finally {
    closeSync(file)
  }
}
