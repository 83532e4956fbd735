import { isBelow, isSame, valueAt, withValue } from "./tree.ts"
import type { Path } from "./tree.ts"

/** One change that is not saved yet; without a value the setting goes back to its default. */
export interface Edit {
  path: (string | number)[]
  value?: unknown
}

/** What the file would say with these changes. */
export const applied = (file: unknown, edits: readonly Edit[]) =>
  edits.reduce<unknown>((tree, { path, value }) => withValue(tree, path, value), file)

/**
 * The changes with one more. A list is one setting: what changes in an entry changes all of it. What
 * is as in the file again is no change any more.
 */
export const withEdit = (
  file: unknown,
  edits: readonly Edit[],
  { path, value }: { path: Path; value: unknown },
): Edit[] => {
  const list = path.findIndex((key) => typeof key === "number")
  const place = list < 0 ? [...path] : path.slice(0, list)
  const next = valueAt(withValue(applied(file, edits), path, value), place)
  const others = edits.filter((edit) => !isBelow(edit.path, place))
  if (isSame(valueAt(applied(file, others), place), next)) return others
  return [...others, next === undefined ? { path: place } : { path: place, value: next }]
}
