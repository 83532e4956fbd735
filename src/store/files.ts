import { randomBytes } from "node:crypto"
import {
  chmodSync,
  closeSync,
  fchmodSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs"
import { dirname } from "node:path"
import { diskFull } from "./faults.ts"

/** Makes a folder only its owner can enter, whatever the umask; an existing one is left as it is. */
export const privateFolder = (path: string) => {
  if (mkdirSync(path, { recursive: true, mode: 0o700 }) !== undefined) chmodSync(path, 0o700)
  return path
}

/**
 * Makes an empty file only its owner can read, in a folder only its owner can enter; one that is
 * there is closed to others. It is not opened then: closing it again would let go of any lock that
 * this process has on it.
 */
export const privateFile = (path: string) => {
  privateFolder(dirname(path))
  try {
    closeSync(openSync(path, "wx", 0o600))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error
  }
  chmodSync(path, 0o600)
  return path
}

/**
 * Replaces a file in one step, readable by its owner only.
 * After a power cut there is the old file or the new one, never a part.
 */
export const writeFileAtomic = (path: string, data: string | Uint8Array, mode = 0o600) =>
  replaceFile(path, mode, (file) => {
    const bytes = typeof data === "string" ? Buffer.from(data) : data
    writeAll(file, bytes)
  })

/** The same with what another file holds, however much that is. */
export const copyFileAtomic = (from: string, path: string, mode = 0o600) =>
  replaceFile(path, mode, (file) => readPieces(from, (piece) => writeAll(file, piece)))

const writeAll = (file: number, bytes: Uint8Array) => {
  for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at)
}

const pieceBytes = 1_048_576

/** Goes through a file without holding all of it. */
export const readPieces = (path: string, each: (piece: Uint8Array) => void) => {
  const file = openSync(path, "r")
  try {
    const piece = Buffer.alloc(pieceBytes)
    for (let length; (length = readSync(file, piece)) > 0;) each(piece.subarray(0, length))
  } finally {
    closeSync(file)
  }
}

const replaceFile = (path: string, mode: number, write: (file: number) => void) => {
  privateFolder(dirname(path))
  const temporary = `${path}.${process.pid}.${randomBytes(4).toString("hex")}.tmp`
  const file = openSync(temporary, "wx", mode)
  try {
    write(file)
    fchmodSync(file, mode)
    fsyncSync(file)
    renameSync(temporary, path)
  } catch (error) {
    rmSync(temporary, { force: true })
    const { code } = error as NodeJS.ErrnoException
    throw code === "ENOSPC" || code === "EDQUOT" ? diskFull({ path }, error) : error
  } finally {
    closeSync(file)
  }
  syncFolder(dirname(path))
}

/** Makes a rename in a folder survive a power cut. */
const syncFolder = (path: string) => {
  const folder = openSync(path, "r")
  try {
    fsyncSync(folder)
  } finally {
    closeSync(folder)
  }
}
