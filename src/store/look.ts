import { constants, Database as Sqlite } from "bun:sqlite"
import { statSync } from "node:fs"

/** Opens a database that is not ours to write. Leaves no trace: a plain look makes a journal where there is none. */
export const openToLook = (path: string) =>
  sizeOf(`${path}-wal`)
    ? new Sqlite(path, { readonly: true })
    : new Sqlite(
        `file:${encodeURI(path).replaceAll("?", "%3f").replaceAll("#", "%23")}?immutable=1`,
        constants.SQLITE_OPEN_READONLY | constants.SQLITE_OPEN_URI,
      )

/** In bytes; 0 when there is no such file. */
export const sizeOf = (path: string) => statSync(path, { throwIfNoEntry: false })?.size ?? 0
