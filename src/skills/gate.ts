import { accessSync, constants, statSync } from "node:fs"
import { delimiter, isAbsolute, join } from "node:path"
import type { Env } from "../config/paths.ts"
import type { SkillsConfig } from "./config.ts"
import type { Found } from "./discover.ts"

export interface Missing {
  os: readonly string[]
  bins: readonly string[]
  anyBins: readonly string[]
  env: readonly string[]
  config: readonly string[]
}

export interface Verdict {
  /** Agents may use it. */
  eligible: boolean
  disabled: boolean
  /** It comes with fased, and `skills.allowBundled` leaves it out. */
  notAllowed: boolean
  missing: Missing
}

/** What a gate looks at, as it is on this machine now. */
export interface Ground {
  platform: string
  env: Env
  hasProgram: (name: string) => boolean
  /** True when a setting of the config file is set to anything but nothing. */
  isSet: (path: string) => boolean
  config: SkillsConfig
}

export type Entry = SkillsConfig["entries"][string]

export const keyOf = ({ manifest }: Pick<Found, "manifest">) => manifest.skillKey ?? manifest.name

export const entryOf = (skill: Pick<Found, "manifest">, { entries }: SkillsConfig) => {
  const key = keyOf(skill)
  return Object.hasOwn(entries, key) ? entries[key] : undefined
}

/** May agents use this skill here? */
export const judge = (skill: Found, ground: Ground): Verdict => {
  const { manifest, source, foreign } = skill
  const { requires, always } = manifest
  const entry = entryOf(skill, ground.config)
  const missing: Missing = {
    os: manifest.os.length && !manifest.os.includes(ground.platform) ? manifest.os : [],
    bins: requires.bins.filter((name) => !ground.hasProgram(name)),
    anyBins: requires.anyBins.some(ground.hasProgram) ? [] : requires.anyBins,
    env: requires.env.filter((name) => !isGiven(name, { manifest, entry, foreign }, ground.env)),
    config: requires.config.filter((path) => !ground.isSet(path)),
  }
  const disabled = entry?.enabled === false
  const { allowBundled } = ground.config
  const notAllowed =
    source === "bundled" && allowBundled !== undefined && !allowBundled.includes(manifest.name)
  const lacks = Object.values(missing).some((names: readonly string[]) => names.length > 0)
  return { eligible: !disabled && !notAllowed && (always || !lacks), disabled, notAllowed, missing }
}

/** Set around fased, or given in the skill's entry; what came from elsewhere is given nothing. */
const isGiven = (
  name: string,
  { manifest, entry, foreign }: Pick<Found, "manifest" | "foreign"> & { entry?: Entry },
  env: Env,
) =>
  Boolean(env[name]) ||
  (!foreign && Boolean(entry?.env[name] || (entry?.apiKey && manifest.primaryEnv === name)))

/** Looks for programs in the folders of `path`, each name once. */
export const programFinder = (path = "") => {
  const folders = path.split(delimiter).filter(isAbsolute)
  const known = new Map<string, boolean>()
  return (name: string) =>
    known.getOrInsertComputed(name, () => folders.some((folder) => isProgram(join(folder, name))))
}

const isProgram = (path: string) => {
  try {
    accessSync(path, constants.X_OK)
    return statSync(path).isFile()
  } catch {
    return false
  }
}
