import { randomBytes } from "node:crypto"
import {
  chmodSync,
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs"
import { dirname } from "node:path"

/** Makes a folder only its owner can enter, whatever the umask; an existing one is left as it is. */
export const privateFolder = (path: string) => {
  if (mkdirSync(path, { recursive: true, mode: 0o700 }) !== undefined) chmodSync(path, 0o700)
  return path
}

/**
 * Replaces a file in one step, readable by its owner only.
 * After a power cut there is the old file or the new one, never a part.
 */
export const writeFileAtomic = (path: string, data: string | Uint8Array, mode = 0o600) => {
  privateFolder(dirname(path))
  const temporary = `${path}.${process.pid}.${randomBytes(4).toString("hex")}.tmp`
  const file = openSync(temporary, "wx", mode)
  try {
    const bytes = typeof data === "string" ? Buffer.from(data) : data
    for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at)
    fsyncSync(file)
    closeSync(file)
    chmodSync(temporary, mode)
    renameSync(temporary, path)
  } catch (error) {
    rmSync(temporary, { force: true })
    throw error
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
