import type { Reload, Section } from "../kernel/section.ts"
import { hintsOf } from "./hints.ts"
import type { Path } from "./path.ts"
import { formsAt, sectionSchema } from "./schema.ts"

/**
 * When a change at `path` counts: as the innermost setting around it says, else as its section does.
 * A group counts as late as the latest of its settings.
 */
export const reloadOf = (path: Path, sections: readonly Section[]): Reload => {
  const section = sections.find(({ id }) => id === path[0])
  if (!section) return "process"
  const root = sectionSchema(section)
  const around = path.map((_, depth) => formsAt(root, path.slice(1, depth + 1)))
  const isLate = around
    .at(-1)!
    .some((form) => Object.values(hintsOf(form)).some(({ reload }) => reload === "process"))
  const said = around.flat().flatMap(({ reload }) => (reload as Reload | undefined) ?? [])
  return isLate ? "process" : (said.at(-1) ?? section.reload)
}
