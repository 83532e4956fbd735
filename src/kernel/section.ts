import type { z } from "zod"
import { type Later, onFirstUse } from "./later.ts"
import type { Service } from "./service.ts"

/** live: read on next use · part: restart this part · process: restart the gateway */
export type Reload = "live" | "part" | "process"

/** A group of settings, or a list. */
export type SectionShape = z.ZodObject | z.ZodArray

export interface Section<S extends SectionShape = SectionShape> extends Service<z.infer<S>> {
  /** The section's key at the root of the config file, and the folder that owns it. */
  readonly id: string
  readonly summary: string
  readonly reload: Reload
  /** Environment variables that stand in for settings of this section. */
  readonly variables?: readonly string[]
  /** A field's `.meta` may hold `secret: true` (masked wherever it is shown) and its own `reload`. */
  readonly schema: S
  /** What it is where the config says nothing of it. Without these its schema is asked. */
  readonly defaults?: z.output<S>
}

/** Declares one section of the config file. It is also a service that gives the parsed value. */
export const section = <S extends SectionShape>({
  schema,
  ...declaration
}: {
  id: string
  summary: string
  reload: Reload
  variables?: readonly string[]
  schema: Later<S>
}): Section<S> => {
  const made = onFirstUse(schema)
  return {
    ...declaration,
    service: `config.${declaration.id}`,
    get schema() {
      return made()
    },
  }
}

/** Sections with their defaults at hand, by id: a start builds no schema for what nobody set. */
export const withDefaults = (
  sections: readonly Section[],
  defaults: Readonly<Record<string, unknown>>,
): readonly Section[] =>
  sections.map((section) =>
    Object.defineProperties({} as Section, {
      ...Object.getOwnPropertyDescriptors(section),
      defaults: { value: defaults[section.id], enumerable: true },
    }),
  )
