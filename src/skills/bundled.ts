/** Skills that come with fased. They lie in the binary, and are put where agents can read them. */
import { readFileSync } from "node:fs"
import { join } from "node:path"
import type { Paths } from "../config/paths.ts"
import { privateFolder, writeFileAtomic } from "../store/files.ts"
import { bundledFolder } from "./places.ts"

/** Writes what is missing or was changed; they are the program's, not somebody's notes. */
export const placeBundled = async (paths: Pick<Paths, "state">) => {
  const { bundledSkills } = await import("./bundled-skills.ts")
  for (const [name, text] of Object.entries(bundledSkills)) {
    const file = join(bundledFolder(paths), name, "SKILL.md")
    if (contentOf(file) === text) continue
    privateFolder(bundledFolder(paths))
    writeFileAtomic(file, text)
  }
}

const contentOf = (file: string) => {
  try {
    return readFileSync(file, "utf8")
  } catch {
    return undefined
  }
}
