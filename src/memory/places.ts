/** Which files an agent's memory is made of, and a way to read them that nobody can redirect. */
import {
  closeSync,
  constants,
  fstatSync,
  openSync,
  readFileSync,
  realpathSync,
  statSync,
} from "node:fs"
import { lstat, readdir } from "node:fs/promises"
import { dirname, isAbsolute, join, relative, resolve, sep } from "node:path"
import { setImmediate } from "node:timers/promises"
import { expandTilde } from "../config/paths.ts"

export interface Roots {
  workspace: string
  /** Absolute. */
  extra: readonly string[]
}

export interface MemoryFile {
  /** As agents know it: below the workspace, or absolute. */
  path: string
  real: string
  bytes: number
  /** Changes when the file does. */
  state: string
}

/** What was found, and what was left out and why, in words for people. */
export interface Found {
  files: MemoryFile[]
  folders: string[]
  left: string[]
}

export const limits = { files: 10_000, bytes: 100_000_000, fileBytes: 2_000_000, depth: 20 }

/** Absolute paths of what the settings name, relative to the workspace. */
export const rootsOf = (workspace: string, extra: readonly string[], home: string): Roots => ({
  workspace,
  extra: extra.map((path) => resolve(workspace, expandTilde(path, home))),
})

/** Looks for memory files, through no link and not further than the limits. */
export const findFiles = async ({ workspace, extra }: Roots): Promise<Found> => {
  const found: Found = { files: [], folders: [], left: [] }
  const base = realpath(workspace)
  if (base === undefined) return found
  const seen = new Set<string>()
  let bytes = 0
  const nameOf = (real: string) => (isWithin(base, real) ? relative(base, real) : real)

  const visit = async (path: string, depth: number): Promise<void> => {
    const stats = await lstat(path).catch(() => undefined)
    if (!stats || seen.has(path)) return
    if (stats.isSymbolicLink()) return void found.left.push(`${nameOf(path)} is a link`)
    if (stats.isDirectory()) return visitFolder(path, depth)
    if (!stats.isFile() || !path.toLowerCase().endsWith(".md")) return
    seen.add(path)
    const why =
      stats.nlink > 1
        ? "has several names (hard links)"
        : stats.size > limits.fileBytes
          ? `is larger than ${limits.fileBytes / 1e6} MB`
          : found.files.length >= limits.files || bytes + stats.size > limits.bytes
            ? "is more than an index holds"
            : undefined
    if (why) return void found.left.push(`${nameOf(path)} ${why}`)
    bytes += stats.size
    const state = `${stats.ino}:${stats.size}:${stats.mtimeMs}:${stats.ctimeMs}`
    found.files.push({ path: nameOf(path), real: path, bytes: stats.size, state })
    // Others get their turn while a large tree is gone through.
    if (found.files.length % 100 === 0) await setImmediate()
  }

  const visitFolder = async (path: string, depth: number) => {
    if (depth > limits.depth || seen.has(path)) return
    seen.add(path)
    found.folders.push(path)
    const names = await readdir(path).catch(() => [])
    for (const name of names.toSorted())
      if (name !== ".git" && name !== "node_modules") await visit(join(path, name), depth + 1)
  }

  const long = join(base, "MEMORY.md")
  // On a disk that takes upper and lower case as one, these are one file.
  await visit((await lstat(long).catch(() => undefined)) ? long : join(base, "memory.md"), 0)
  await visit(join(base, "memory"), 0)
  for (const path of extra) {
    const real = realpath(path)
    if (real === undefined) found.left.push(`${path} is not there`)
    else await visit(real, 0)
  }
  // A new MEMORY.md, or a first folder for notes, shows in the workspace itself.
  found.folders.push(base)
  return found
}

/**
 * The text of a file below one of the memory's roots; null where there is none. What was opened
 * must be what its path leads to, through no link, so that swapping a part of the path gains
 * nothing. Undefined for a path that is no memory.
 */
export const readMemory = (roots: Roots, path: string): string | null | undefined => {
  const base = realpath(roots.workspace)
  if (base === undefined || path.includes("\0")) return undefined
  const wanted = isAbsolute(path) ? resolve(path) : resolve(base, path)
  if (!wanted.toLowerCase().endsWith(".md")) return undefined
  const folders = [join(base, "memory"), ...roots.extra.flatMap((one) => realpath(one) ?? [])]
  const isLong = dirname(wanted) === base && /^memory\.md$/i.test(relative(base, wanted))
  if (!isLong && !folders.some((folder) => isWithin(folder, wanted))) return undefined
  return readPlain(wanted)
}

const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants

/** Undefined for what is no plain file at its own place. */
export const readPlain = (path: string): string | null | undefined => {
  let file: number
  try {
    file = openSync(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    return code === "ENOENT" || code === "ENOTDIR" ? null : undefined
  }
  try {
    const held = fstatSync(file)
    if (!held.isFile() || held.nlink > 1 || held.size > limits.fileBytes) return undefined
    const there = realpath(path) === path ? statSync(path) : undefined
    if (there?.ino !== held.ino || there.dev !== held.dev) return undefined
    return readFileSync(file, "utf8")
  } finally {
    closeSync(file)
  }
}

const realpath = (path: string) => {
  try {
    return realpathSync(path)
  } catch {
    return undefined
  }
}

const isWithin = (folder: string, path: string) => {
  const way = relative(folder, path)
  return way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way)
}
