import { unknownPath } from "../config/faults.ts"
import { formatPath, parsePath } from "../config/path.ts"
import { fileSchema, formsAt, namesBelow } from "../config/schema.ts"
import { suggest } from "../config/validate.ts"
import type { Section } from "../kernel/section.ts"

/** Throws `config.unknown-path`, naming the nearest setting, when no schema has this path. */
export const requireSetting = (text: string, sections: readonly Section[]) => {
  const path = parsePath(text)
  const schema = fileSchema(sections)
  for (let depth = 1; depth <= path.length; depth++) {
    if (formsAt(schema, path.slice(0, depth)).length) continue
    const names = namesBelow(formsAt(schema, path.slice(0, depth - 1)))
    const hint = suggest(path.slice(0, depth), names, sections)
    throw unknownPath({
      path: formatPath(path),
      hint: hint && hint[0]!.toUpperCase() + hint.slice(1),
    })
  }
}
