import { realpathSync } from "node:fs"
import { writeFileAtomic } from "../store/files.ts"
import { cannotWrite, changedMeanwhile } from "./faults.ts"
import { hashOf, readText } from "./load.ts"
import type { ConfigState } from "./settings.ts"

/** Writes the config file in one step, if it is still as it was read, and keeps the old one as `.bak`. */
export const writeConfig = (before: ConfigState, text: string) => {
  const { text: now } = readText(before.path)
  if ((now !== undefined) !== before.exists || hashOf(now ?? "") !== before.hash)
    throw changedMeanwhile({ file: before.path })
  try {
    const file = before.exists ? realpathSync(before.path) : before.path // a link stays a link
    if (before.exists) writeFileAtomic(`${file}.bak`, before.text)
    writeFileAtomic(file, text)
  } catch (error) {
    throw cannotWrite({ file: before.path, reason: (error as Error).message }, error)
  }
}
