import { readFileSync } from "node:fs"
import { type Backup, listBackups } from "../config/backups.ts"
import type { ConfigState } from "../config/settings.ts"
import { fault } from "../kernel/fault.ts"
import type { Context } from "./command.ts"

const noBackup = fault<{ name?: string }>("cli.no-backup", {
  status: 404,
  message: ({ name }) =>
    name === undefined
      ? "No earlier version of the config is kept yet."
      : `No earlier version of the config is named ${name}.`,
  hint: ({ name }) =>
    name === undefined
      ? "One is kept with every change that fased makes to it."
      : "See those there are: fased config undo --list",
})

/** An earlier version, read. */
export interface Version extends Backup {
  text: string
}

/** The version of this name; without a name the last one that says something else than the file. */
export const versionNamed = (
  name: string | undefined,
  now: ConfigState,
  { paths }: Pick<Context, "paths">,
): Version => {
  for (const backup of listBackups(paths)) {
    if (name !== undefined && backup.name !== name) continue
    const text = readFileSync(backup.path, "utf8")
    if (name !== undefined || text !== now.text) return { ...backup, text }
  }
  throw noBackup({ name })
}

/** What an earlier version of the file would mean today. */
export const judgeVersion = async (
  { text }: Version,
  { paths, env }: Pick<Context, "paths" | "env">,
): Promise<ConfigState> => {
  const [{ judgeConfig }, { sections }] = await Promise.all([
    import("../config/load.ts"),
    import("../sections.ts"),
  ])
  return judgeConfig(text, { path: paths.config, sections, env })
}
