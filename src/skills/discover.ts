import { existsSync } from "node:fs"
import { readdir, readFile, realpath, stat } from "node:fs/promises"
import { isAbsolute, join, relative, sep } from "node:path"
import { Fault } from "../kernel/fault.ts"
import { badSkillFile } from "./faults.ts"
import { mostBytes } from "./frontmatter.ts"
import { type Manifest, parseManifest } from "./manifest.ts"
import { foreignOriginFile, type Origin, originFile, parseOrigin } from "./origin.ts"
import type { Place, Source } from "./places.ts"

export interface Found {
  source: Source
  /** Real paths, links resolved. */
  folder: string
  file: string
  manifest: Manifest
  body: string
  /** Where it was installed from; nothing when someone wrote it here. */
  origin?: Origin
  /** It came from elsewhere, so it gets no keys. */
  foreign: boolean
}

/** A folder that was meant to be a skill and is none. */
export interface Broken {
  source: Source
  file: string
  why: string
}

export interface Discovery {
  /** The ones that count, by name. */
  found: readonly Found[]
  /** Hidden by one of the same name in a higher place. */
  shadowed: readonly Found[]
  broken: readonly Broken[]
}

/** Most folders looked at in one place. */
const mostFolders = 500

/** Reads every skill in these places; the first of a name is the one that counts. */
export const discover = async (places: readonly Place[]): Promise<Discovery> => {
  const all = await Promise.all(places.map(inPlace))
  const found = new Map<string, Found>()
  const shadowed: Found[] = []
  for (const skill of all.flatMap(({ skills }) => skills)) {
    const name = skill.manifest.name.toLowerCase()
    if (found.has(name)) shadowed.push(skill)
    else found.set(name, skill)
  }
  const byName = (a: Found, b: Found) => (a.manifest.name < b.manifest.name ? -1 : 1)
  return {
    found: [...found.values()].toSorted(byName),
    shadowed,
    broken: all.flatMap(({ broken }) => broken),
  }
}

const inPlace = async ({ source, folder }: Place) => {
  const skills: Found[] = []
  const broken: Broken[] = []
  const root = await realpath(folder).catch(() => undefined)
  if (root === undefined) return { skills, broken }
  const names = (await readdir(root).catch(() => [])).filter((name) => !name.startsWith("."))
  for (const name of names.toSorted().slice(0, mostFolders)) {
    const file = join(root, name, "SKILL.md")
    if (!existsSync(file)) continue
    try {
      skills.push({ source, ...(await readSkill(file, root)) })
    } catch (error) {
      broken.push({ source, file, why: reason(error) })
    }
  }
  return { skills, broken }
}

/** Reads one skill. A link that leads out of `root` is none of its skills. */
export const readSkill = async (written: string, root: string): Promise<Omit<Found, "source">> => {
  const file = await realpath(written)
  if (!isWithin(root, file)) throw badSkillFile({ why: "it is a link that leads out of its place" })
  const { size } = await stat(file)
  if (size > mostBytes) throw badSkillFile({ why: `it is larger than ${mostBytes} bytes` })
  const folder = join(file, "..")
  const origin = await readFile(join(folder, originFile), "utf8").then(parseOrigin, () => undefined)
  const foreign = existsSync(join(folder, foreignOriginFile)) || origin?.own === false
  const damaged = !origin && existsSync(join(folder, originFile))
  return {
    ...(await parseManifest(await readFile(file))),
    folder,
    file,
    foreign: foreign || damaged,
    ...(origin && { origin }),
  }
}

const isWithin = (folder: string, path: string) => {
  const way = relative(folder, path)
  return way !== "" && way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way)
}

const reason = (error: unknown) =>
  error instanceof Fault ? error.message : ((error as NodeJS.ErrnoException).code ?? "unreadable")
