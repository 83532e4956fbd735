import {
  chmodSync,
  chownSync,
  closeSync,
  copyFileSync,
  existsSync,
  fsyncSync,
  linkSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
} from "node:fs"
import { dirname } from "node:path"
import { stagePath } from "./stage.ts"

/** The binary that was there before the last update. */
const previousOf = (target: string) => `${target}.previous`

/**
 * Puts `staged` in the place of `target` and keeps the old one. At every instant there is a whole
 * program at `target`: whoever starts it gets the old one or the new one.
 */
export const swapIn = (target: string, staged: string) => {
  const { mode, uid, gid } = statSync(target)
  chmodSync(staged, mode & 0o777)
  if (process.getuid?.() === 0) chownSync(staged, uid, gid)
  const aside = stagePath(target, "aside")
  rmSync(aside, { force: true })
  try {
    linkSync(target, aside)
  } catch {
    copyFileSync(target, aside) // a file system without hard links
  }
  renameSync(aside, previousOf(target))
  renameSync(staged, target)
  syncFolder(dirname(target))
}

/** Puts the old binary back. False when there is none. */
export const takeBack = (target: string) => {
  if (!existsSync(previousOf(target))) return false
  renameSync(previousOf(target), target)
  syncFolder(dirname(target))
  return true
}

const syncFolder = (path: string) => {
  const folder = openSync(path, "r")
  try {
    fsyncSync(folder)
  } finally {
    closeSync(folder)
  }
}
