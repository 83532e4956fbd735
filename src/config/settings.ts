import type { z } from "zod"
import type { Section, SectionShape } from "../kernel/section.ts"
import type { SecretUse } from "../kernel/secret.ts"
import { service } from "../kernel/service.ts"
import type { Edit } from "./edit.ts"
import type { Tree } from "./path.ts"
import type { Env } from "./paths.ts"

/** One thing wrong with the config file, for a person to read. */
export interface Issue {
  /** Dotted path of the setting, empty for the file as a whole. */
  path: string
  message: string
  /** What to do, e.g. the nearest valid key. */
  hint?: string
  /** unknown: a setting that no schema has a place for · legacy: one that older versions had */
  kind?: "unknown" | "legacy" | "denied"
  /** Where the file is not the config file itself but one it includes. */
  file?: string
  line?: number
  column?: number
}

/** One reading of the config file. */
export interface ConfigState {
  path: string
  exists: boolean
  format: "json5" | "yaml"
  /** The file as written; empty when there is none. */
  text: string
  /** Opaque hash of `text`, for compare-and-swap writes. */
  hash: string
  /** The file as parsed: `$include`, `${VAR}` and references as they stand; null when it cannot be parsed. */
  source: Tree | null
  /** What it says in all, included files and all; `${VAR}` and references as they stand. */
  composed: Tree | null
  /** Every file the reading is made of, the config file first. */
  files: readonly string[]
  /** Where it refers to secrets kept elsewhere. */
  refs: readonly SecretUse[]
  /**
   * Parsed value of each section by id, defaults where the file is silent; undefined when there are
   * issues. A section with a reference throws `secrets.not-fetched` until the reading is activated.
   */
  values: Readonly<Tree> | undefined
  issues: Issue[]
  /** What is odd and does not keep the config from being used. */
  warnings: readonly Issue[]
  /** The environment that the config makes: what is set around it, and what its `env` block adds. */
  env: Env
}

/**
 * Fetches the secrets behind these references, all or none, and gives them by path.
 * `secrets` is the value of that section, `env` the environment that the config makes, where it
 * makes one of its own.
 * Throws `secrets.unresolved`.
 */
export type FetchSecrets = (
  refs: readonly SecretUse[],
  secrets: unknown,
  env?: Env,
) => Promise<ReadonlyMap<string, string>>

/** Throws when a change that leads from the reading in force to `next` is not to be made. */
export type GuardChange = (next: ConfigState, inForce: ConfigState) => Promise<void> | void

export interface WriteOptions {
  /** `hash` of the reading that the change was made from; anything written since refuses it. */
  baseHash?: string
  /** It comes from elsewhere than this machine: no new `${VAR}` and no new `$include` is taken then. */
  afar?: boolean
  /** Only says what the file would mean then: nothing is written, and nothing is in force. */
  dryRun?: boolean
}

export type Edits = readonly Edit[] | ((now: ConfigState) => readonly Edit[])

/** The config file of this instance. */
export interface Settings {
  /** The environment that the reading in force makes; always the same object. */
  readonly env: Env
  /** The reading in force; before there is a good one, the reading that says what is wrong. */
  current(): ConfigState
  /** The file as it is now, good or not, its secrets not fetched. Cheap while the file stays the same. */
  read(): Promise<ConfigState>
  /** A section of the reading in force. Throws `config.invalid` when there is none. */
  section<S extends SectionShape>(section: Section<S>): z.infer<S>
  /** Fetches the secrets that these sections of the reading in force refer to; without a list, all. */
  activate(sections?: readonly Section[]): Promise<void>
  /**
   * Puts a reading into force, its secrets fetched anew. When it has issues or a secret cannot be
   * had it throws, and what was in force stays.
   */
  adopt(state: ConfigState): Promise<ConfigState>
  /**
   * From now on only `adopt` changes what is in force. Until then every good reading and every write
   * does, as suits a command; a running gateway decides for itself what it follows, and when.
   */
  hold(): void
  /**
   * Makes these changes one after the other, in one write: all of them or none. Comments, key order,
   * `${VAR}`, references and `$include` stay; the placeholder of a hidden secret means the stored one.
   * Validated before it is written, atomically. They may be worked out from the file as it is then.
   */
  change(edits: Edits, options?: WriteOptions): Promise<ConfigState>
  /** Puts another text in the place of the whole file, if that text is a good config. */
  replace(text: string, options?: WriteOptions): Promise<ConfigState>
  /** Changes one setting. */
  set(path: string, value: unknown): Promise<ConfigState>
  /** Removes one setting, so that its default applies. Harmless when it is not there. */
  unset(path: string): Promise<ConfigState>
}
export const Settings = service<Settings>("settings")

/** Every section of this binary, as `app.ts` hands them to the parts that treat them all alike. */
export const Sections = service<readonly Section[]>("sections")
