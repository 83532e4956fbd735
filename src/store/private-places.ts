import { readdirSync, statSync } from "node:fs"
import { basename, dirname, join } from "node:path"
import type { Paths } from "../config/paths.ts"

/**
 * What other users of this machine must not get at, by what it is; whether it exists or not.
 * `configFiles` are the config file and those it includes.
 */
export const privatePlaces = (
  { state, config, database, logs }: Paths,
  configFiles: readonly string[] = [config],
) => ({
  state_dir: [state],
  config: [...configFiles, `${config}.bak`, ...folder(join(state, "config-backups"))],
  env: [join(state, ".env"), join(state, "service.env")],
  database: [database],
  database_copies: besides(database),
  secrets: [join(state, "secrets.json")],
  identity: folder(join(state, "identity")),
  tls: folder(join(state, "tls")),
  logs: folder(logs),
  media: folder(join(state, "media")),
})
export type PrivatePlace = keyof ReturnType<typeof privatePlaces>

const folder = (path: string) => [path, ...namesIn(path).map((name) => join(path, name))]

/** The database's journal, and the copies made of it. */
const besides = (file: string) =>
  namesIn(dirname(file))
    .filter((name) => name.startsWith(basename(file)) && name !== basename(file))
    .map((name) => join(dirname(file), name))

const namesIn = (path: string) => {
  try {
    return readdirSync(path)
  } catch {
    return []
  }
}

/** Nothing, too, where a file stands in the place of a folder on the way. */
const statsOf = (path: string) => {
  try {
    return statSync(path, { throwIfNoEntry: false })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOTDIR") return undefined
    throw error
  }
}

export interface OpenPath {
  path: string
  mode: number
  wanted: number
}

/** Those that exist and that others than their owner can get at. */
export const openTo = (paths: readonly string[]): OpenPath[] =>
  process.platform === "win32"
    ? []
    : paths.flatMap((path) => {
        const stats = statsOf(path)
        return stats && stats.mode & 0o077
          ? [{ path, mode: stats.mode & 0o777, wanted: stats.isDirectory() ? 0o700 : 0o600 }]
          : []
      })
