import type { JsonArray, JsonObject, Node } from "jsonc-morph"
import type { Path } from "./path.ts"
import type { ConfigState } from "./settings.ts"

export interface Edit {
  path: Path
  /** Without it the setting is removed. */
  value?: unknown
}

/**
 * The file's text with one setting changed; comments, order and spelling of the rest stay.
 * The path has been checked against the file's content (`withValue`).
 */
export const editText = (text: string, format: ConfigState["format"], edit: Edit) =>
  format === "yaml" ? editYaml(text, edit) : editJson5(text, edit)

const editYaml = async (text: string, { path, ...change }: Edit) => {
  const { parseDocument } = await import("yaml")
  const document = parseDocument(text)
  const isScalar = typeof change.value !== "object" || change.value === null
  if (!("value" in change)) document.deleteIn(path)
  else document.setIn(path, isScalar ? change.value : document.createNode(change.value))
  return document.toString({ lineWidth: 0 })
}

const editJson5 = async (text: string, { path, ...change }: Edit) => {
  const { parse } = await import("jsonc-morph")
  const root = parse(text.trim() ? text : "{\n}\n")
  let holder: JsonObject | JsonArray = root.asObjectOrForce()
  for (const [depth, segment] of path.entries()) {
    const rest = path.slice(depth + 1)
    const found = childOf(holder, segment)
    if (!found) {
      if ("value" in change) add(holder, segment, nested(rest, change.value))
      break
    }
    if (rest.length) holder = found.asObject() ?? found.asArrayOrThrow()
    else if (!("value" in change)) remove(holder, segment, found)
    else replace(found, change.value)
  }
  return root.toString()
}

const isArray = (holder: JsonObject | JsonArray): holder is JsonArray => "elements" in holder

const childOf = (holder: JsonObject | JsonArray, segment: string | number): Node | undefined =>
  isArray(holder) ? holder.elements()[Number(segment)] : holder.get(String(segment))?.value()

const add = (holder: JsonObject | JsonArray, segment: string | number, value: unknown) =>
  isArray(holder) ? holder.append(value) : holder.append(String(segment), value)

const remove = (holder: JsonObject | JsonArray, segment: string | number, found: Node) =>
  isArray(holder) ? found.remove() : holder.get(String(segment))?.remove()

const replace = (found: Node, value: unknown) => {
  const written =
    found.asObject() ??
    found.asArray() ??
    found.asStringLit() ??
    found.asNumberLit() ??
    found.asBooleanLit() ??
    found.asNullKeyword() ??
    found.asWordLit()
  written?.replaceWith(value)
}

/** `value` inside the groups and lists that `path` names. */
const nested = (path: Path, value: unknown): unknown =>
  path.reduceRight(
    (inner: unknown, key) => (typeof key === "number" ? [inner] : { [key]: inner }),
    value,
  )
