import { z } from "zod"
import type { Section } from "../../src/kernel/section.ts"

/** `src/registry/section-defaults.json`: what each section is where the config does not mention it. */
export const sectionDefaults = (sections: readonly Section[]) => {
  const defaults = sections.map(({ id, schema }) => [
    id,
    schema.parse(schema instanceof z.ZodArray ? [] : {}),
  ])
  return `${JSON.stringify(Object.fromEntries(defaults), null, 2)}\n`
}
