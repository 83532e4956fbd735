import type { Edit } from "./edit.ts"
import type { Path } from "./path.ts"

/** The edits that turn one tree into another of the same shape, down to single values, lists too. */
export const changedLeaves = (before: unknown, after: unknown, path: Path = []): Edit[] => {
  if (typeof before !== "object" || before === null || typeof after !== "object" || after === null)
    return Object.is(before, after) ? [] : [{ path, value: after }]
  return Object.entries(before).flatMap(([key, value]) =>
    changedLeaves(value, (after as Record<string, unknown>)[key], [
      ...path,
      Array.isArray(before) ? Number(key) : key,
    ]),
  )
}
