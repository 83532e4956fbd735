import { cp, lstat } from "node:fs/promises"

/**
 * Copies a folder that somebody made: plain files and folders only, because a link could lead
 * anywhere, and no packages or history. `refuse` makes the error of a problem.
 */
export const copyPlain = async (
  from: string,
  to: string,
  {
    mostFiles,
    mostBytes,
    refuse,
  }: { mostFiles: number; mostBytes: number; refuse(problem: string): Error },
): Promise<void> => {
  let bytes = 0
  let files = 0
  await cp(from, to, {
    recursive: true,
    async filter(path) {
      const name = path.slice(from.length)
      if (/[/\\](?:node_modules|\.git)(?:[/\\]|$)/.test(name)) return false
      const stats = await lstat(path)
      if (stats.isDirectory()) return true
      if (!stats.isFile()) throw refuse(`${name} is no plain file`)
      bytes += stats.size
      if (bytes > mostBytes || ++files > mostFiles) throw refuse("it is too large")
      return true
    },
  })
}
