import type { JsonSchema } from "../../../config/schema.ts"
import { valueAt } from "./tree.ts"
import type { Path } from "./tree.ts"

/** How a value is put in. */
export type Control =
  | { kind: "switch" | "text" | "secret" | "json" }
  | { kind: "choice"; options: readonly string[] }
  | { kind: "number"; form: JsonSchema }
  /** Text, one entry a line. */
  | { kind: "words"; numeric: boolean }
  | { kind: "group"; form: JsonSchema }
  /** A group whose names a person chooses. */
  | { kind: "named"; of: JsonSchema }
  | { kind: "list"; of: JsonSchema }

/** The forms a value may take; what refers to another place is left open. */
const formsOf = (node: JsonSchema): readonly JsonSchema[] =>
  (node.anyOf ?? node.oneOf)?.flatMap(formsOf) ?? [node]

const typesOf = (forms: readonly JsonSchema[]) => new Set(forms.flatMap(({ type }) => type ?? "?"))

const isOnly = (types: ReadonlySet<string>, ...allowed: string[]) =>
  [...types].every((type) => allowed.includes(type))

const wordsAmong = (forms: readonly JsonSchema[]) =>
  forms.flatMap((form) => form.enum ?? (form.const === undefined ? [undefined] : [form.const]))

export const controlOf = (node: JsonSchema): Control => {
  if (node.secret) return { kind: "secret" }
  const forms = formsOf(node)
  const types = typesOf(forms)
  const words = wordsAmong(forms)
  if (words.every((word) => typeof word === "string")) return { kind: "choice", options: words }
  const [form] = forms
  if (forms.length > 1 || !form)
    return { kind: isOnly(types, "string", "integer", "number") ? "text" : "json" }
  if (form.type === "boolean") return { kind: "switch" }
  if (form.type === "string") return { kind: "text" }
  if (form.type === "integer" || form.type === "number") return { kind: "number", form }
  if (form.type === "object" && form.properties) return { kind: "group", form }
  if (form.type === "object" && typeof form.additionalProperties === "object")
    return { kind: "named", of: form.additionalProperties }
  if (form.type === "array" && form.items) {
    const items = typesOf(formsOf(form.items))
    if (isOnly(items, "string", "integer")) return { kind: "words", numeric: !items.has("string") }
    if (form.items.type === "object" && form.items.properties)
      return { kind: "list", of: form.items }
  }
  return { kind: "json" }
}

/** Whether a value fits the way it is put in; `"${PORT}"` in a number's place does not. */
export const fits = ({ kind }: Control, value: unknown) => {
  if (value === undefined) return true
  if (kind === "switch") return typeof value === "boolean"
  if (kind === "number") return typeof value === "number"
  if (kind === "choice") return typeof value === "string"
  if (kind === "text") return typeof value === "string" || typeof value === "number"
  if (kind === "words")
    return Array.isArray(value) && value.every((one) => typeof one !== "object" && one !== null)
  if (kind === "list") return Array.isArray(value)
  if (kind === "group" || kind === "named")
    return typeof value === "object" && value !== null && !Array.isArray(value)
  return true
}

/** A place in the form. */
export interface Place {
  path: Path
  node: JsonSchema
  /** When a change there counts, as said there or around it. */
  reload: JsonSchema["reload"]
}

const isSetting = ({ kind }: Control) => !["group", "named", "list"].includes(kind)

/** What lies below a place, entries that there are included. */
export const placesBelow = ({ path, node, reload }: Place, tree: unknown): Place[] => {
  const control = controlOf(node)
  const at = (key: string | number, inner: JsonSchema): Place => ({
    path: [...path, key],
    node: inner,
    reload: inner.reload ?? reload,
  })
  const value = valueAt(tree, path)
  if (!fits(control, value)) return []
  if (control.kind === "group") {
    const { properties = {}, additionalProperties: more } = control.form
    const others =
      typeof more === "object"
        ? Object.keys(value ?? {}).filter((name) => !Object.hasOwn(properties, name))
        : []
    return [
      ...Object.entries(properties).map(([name, inner]) => at(name, inner)),
      ...others.map((name) => at(name, more as JsonSchema)),
    ]
  }
  if (control.kind === "named") return Object.keys(value ?? {}).map((name) => at(name, control.of))
  if (control.kind === "list" && Array.isArray(value))
    return value.map((_, index) => at(index, control.of))
  return []
}

/** Every setting at or below a place. */
export const settingsBelow = (place: Place, tree: unknown): Place[] =>
  isSetting(controlOf(place.node)) || !fits(controlOf(place.node), valueAt(tree, place.path))
    ? [place]
    : placesBelow(place, tree).flatMap((inner) => settingsBelow(inner, tree))
