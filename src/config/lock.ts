import { readlinkSync, realpathSync } from "node:fs"
import { basename, dirname, join, resolve } from "node:path"
import { setTimeout } from "node:timers/promises"
import { cannotWrite, configBusy } from "./faults.ts"

const patienceMs = 10_000
const pauseMs = 10

/**
 * Does something while no other process changes this config file. SQLite's file lock is what keeps
 * them apart: unlike a file that stands for a lock, the kernel frees it when its holder is killed.
 */
export const whileLocked = async <T>(path: string, work: () => Promise<T>): Promise<T> => {
  const lock = await hold(path)
  try {
    return await work()
  } finally {
    lock.close(false)
  }
}

const hold = async (path: string) => {
  const { holdFile } = await import("../store/lock.ts")
  for (let waitedMs = 0; waitedMs < patienceMs; waitedMs += pauseMs) {
    const lock = take(holdFile, path)
    if (lock) return lock
    await setTimeout(pauseMs)
  }
  throw configBusy({ file: path })
}

const take = <L>(holdFile: (path: string) => L, path: string) => {
  try {
    return holdFile(`${realFile(path)}.lock`)
  } catch (error) {
    const { message } = ((error as Error).cause ?? error) as Error // it is no database to anyone else
    throw cannotWrite({ file: path, reason: message }, error)
  }
}

/** The file behind links, so that a link stays a link; it need not be there yet. */
export const realFile = (path: string, hops = 0): string => {
  const target = hops < 40 ? linkTarget(path) : undefined
  if (target !== undefined) return realFile(resolve(dirname(path), target), hops + 1)
  return join(realFolder(dirname(path)), basename(path))
}

const linkTarget = (path: string) => {
  try {
    return readlinkSync(path)
  } catch {
    return undefined // no link, or nothing there
  }
}

const realFolder = (path: string) => {
  try {
    return realpathSync(path)
  } catch {
    return path
  }
}
