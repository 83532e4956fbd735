import type { JsonArray, JsonObject, Node } from "jsonc-morph"
import type { Path } from "./path.ts"
import type { ConfigState } from "./settings.ts"

export interface Edit {
  path: Path
  /** Without it the setting is removed. */
  value?: unknown
}

/**
 * The file's text with these settings changed, one after the other; comments, order and spelling of
 * the rest stay. The paths have been checked against the file's content (`withValue`).
 */
export const editText = (text: string, format: ConfigState["format"], edits: readonly Edit[]) =>
  format === "yaml" ? editYaml(text, edits) : editJson5(text, edits)

const editYaml = async (text: string, edits: readonly Edit[]) => {
  const { parseDocument } = await import("yaml")
  const document = parseDocument(text)
  for (const { path, ...change } of edits) {
    const isScalar = typeof change.value !== "object" || change.value === null
    if (!("value" in change)) document.deleteIn(path)
    else document.setIn(path, isScalar ? change.value : document.createNode(change.value))
  }
  return document.toString({ lineWidth: 0 })
}

const editJson5 = async (text: string, edits: readonly Edit[]) => {
  const { parse } = await import("jsonc-morph")
  const root = parse(text.trim() ? text : "{\n}\n")
  for (const edit of edits) editNode(root.asObjectOrForce(), edit)
  return root.toString()
}

const editNode = (top: JsonObject, { path, ...change }: Edit) => {
  let holder: JsonObject | JsonArray = top
  for (const [depth, segment] of path.entries()) {
    const rest = path.slice(depth + 1)
    const found = childOf(holder, segment)
    if (!found) {
      if ("value" in change) add(holder, segment, nested(rest, change.value))
      return
    }
    if (rest.length) holder = found.asObject() ?? found.asArrayOrThrow()
    else if (!("value" in change)) remove(holder, segment, found)
    else replace(found, change.value)
  }
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
