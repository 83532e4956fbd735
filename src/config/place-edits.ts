import type { Section } from "../kernel/section.ts"
import type { Edit } from "./edit.ts"
import { badPath, cannotEdit, unknownPath, valuesElsewhere } from "./faults.ts"
import { compose } from "./include.ts"
import {
  formatPath,
  isForbiddenKey,
  isTree,
  type Path,
  type Tree,
  valueAt,
  withValue,
} from "./path.ts"
import { reconcile, type Reconciling } from "./reconcile.ts"
import { formsAt, namesBelow, sectionSchema } from "./schema.ts"
import type { ConfigState } from "./settings.ts"
import { suggest } from "./validate.ts"

/** A reading that could be parsed. */
export type Parsed = ConfigState & { source: Tree; composed: Tree }

/**
 * The edits to make in the config file itself for what was asked. What an included file sets is
 * overruled beside its `$include`; what is as wanted already is left alone.
 */
export const placeEdits = (
  asked: readonly Edit[],
  before: Parsed,
  options: Reconciling,
): Edit[] => {
  let { source, composed } = before
  const placed: Edit[] = []
  for (const { path, ...change } of asked) {
    refuseForbidden(path)
    if (!("value" in change)) {
      if (valueAt(source, path) === undefined) {
        if (valueAt(composed, path) !== undefined) throw setElsewhere(path, before)
        continue
      }
      placed.push({ path })
      source = withValue(source, path, {})
      composed = valueAt(composed, path) === undefined ? composed : withValue(composed, path, {})
      continue
    }
    refuseForbidden(path, change.value)
    requireKnown(path, options.sections)
    const value = reconcile(change.value, path, { source, composed }, options)
    const current = valueAt(isInclude(path) ? source : composed, path)
    if (Bun.deepEquals(current, value)) continue
    if (!isInclude(path)) composed = withValue(composed, path, { value })
    const list = includedListIn(path, source, composed)
    if (list && valueAt(source, list) !== undefined) throw setElsewhere(list, before)
    const edit = list ? { path: list, value: valueAt(composed, list) } : { path, value }
    source = withValue(source, edit.path, edit)
    placed.push(edit)
  }
  return placed
}

/** Throws when, with these edits made, an included file still has a part in what they set. */
export const requireInForce = (placed: readonly Edit[], after: ConfigState) => {
  if (after.files.length < 2) return
  for (const [at, { path, ...change }] of placed.entries()) {
    const isSettled = !placed.slice(at + 1).some((later) => overlap(path, later.path))
    if (!("value" in change) || !isSettled || isInclude(path) || namesFiles(change.value)) continue
    if (!Bun.deepEquals(valueAt(after.composed, path), change.value))
      throw cannotEdit({
        file: after.path,
        path: formatPath(path),
        reason: "a part of it comes from an included file",
      })
  }
}

const isInclude = (path: Path) => path.at(-1) === "$include"

const namesFiles = (value: unknown): boolean =>
  typeof value === "object" &&
  value !== null &&
  (Object.hasOwn(value, "$include") || Object.values(value).some(namesFiles))

const overlap = (a: Path, b: Path) =>
  a.slice(0, b.length).every((segment, depth) => String(segment) === String(b[depth]))

/** The list on the way to `path` that the file itself does not have: it comes from another file. */
const includedListIn = (path: Path, source: Tree, composed: Tree) =>
  path
    .map((_, depth) => path.slice(0, depth))
    .find((here) => Array.isArray(valueAt(composed, here)) && !Array.isArray(valueAt(source, here)))

const setElsewhere = (path: Path, { source, path: file }: Parsed) => {
  const { fileOf } = compose(source, file)
  return valuesElsewhere({ path: formatPath(path), file, elsewhere: fileOf(path) ?? file })
}

const deepest = 100

const refuseForbidden = (path: Path, value?: unknown) => {
  const refuse = (reason: string) => badPath({ path: formatPath(path), reason })
  const bad = path.find((segment) => isForbiddenKey(String(segment)))
  if (bad !== undefined) throw refuse(`"${bad}" is not allowed as a name`)
  if (path.length > deepest) throw refuse("it is nested too deeply")
  if (Array.isArray(value))
    for (const [at, inner] of value.entries()) refuseForbidden([...path, at], inner)
  else if (isTree(value))
    for (const [key, inner] of Object.entries(value)) refuseForbidden([...path, key], inner)
}

const requireKnown = (path: Path, sections: readonly Section[]) => {
  if (path.length === 1 && path[0] === "$schema") return
  const place = isInclude(path) ? path.slice(0, -1) : path
  const section = sections.find(({ id }) => id === place[0])
  const known = (depth: number) =>
    section ? formsAt(sectionSchema(section), place.slice(1, depth)) : []
  for (let depth = 1; depth <= place.length; depth++) {
    if (known(depth).length) continue
    const names = depth === 1 ? sections.map(({ id }) => id) : namesBelow(known(depth - 1))
    const hint = suggest(place.slice(0, depth), names, sections)
    throw unknownPath({
      path: formatPath(path),
      hint: hint && hint[0]!.toUpperCase() + hint.slice(1),
    })
  }
}
