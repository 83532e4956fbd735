import { service } from "../kernel/service.ts"
import type { Edit } from "./edit.ts"
import type { ConfigState, Issue } from "./settings.ts"

export const reloadModes = ["off", "hot", "restart", "hybrid"] as const
/** off: not watched · hot: what can count at once does · restart: any change restarts · hybrid: as needed */
export type ReloadMode = (typeof reloadModes)[number]

/** What became of a look at the config file. Paths are settings, as `formatPath` writes them. */
export interface Outcome {
  /** Changed, and in force now. */
  applied: readonly string[]
  /** Changed, and in force after a restart. */
  waits: readonly string[]
  /** That restart was asked for, and begins within this many milliseconds. */
  restartInMs?: number
  /** Why nothing was applied; what was in force stays. */
  issues: readonly Issue[]
}

/** A reading that came into force in place of another. */
export interface Applied {
  paths: readonly string[]
  before: ConfigState
  after: ConfigState
}

export interface ReloadState {
  mode: ReloadMode
  /** False while the file as it is now cannot be used; what it said before stays in force. */
  valid: boolean
  /** Of the reading in force. */
  hash: string
  /** What keeps the file from being used. */
  issues: readonly Issue[]
  /** Settings that count after a restart. */
  waits: readonly string[]
  /** degraded: a secret could not be fetched anew, and the one from before is in use. */
  secrets: "ok" | "degraded"
  /** The file was broken at the start and is not mended yet: this runs on what was kept then. */
  lastGoodAt?: number
}

/** Follows the config file while the gateway runs, and decides what of it is in force. */
export interface Reloader {
  /** Deals with the file as it is now, without waiting for it to hold still. */
  look(): Promise<Outcome>
  state(): ReloadState
  /** What counts over the file in this process alone, and is written nowhere. */
  readonly trials: readonly Edit[]
  /**
   * Puts other trials in the place of those there are; none takes all back. Throws, and leaves all
   * as it is, when the file does not go with them or one would only count after a restart.
   */
  tryOut(trials: readonly Edit[]): Promise<void>
  /** Fetches every secret anew. Throws when one cannot be had; then those from before stay. */
  reloadSecrets(): Promise<{ warningCount: number }>
  /** Calls after every change that came into force. */
  onApplied(listener: (applied: Applied) => void): () => void
}
export const Reloader = service<Reloader>("reloader")
