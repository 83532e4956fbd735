import { readdirSync, statSync } from "node:fs"
import { join } from "node:path"
import { configValid } from "../config/checks.ts"
import { Paths } from "../config/paths.ts"
import { check } from "../kernel/check.ts"
import { logging } from "./config.ts"

/** The log keeps to its quota by itself; what else came to lie in its folder does not. */
export const folderSmall = check({
  id: "logs.folder-small",
  title: "The log folder takes no more than it may",
  severity: "warn",
  after: [configValid],
  needs: { paths: Paths, logging },
  detect({ paths, logging }) {
    const files = filesIn(paths.logs).toSorted((a, b) => b.size - a.size)
    const size = files.reduce((sum, file) => sum + file.size, 0)
    return size > logging.maxTotalBytes * 1.1 && size > smallest
      ? { folder: paths.logs, size, most: logging.maxTotalBytes, biggest: files.slice(0, 3) }
      : null
  },
  explain: ({ folder, size, most, biggest }) =>
    `The logs in ${folder} take ${megabytes(size)}, and may take ${megabytes(most)} (logging.maxTotalBytes). The biggest: ${biggest
      .map(({ path, size }) => `${path} (${megabytes(size)})`)
      .join(", ")}.`,
  next: () => "Remove what you do not need; a running gateway removes its own oldest by itself.",
})

/** Below that nobody misses the room. */
const smallest = 20_000_000

const megabytes = (bytes: number) => `${Math.ceil(bytes / 1_000_000)} MB`

const filesIn = (folder: string) => {
  try {
    return readdirSync(folder).flatMap((name) => {
      const path = join(folder, name)
      const stats = statSync(path, { throwIfNoEntry: false })
      return stats?.isFile() ? [{ path, size: stats.size }] : []
    })
  } catch {
    return []
  }
}
