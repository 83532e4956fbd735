import type { Section } from "../kernel/section.ts"
import { isSecretRef } from "../kernel/secret.ts"
import { formatPath, isTree, type Path, type Tree, valueAt } from "./path.ts"
import { redactConfig } from "./redact.ts"

/** A setting in which two configs differ; undefined where one of them does not set it. */
export interface Difference {
  path: string
  before?: unknown
  after?: unknown
}

/** What differs, setting by setting, secrets masked; a list counts as one setting. */
export const shownDifferences = (
  before: Tree,
  after: Tree,
  sections: readonly Section[],
): Difference[] => {
  const paths = differing(before, after, [])
  if (!paths.length) return []
  const [was, is] = [redactConfig(before, sections), redactConfig(after, sections)]
  return paths.map((path) => ({
    path: formatPath(path),
    before: valueAt(was, path),
    after: valueAt(is, path),
  }))
}

const differing = (before: unknown, after: unknown, path: Path): Path[] => {
  if (Bun.deepEquals(before, after)) return []
  const both = [before, after].filter((value) => value !== undefined)
  const areGroups =
    both.every((value) => isTree(value) && !isSecretRef(value)) &&
    both.some((value) => Object.keys(value as Tree).length > 0)
  if (!areGroups) return [path]
  const names = new Set(both.flatMap((group) => Object.keys(group as Tree)))
  return [...names].flatMap((name) =>
    differing(valueAt(before, [name]), valueAt(after, [name]), [...path, name]),
  )
}
