/** What is done to skills on disk: made, copied, changed, removed. */
import { existsSync } from "node:fs"
import { cp, lstat, mkdtemp, readdir, rename, rm } from "node:fs/promises"
import { basename, dirname, join } from "node:path"
import { privateFolder, writeFileAtomic } from "../store/files.ts"
import { alreadyThere, badName, notYours } from "./faults.ts"
import type { Skill } from "./library.ts"
import { parseManifest, skillName } from "./manifest.ts"
import type { Source } from "./places.ts"
import { type Template, templates } from "./templates.ts"

/** The places that are a person's own; the rest is the program's or somebody else's. */
const own: readonly Source[] = ["workspace", "workspace-agents", "personal", "managed"]

export const createSkill = (
  root: string,
  { name, description, template }: { name: string; description: string; template: Template },
): string => {
  if (!skillName.test(name)) throw badName({ name })
  const file = join(root, name, "SKILL.md")
  if (existsSync(join(root, name))) throw alreadyThere({ name, file })
  writeFileAtomic(file, templates[template](name, description))
  return file
}

/** Copies a skill into another place, in one step. Links stay behind. */
export const copySkill = async (
  skill: Skill,
  root: string,
  { overwrite = false }: { overwrite?: boolean } = {},
) => {
  const target = join(root, basename(skill.folder))
  if (target === skill.folder) throw alreadyThere({ name: skill.manifest.name, file: skill.file })
  if (existsSync(target) && !overwrite)
    throw alreadyThere({ name: skill.manifest.name, file: target })
  await inOneStep(target, (folder) =>
    cp(skill.folder, folder, {
      recursive: true,
      filter: async (path) => !(await lstat(path)).isSymbolicLink(),
    }),
  )
  const copied = await readdir(target, { recursive: true, withFileTypes: true })
  return { target, files: copied.filter((entry) => entry.isFile()).length }
}

/** Fills a new folder with `fill` and puts it in the place of the old one, which is there until then. */
export const inOneStep = async (target: string, fill: (folder: string) => Promise<void>) => {
  const root = privateFolder(dirname(target))
  const work = await mkdtemp(join(root, ".new-"))
  try {
    const fresh = join(work, "fresh")
    await fill(privateFolder(fresh))
    if (existsSync(target)) await rename(target, join(work, "old"))
    await rename(fresh, target)
  } catch (error) {
    const old = join(work, "old")
    if (existsSync(old) && !existsSync(target)) await rename(old, target)
    throw error
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}

/** Writes a SKILL.md anew; one that could not be read afterwards is refused. */
export const writeSkill = async (skill: Skill, content: string) => {
  requireOwn(skill)
  await parseManifest(Buffer.from(content))
  writeFileAtomic(skill.file, content)
}

export const removeSkill = async (skill: Skill) => {
  requireOwn(skill)
  // Whoever removes it at the same time may be quicker.
  await rm(skill.folder, { recursive: true, force: true })
}

/** Throws for what is not kept in a place of one's own. */
export const requireOwn = ({ manifest, source }: Skill) => {
  if (!own.includes(source)) throw notYours({ name: manifest.name, source })
}
