import { createHash } from "node:crypto"
import {
  chmodSync,
  lchownSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  rmdirSync,
  rmSync,
  symlinkSync,
  utimesSync,
} from "node:fs"
import { join } from "node:path"
import * as z from "zod"
import type { Touched } from "../kernel/check.ts"
import { copyFileAtomic, readPieces } from "../store/files.ts"

const owned = { mode: z.int(), uid: z.int(), gid: z.int() }
const dated = { atime: z.number(), mtime: z.number() }

/** What lies at a path, but for what a file says: of that, the sum. */
export const lying = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("nothing") }),
  z.object({ kind: z.literal("file"), ...owned, ...dated, sha256: z.string() }),
  z.object({ kind: z.literal("folder"), ...owned, ...dated }),
  z.object({ kind: z.literal("link"), target: z.string() }),
  z.object({ kind: z.literal("other") }),
])
export type Lying = z.infer<typeof lying>

/** What lies at these paths now. */
export const lookAt = (touched: readonly Touched[]): Map<string, Lying> =>
  new Map(touched.flatMap(pathsOf).map((path) => [path, whatLies(path)]))

const pathsOf = (touched: Touched): string[] =>
  typeof touched === "string" ? [touched] : everythingIn(touched.inside)

const everythingIn = (path: string): string[] =>
  lstatSync(path, { throwIfNoEntry: false })?.isDirectory()
    ? [path, ...readdirSync(path).flatMap((name) => everythingIn(join(path, name)))]
    : [path]

const whatLies = (path: string): Lying => {
  const stats = lookup(path)
  if (!stats) return { kind: "nothing" }
  if (stats.isSymbolicLink()) return { kind: "link", target: readlinkSync(path) }
  const { uid, gid, atimeMs, mtimeMs } = stats
  const about = { mode: stats.mode & 0o7777, uid, gid, atime: atimeMs, mtime: mtimeMs }
  if (stats.isDirectory()) return { kind: "folder", ...about }
  if (!stats.isFile()) return { kind: "other" }
  return { kind: "file", ...about, sha256: sumOf(path) }
}

const sumOf = (path: string) => {
  const hash = createHash("sha256")
  readPieces(path, (piece) => void hash.update(piece))
  return hash.digest("hex")
}

const lookup = (path: string) => {
  try {
    return lstatSync(path, { throwIfNoEntry: false })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOTDIR") return undefined
    throw error
  }
}

/** Whether a path is as it was; when it was written does not matter. */
export const isSame = (one: Lying, other: Lying) =>
  Bun.deepEquals({ ...one, atime: 0, mtime: 0 }, { ...other, atime: 0, mtime: 0 })

/** Puts back what lay at each path; `copyOf` names the copy of a file. What a folder came to hold since stays. */
export const putBack = <T extends { path: string; was: Lying }>(
  before: readonly T[],
  copyOf: (one: T) => string,
) => {
  const shallow = before.toSorted((a, b) => a.path.length - b.path.length)
  const deep = shallow.toReversed()
  const now = new Map(before.map(({ path }) => [path, whatLies(path)]))
  const differs = ({ path, was }: { path: string; was: Lying }) => !isSame(was, now.get(path)!)
  for (const { path, was } of deep.filter(differs))
    if (was.kind === "nothing" || was.kind !== now.get(path)!.kind) clear(path)
  for (const one of shallow.filter(differs)) {
    const { path, was } = one
    if (was.kind === "folder") mkdirSync(path, { recursive: true, mode: 0o700 })
    if (was.kind === "link") symlinkSync(was.target, path)
    if (was.kind === "file") copyFileAtomic(copyOf(one), path, was.mode)
  }
  for (const { path, was } of deep)
    if (was.kind === "file" || was.kind === "folder") {
      const { uid, gid } = lstatSync(path)
      if (uid !== was.uid || gid !== was.gid) lchownSync(path, was.uid, was.gid)
      chmodSync(path, was.mode)
      utimesSync(path, was.atime / 1000, was.mtime / 1000)
    }
}

const clear = (path: string) => {
  if (lookup(path)?.isDirectory() !== true) return rmSync(path, { force: true })
  try {
    rmdirSync(path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOTEMPTY") throw error
  }
}
