import { readFileSync } from "node:fs"
import { type Backup, listBackups, readLastGood, type Version } from "../config/backups.ts"
import { listed } from "../config/faults.ts"
import type { ConfigState, Issue } from "../config/settings.ts"
import { fault } from "../kernel/fault.ts"
import type { Context } from "./command.ts"

const noBackup = fault<{ name?: string; kept: number }>("cli.no-backup", {
  status: 404,
  message: ({ name, kept }) =>
    name !== undefined
      ? `No earlier version of the config is named ${name}.`
      : kept
        ? "Every earlier version of the config that is kept says what the file says now."
        : "No earlier version of the config is kept yet.",
  hint: ({ kept }) =>
    kept
      ? "See those there are: fased config undo --list"
      : "One is kept with every change that fased makes to it.",
})

const outdated = fault<{ name: string; issues: readonly Issue[] }>("cli.backup-outdated", {
  status: 422,
  message: ({ name, issues }) =>
    `${name} is not put back: this fased could not use it:${listed(issues)}`,
  hint: () =>
    "Choose another: fased config undo --list. What the doctor has changed: fased doctor --undo",
})

/**
 * Earlier versions, the one to put back first: of a file that broke, what a gateway last ran on.
 * Not where it includes others: that one was kept with those in it.
 */
export const versionsOf = (now: ConfigState, { paths }: Pick<Context, "paths">): Backup[] => {
  const isBroken = !now.values && !now.text.includes("$include")
  const lastGood = isBroken ? readLastGood(paths) : undefined
  return [...(lastGood ? [lastGood] : []), ...listBackups(paths)]
}

/** The version of this name; without a name the last one that says something else than the file. */
export const versionNamed = (
  name: string | undefined,
  now: ConfigState,
  context: Pick<Context, "paths">,
): Version => {
  const backups = versionsOf(now, context)
  for (const backup of backups) {
    if (name !== undefined && backup.name !== name) continue
    const text = readFileSync(backup.path, "utf8")
    if (name !== undefined || text !== now.text) return { ...backup, text }
  }
  throw noBackup({ name, kept: backups.length })
}

export const requireUsable = async (version: Version, context: Pick<Context, "paths" | "env">) => {
  const { issues, values } = await judgeVersion(version, context)
  if (!values) throw outdated({ name: version.name, issues })
}

/** What an earlier version of the file would mean today. */
export const judgeVersion = async (
  { text }: Version,
  { paths, env }: Pick<Context, "paths" | "env">,
): Promise<ConfigState> => {
  const [{ judgeConfig }, { sections }] = await Promise.all([
    import("../config/load.ts"),
    import("../registry/sections.ts"),
  ])
  return judgeConfig(text, { path: paths.config, sections, env })
}
