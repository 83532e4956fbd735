import type { z } from "zod"
import type { Section } from "../kernel/section.ts"
import { service } from "../kernel/service.ts"

/** One thing wrong with the config file, for a person to read. */
export interface Issue {
  /** Dotted path of the setting, empty for the file as a whole. */
  path: string
  message: string
  /** What to do, e.g. the nearest valid key. */
  hint?: string
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
  /** The file as parsed, before `${VAR}` substitution; null when it cannot be parsed. */
  source: Record<string, unknown> | null
  /** Parsed value of each section by id. Defaults where the file is silent; undefined when there are issues. */
  values: Readonly<Record<string, unknown>> | undefined
  issues: Issue[]
}

/** The config file of this instance. */
export interface Settings {
  /** The last good reading; before there is one, the reading that says what is wrong. */
  current(): ConfigState
  /** The file as it is now, good or not. A good one becomes current. Cheap while the file stays the same. */
  read(): Promise<ConfigState>
  /** A section of the last good reading. Throws `config.invalid` when there is none. */
  section<S extends z.ZodObject>(section: Section<S>): z.infer<S>
  /** Changes one setting; comments, key order and `${VAR}` stay. Validated before it is written, atomically. */
  set(path: string, value: unknown): Promise<ConfigState>
  /** Removes one setting, so that its default applies. Harmless when it is not there. */
  unset(path: string): Promise<ConfigState>
}
export const Settings = service<Settings>("settings")

/** Every section of this binary, as `app.ts` hands them to the parts that treat them all alike. */
export const Sections = service<readonly Section[]>("sections")
