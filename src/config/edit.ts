import type { JsonArray, JsonObject, Node, ObjectProp } from "jsonc-morph"
import type { Document, Scalar, YAMLMap } from "yaml"
import { loadAside } from "../kernel/aside.ts"
import type * as Library from "./library/jsonc.ts"
import type * as Yaml from "./library/yaml.ts"
import type { Path } from "./path.ts"
import type { ConfigState } from "./settings.ts"
import { withStandIns } from "./stand-ins.ts"

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
  const { parseDocument } = await loadAside<typeof Yaml>("config/library/yaml")
  const document = parseDocument(text)
  for (const { path, ...change } of edits) {
    const isScalar = typeof change.value !== "object" || change.value === null
    if ("value" in change)
      document.setIn(path, isScalar ? change.value : document.createNode(change.value))
    else {
      keepHeader(document, path)
      document.deleteIn(path)
    }
  }
  return document.toString({ lineWidth: 0 })
}

/** A comment at the top belongs to the file, not to the setting that happens to come first. */
const keepHeader = (document: Document, [name, ...rest]: Path) => {
  const first = (document.contents as YAMLMap<Scalar> | null)?.items[0]
  if (rest.length || first?.key.value !== name || !first?.key.commentBefore) return
  document.commentBefore = [document.commentBefore, first.key.commentBefore]
    .filter(Boolean)
    .join("\n")
}

const editJson5 = async (text: string, edits: readonly Edit[]) => {
  const { parse } = await loadAside<typeof Library>("config/library/jsonc")
  const standIns = withStandIns(text.trim() ? text : "{\n}\n", JSON.stringify(edits))
  const root = parse(standIns.text)
  for (const edit of edits) editNode(root.asObjectOrForce(), edit, standIns.standInFor)
  return standIns.restore(root.toString())
}

type StandInFor = (name: string) => string | undefined

const editNode = (top: JsonObject, { path, ...change }: Edit, standInFor: StandInFor) => {
  let holder: JsonObject | JsonArray = top
  for (const [depth, segment] of path.entries()) {
    const rest = path.slice(depth + 1)
    const property: ObjectProp | undefined = isArray(holder)
      ? undefined
      : propertyOf(holder, String(segment), standInFor)
    const found: Node | undefined = isArray(holder)
      ? holder.elements()[Number(segment)]
      : property?.value()
    if (!found) {
      if ("value" in change) add(holder, segment, nested(rest, change.value))
      return
    }
    if (rest.length) holder = found.asObject() ?? found.asArrayOrThrow()
    else if (!("value" in change)) (property ?? found).remove()
    else replace(found, change.value)
  }
}

const propertyOf = (holder: JsonObject, name: string, standInFor: StandInFor) =>
  holder.get(name) ?? holder.get(standInFor(name) ?? name)

const isArray = (holder: JsonObject | JsonArray): holder is JsonArray => "elements" in holder

const add = (holder: JsonObject | JsonArray, segment: string | number, value: unknown) =>
  isArray(holder) ? holder.append(value) : holder.append(String(segment), value)

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
