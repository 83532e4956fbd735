import type { z } from "zod"
import type { Section } from "../kernel/section.ts"
import { isSecretName } from "../kernel/secret.ts"
import { describeAllowed, describeValue } from "./describe.ts"
import { nearest } from "./nearest.ts"
import { once } from "./once.ts"
import { formatPath, isTree, type Tree, valueAt } from "./path.ts"
import {
  below,
  forms,
  formsAt,
  isList,
  type JsonSchema,
  namesBelow,
  type Place,
  sectionSchema,
} from "./schema.ts"
import type { Issue } from "./settings.ts"

type Keys = readonly PropertyKey[]

/**
 * Everything wrong with what the file says of one section, and its value when nothing is.
 * `written` is as in the file, `resolved` has its `${VAR}` replaced; only the first is ever quoted.
 */
export const validateSection = (
  section: Section,
  { written, resolved }: { written: unknown; resolved: unknown },
  sections: readonly Section[],
): { value?: unknown; issues: Issue[] } => {
  const parsed = section.schema.safeParse(resolved, once)
  // What is well needs no explaining, and deriving the schema takes longer than all the rest.
  if (parsed.success && keepsAll(resolved, parsed.data)) return { value: parsed.data, issues: [] }
  const root = sectionSchema(section)
  const unknown = unknownKeys({ root, node: root }, resolved, [section.id]).map((path) =>
    explainUnknown(path, root, sections),
  )
  if (parsed.success) return { value: parsed.data, issues: unknown }
  const issues = parsed.error.issues
    .flatMap((issue) => innermost(issue))
    .filter((issue) => issue.code !== "unrecognized_keys")
    .map((issue) => explain(issue, section, root, written))
  return { issues: [...unknown, ...issues] }
}

/** True when everything that was written came through the parser, so that nothing of it is unknown. */
const keepsAll = (given: unknown, taken: unknown): boolean => {
  if (typeof given !== "object" || given === null) return true
  if (typeof taken !== "object" || taken === null) return false
  return Object.entries(given).every(
    ([key, inner]) => Object.hasOwn(taken, key) && keepsAll(inner, (taken as Tree)[key]),
  )
}

/** Paths of keys that no form of the schema has a place for. */
const unknownKeys = (place: Place, value: unknown, path: Keys): Keys[] => {
  if (typeof value !== "object" || value === null) return []
  let best: Keys[] | undefined
  for (const form of forms(place)) {
    if (!fits(form, value)) continue
    const found: Keys[] = []
    for (const [name, inner] of Object.entries(value)) {
      const key = Array.isArray(value) ? Number(name) : name
      const node = below(form, key)
      if (!node) {
        if (form.additionalProperties === false) found.push([...path, key])
      } else if (typeof inner === "object")
        found.push(...unknownKeys({ root: place.root, node }, inner, [...path, key]))
    }
    if (!best || found.length < best.length) best = found
    if (!best.length) break
  }
  return best ?? []
}

/** True when `value` could be meant as this form: same kind, same discriminator. */
const fits = (form: JsonSchema, value: object) => {
  const kind = Array.isArray(value) ? "array" : "object"
  if (form.type !== undefined && ![form.type].flat().includes(kind)) return false
  for (const name in form.properties) {
    const only = form.properties[name]!.const
    if (only !== undefined && only !== (value as Tree)[name]) return false
  }
  return true
}

const explainUnknown = (path: Keys, root: JsonSchema, sections: readonly Section[]): Issue => {
  const names = namesBelow(formsAt(root, path.slice(1, -1)))
  return {
    path: formatPath(path),
    message: "is not a setting fased knows",
    hint: suggest(path, names, sections),
    kind: "unknown",
  }
}

/** The setting someone most likely meant by the last step of `path`. */
export const suggest = (path: Keys, names: readonly string[], sections: readonly Section[]) => {
  const typed = String(path.at(-1))
  const close = nearest(typed, names)
  const meant = close ? formatPath([...path.slice(0, -1), close]) : elsewhere(typed, sections)
  if (meant) return `did you mean ${meant}?`
  if (!names.length) return undefined
  const shown = names.slice(0, 12).join(", ")
  return `known here: ${shown}${names.length > 12 ? ", …" : ""}`
}

