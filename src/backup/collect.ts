import { lstat, readdir, readlink, realpath } from "node:fs/promises"
import { join } from "node:path"
import { tooLarge } from "./faults.ts"
import type { Entry } from "./tar.ts"

export interface Found extends Entry {
  /** Where it lies on this machine. */
  from: string
}

const mostFiles = 200_000

/**
 * Everything below a folder, itself included, links as links. Sockets, pipes and devices are no
 * content and left out, as are `without` and what lies below them.
 */
export async function* collect(
  root: string,
  { as, without, most }: { as: string; without: readonly string[]; most: number },
): AsyncGenerator<Found> {
  let bytes = 0
  let files = 0
  async function* visit(from: string, path: string): AsyncGenerator<Found> {
    const stats = await lstat(from)
    const about = { from, path, mode: stats.mode & 0o777, modified: stats.mtimeMs / 1000 }
    if (++files > mostFiles) throw tooLarge({ folder: root, limit: `${mostFiles} files` })
    if (stats.isSymbolicLink())
      yield { ...about, kind: "link", size: 0, target: await readlink(from) }
    else if (stats.isFile()) {
      bytes += stats.size
      if (bytes > most) throw tooLarge({ folder: root, limit: `${Math.floor(most / 1e6)} MB` })
      yield { ...about, kind: "file", size: stats.size }
    } else if (stats.isDirectory()) {
      yield { ...about, kind: "folder", size: 0 }
      for (const name of (await readdir(from)).sort()) {
        const inner = join(from, name)
        if (!excluded.has(inner)) yield* visit(inner, `${path}/${name}`)
      }
    }
  }
  const top = await realpath(root)
  const excluded = new Set(
    await Promise.all(without.map((path) => realpath(path).catch(() => path))),
  )
  yield* visit(top, as)
}
