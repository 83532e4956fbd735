import { readdirSync, statSync } from "node:fs"
import { basename, dirname, join, parse } from "node:path"

/** The log files of one instance: the current one, and those put aside beside it. */
export interface LogFiles {
  /** The file that is written to now. */
  current(): string
  /** Puts what is waiting in memory into the file. */
  flush(): void
  /** Hears of the lines that were put into the file, until the function it gives is called. */
  follow(listener: (lines: readonly string[]) => void): () => void
}

/** `fased-2026-01-31.log`, by the host's own calendar. */
export const datedFile = (folder: string, time: number) => {
  const date = new Date(time)
  const two = (n: number) => String(n).padStart(2, "0")
  return join(
    folder,
    `fased-${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}.log`,
  )
}

const datedName = /^fased-\d{4}-\d\d-\d\d(?:\.(\d+))?\.log$/

/** `current` and the files of the same series, the oldest first. */
export const seriesOf = (current: string) => {
  const folder = dirname(current)
  const belongs = datedName.test(basename(current))
    ? (name: string) => datedName.test(name)
    : (name: string) => name === basename(current) || numberOf(current, name) > 0
  return namesIn(folder)
    .filter(belongs)
    .flatMap((name) => {
      const path = join(folder, name)
      const stat = statSync(path, { throwIfNoEntry: false })
      return stat?.isFile() ? [{ path, size: stat.size, ino: stat.ino, mtimeMs: stat.mtimeMs }] : []
    })
    .sort((a, b) => a.mtimeMs - b.mtimeMs || a.path.localeCompare(b.path, "en", { numeric: true }))
}

/** Where `current` goes when it is full: `….1.log`, `….2.log` and so on. */
export const asideName = (current: string) => {
  const { dir, name, ext } = parse(current)
  const taken = namesIn(dir).map((other) => numberOf(current, other))
  return join(dir, `${name}.${Math.max(0, ...taken) + 1}${ext}`)
}

/** The number in a name that was put aside, else 0. */
const numberOf = (current: string, other: string) => {
  const { name, ext } = parse(current)
  if (!other.startsWith(`${name}.`) || !other.endsWith(ext)) return 0
  const middle = other.slice(name.length + 1, other.length - ext.length)
  return /^\d{1,9}$/.test(middle) ? Number(middle) : 0
}

const namesIn = (folder: string) => {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}
