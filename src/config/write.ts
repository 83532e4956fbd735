import { rmSync } from "node:fs"
import { basename, dirname, extname, join } from "node:path"
import { writeFileAtomic } from "../store/files.ts"
import { backupFolder, keepBackup, namesIn } from "./backups.ts"
import { cannotWrite, changedMeanwhile } from "./faults.ts"
import { hashOf } from "./load.ts"
import { realFile } from "./lock.ts"
import { readText } from "./read-text.ts"
import type { ConfigState } from "./settings.ts"

/**
 * Writes the config file in one step, if it is still as it was read: an editor takes no part in our
 * lock. The old one is kept beside it as `.bak`, and among the backups in the state folder.
 */
export const writeConfig = (
  before: ConfigState,
  text: string,
  { state, now }: { state: string; now: number },
) => {
  const { text: current } = readText(before.path)
  if ((current !== undefined) !== before.exists || hashOf(current ?? "") !== before.hash)
    throw changedMeanwhile({ file: before.path })
  try {
    const file = realFile(before.path)
    removeLeftOvers(dirname(file), basename(file))
    removeLeftOvers(backupFolder({ state }), basename(before.path, extname(before.path)))
    if (before.exists) {
      writeFileAtomic(`${file}.bak`, before.text)
      keepBackup({ config: before.path, state }, { text: before.text, now })
    }
    writeFileAtomic(file, text)
  } catch (error) {
    throw cannotWrite({ file: before.path, reason: (error as Error).message }, error)
  }
}

/** What a writer that was killed could not put in its place; under our lock nobody else writes now. */
const removeLeftOvers = (folder: string, start: string) => {
  for (const name of namesIn(folder))
    if (name.startsWith(`${start}.`) && /\.\d+\.[0-9a-f]{8}\.tmp$/.test(name))
      rmSync(join(folder, name), { force: true })
}
