import { readdirSync, readFileSync, rmSync, statSync } from "node:fs"
import { basename, extname, join } from "node:path"
import { writeFileAtomic } from "../store/files.ts"
import { readText } from "./read-text.ts"
import type { Paths } from "./paths.ts"
import type { ConfigState } from "./settings.ts"

/** So many earlier versions are kept; the oldest make room. */
const most = 10

type Places = Pick<Paths, "config" | "state">

/** An earlier version of the config file. */
export interface Backup {
  /** File name, which is also how a person names it. */
  name: string
  path: string
  /** When it was replaced, or kept. */
  at: number
}

/** An earlier version, read. */
export interface Version extends Backup {
  text: string
}

export const backupFolder = ({ state }: Pick<Paths, "state">) => join(state, "config-backups")

/** Earlier versions of this config file, the newest first. */
export const listBackups = (places: Places): Backup[] => {
  const folder = backupFolder(places)
  const { stem, extension } = partsOf(places)
  return namesIn(folder)
    .flatMap((name) => {
      const middle = name.slice(stem.length + 1, name.length - extension.length)
      const at = timeOf(middle)
      const isOurs = at !== undefined && name === `${stem}.${middle}${extension}`
      return isOurs ? [{ name, path: join(folder, name), at }] : []
    })
    .toSorted((a, b) => b.at - a.at)
}

/** Keeps a version that is about to be replaced, unless it is the one kept last. */
export const keepBackup = (places: Places, { text, now }: { text: string; now: number }) => {
  const [newest, ...older] = listBackups(places)
  if (newest && readFileSync(newest.path, "utf8") === text) return
  const at = newest ? Math.max(now, newest.at + 1) : now // also where the clock was turned back
  const { stem, extension } = partsOf(places)
  writeFileAtomic(join(backupFolder(places), `${stem}.${stampOf(at)}${extension}`), text)
  const tooMany = newest ? [newest, ...older].slice(most - 1) : []
  for (const { path } of tooMany) rmSync(path, { force: true })
}

/**
 * Keeps what a gateway runs on, for when the file is broken later: whole in itself, included files
 * and all, with `${VAR}` and references as they stand. The file as written, where it is all there is.
 */
export const keepLastGood = (places: Places, { exists, files, text, composed }: ConfigState) => {
  if (!exists || !composed) return
  const whole = files.length > 1 ? `${JSON.stringify(composed, null, 2)}\n` : text
  const path = lastGoodPath(places)
  if (readText(path).text !== whole) writeFileAtomic(path, whole)
}

/** What a gateway ran on last, if one ever did. */
export const readLastGood = (places: Places): Version | undefined => {
  const path = lastGoodPath(places)
  const { text } = readText(path)
  if (text === undefined) return undefined
  return { name: basename(path), path, at: statSync(path).mtimeMs, text }
}

const lastGoodPath = (places: Places) => {
  const { stem, extension } = partsOf(places)
  return join(backupFolder(places), `${stem}.last-good${extension}`)
}

/** `fased` and `.json`, or `.yaml`: a backup's name shows what it is a version of, and how to read it. */
const partsOf = ({ config }: Places) => {
  const extension = extname(config)
  return { stem: basename(config, extension), extension }
}

/** `2026-01-31T08-00-00.000Z`: no colons, which some disks cannot write. */
const stampOf = (at: number) => new Date(at).toISOString().replaceAll(":", "-")

const timeOf = (stamp: string) => {
  const [, day, hour, minute, second] =
    /^(\d{4}-\d\d-\d\d)T(\d\d)-(\d\d)-(\d\d\.\d{3})Z$/.exec(stamp) ?? []
  const at = day === undefined ? Number.NaN : Date.parse(`${day}T${hour}:${minute}:${second}Z`)
  return Number.isNaN(at) ? undefined : at
}

/** What a folder holds; nothing, where it is not there. */
export const namesIn = (folder: string) => {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}