/** The shortest path anywhere that ends in this name; nothing where several do, as then it says nothing. */
const elsewhere = (name: string, sections: readonly Section[]) => {
  let level: { path: Keys; place: Place }[] = sections.map((section) => {
    const root = sectionSchema(section)
    return { path: [section.id], place: { root, node: root } }
  })
  for (let depth = 0; depth < 5 && level.length; depth++) {
    const next: typeof level = []
    const found = new Set<string>()
    for (const { path, place } of level)
      for (const form of forms(place))
        // What is in a reference to a secret is no setting.
        for (const [key, node] of form.secret ? [] : Object.entries(form.properties ?? {})) {
          const here = [...path, key]
          if (key.toLowerCase() === name.toLowerCase()) found.add(formatPath(here))
          next.push({ path: here, place: { root: place.root, node } })
        }
    if (found.size) return found.size === 1 ? [...found][0] : undefined
    level = next
  }
  return undefined
}

/** What went wrong in a union is told by the form the value comes closest to. */
const innermost = (issue: z.core.$ZodIssue): z.core.$ZodIssue[] => {
  if (issue.code !== "invalid_union") return [issue]
  const meant = issue.errors
    .filter((errors) => errors.length && errors.every(({ path }) => path.length))
    .sort((a, b) => a.length - b.length)[0]
  if (!meant) return [issue]
  return meant.flatMap((inner) => innermost({ ...inner, path: [...issue.path, ...inner.path] }))
}

const explain = (
  issue: z.core.$ZodIssue,
  section: Section,
  root: JsonSchema,
  written: unknown,
): Issue => {
  const path = formatPath([section.id, ...issue.path])
  if (issue.code === "custom") return { path, message: issue.message }
  const found = formsAt(root, issue.path)
  if (issue.code === "invalid_key")
    return { path, message: `is not allowed as a name here: ${issue.issues[0]?.message ?? ""}` }
  const allowed = describeAllowed(found)
  const value = valueAt(written, issue.path)
  if (!allowed) return { path, message: issue.message }
  if (value === undefined) return { path, message: `is required: ${allowed}` }
  const secret =
    found.some((form) => form.secret) || isSecretName(String(issue.path.at(-1) ?? section.id))
  const custom = issue.code === "invalid_format" && issue.format === "regex"
  const detail = custom ? ` that matches ${issue.pattern}` : ""
  const hint =
    typeof value === "string" && issue.code === "invalid_value"
      ? nearestChoice(value, issue.values)
      : undefined
  return {
    path,
    message: `must be ${allowed}${detail}, not ${describeValue(value, secret)}`,
    ...(hint && { hint }),
  }
}

const nearestChoice = (value: string, choices: readonly unknown[]) => {
  const close = nearest(
    value,
    choices.filter((choice) => typeof choice === "string"),
  )
  return close && `did you mean ${JSON.stringify(close)}?`
}

/** Root keys that are neither a section nor `$schema`. */
export const validateRoot = (source: Tree, sections: readonly Section[]): Issue[] => {
  const ids = sections.map(({ id }) => id)
  return Object.keys(source).flatMap((key): Issue[] => {
    if (key === "$schema")
      return typeof source[key] === "string"
        ? []
        : [{ path: key, message: `must be text, not ${describeValue(source[key], false)}` }]
    const section = sections.find(({ id }) => id === key)
    if (section) {
      if (isTree(source[key]) && !isList(section)) return []
      if (Array.isArray(source[key]) && isList(section)) return []
      const value = describeValue(source[key], isSecretName(key))
      const kind = isList(section) ? "a list" : "a group of settings"
      return [{ path: key, message: `must be ${kind}, not ${value}` }]
    }
    const hint = suggest([key], ids, sections)
    const message = "is not a setting fased knows"
    return [{ path: formatPath([key]), message, hint, kind: "unknown" }]
  })
}
