import type { Section } from "../kernel/section.ts"
import { backupFolder } from "./backups.ts"
import { shownDifferences } from "./diff.ts"
import { realFile } from "./lock.ts"
import type { Paths } from "./paths.ts"
import { redacted } from "./redact.ts"
import type { Edits, Settings } from "./settings.ts"

/** What a change of the config may write: the file, and the copies kept of it. */
export const configWrites = (paths: Pick<Paths, "config" | "state">) => {
  const file = realFile(paths.config)
  return [file, `${file}.bak`, `${file}.lock`, { inside: backupFolder(paths) }]
}

/** Setting by setting what a change would make different, secrets masked. */
export const previewChange = async (
  edits: Edits,
  { settings, sections }: { settings: Settings; sections: readonly Section[] },
): Promise<string[]> => {
  const before = await settings.read()
  const after = await settings.change(edits, { dryRun: true })
  return shownDifferences(before.source ?? {}, after.source ?? {}, sections).flatMap(
    ({ path, before, after }) => [
      ...(before === undefined ? [] : [`- ${path}: ${shown(before)}`]),
      ...(after === undefined ? [] : [`+ ${path}: ${shown(after)}`]),
    ],
  )
}

const shown = (value: unknown) => JSON.stringify(value).replaceAll(`"${redacted}"`, "(hidden)")
