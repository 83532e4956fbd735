import { type Home, token } from "./home.ts"

/** A broken home: how it broke, what the doctor finds, and what it changes. */
export interface Case {
  name: string
  break(home: Home): unknown
  /** Ids of the findings. */
  finds: readonly string[]
  /** What those say, or say to do, among other things. */
  says?: readonly (string | RegExp)[]
  /** Paths that the fixes change, folders with all they hold; nothing else may differ. */
  changes?: readonly string[]
  /** Findings that are left after the fixes; default: none where something changes, else all. */
  leaves?: readonly string[]
  /** With `--force`. */
  force?: true
  /** Only root can break it like this. */
  root?: true
  /** What the mended home must hold. */
  mended?(home: Home): void
  /** What was there cannot be kept: it was a download, or the place to keep things itself. */
  forGood?: true
  /** The trouble goes along with whatever is done about it. */
  neverDone?: true
}

export const config = ".fased/fased.json"

const copies = [".fased/config-backups", config, `${config}.bak`, `${config}.lock`]
/** Stands in `changes` for the config and the copies kept of it. */
export const theConfig = "the config"
export const isOfConfig = (name: string) =>
  copies.includes(name) || name.startsWith(".fased/config-backups/")

export const auth = { mode: "token", token }
/** The `gateway` section of a healthy config. */
export const local = { mode: "local", auth }
