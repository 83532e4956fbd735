import { createHash } from "node:crypto"
import { formatPath, parsePath } from "./path.ts"
import { below, forms, formsAt, type JsonSchema, namesBelow } from "./schema.ts"

/** What an editor shows beside a setting. */
export interface Hint {
  help?: string
  sensitive?: true
  reload?: string
}

const hintFor = (node: JsonSchema): Hint | undefined => {
  const { description: help, reload } = node
  const hint = {
    ...(help && { help }),
    ...(node.secret && { sensitive: true as const }),
    ...(reload && { reload }),
  }
  return Object.keys(hint).length ? hint : undefined
}

/** Hints by path; `[]` is any entry of a list, `*` any name a person may choose. */
export const hintsOf = (root: JsonSchema): Record<string, Hint> => {
  const hints: Record<string, Hint> = {}
  const visit = (node: JsonSchema, path: string, depth: number) => {
    const hint = hintFor(node)
    if (path && hint) hints[path] ??= hint
    if (depth > 12) return
    for (const form of forms({ root, node }))
      for (const key of keysBelow(form)) visit(below(form, key)!, join(path, key), depth + 1)
  }
  visit(root, "", 0)
  return hints
}

const keysBelow = (form: JsonSchema) => [
  ...Object.keys(form.properties ?? {}),
  ...(form.items || typeof form.additionalProperties === "object" ? ["*"] : []),
]

const join = (path: string, key: string) => (path ? `${path}.${key}` : formatPath([key]))

/** Changes with the schema, so that a client knows when to fetch it again. */
export const versionOf = (schema: JsonSchema) =>
  createHash("sha256").update(JSON.stringify(schema)).digest("hex").slice(0, 12)

/** One place in the schema and the names below it; undefined when there is no such place. */
export const lookUp = (root: JsonSchema, text: string) => {
  const path = /^[.*]$/.test(text) ? [] : parsePath(text.replace(/\[\*?\]/g, ".*"))
  const found = formsAt(root, path)
  if (!found.length) return undefined
  const [only, ...others] = found.map(shallow)
  const hint = found.map(hintFor).find(Boolean)
  const here = formatPath(path)
  return {
    path: text,
    schema: others.length ? { anyOf: [only, ...others] } : only!,
    ...(hint && { hint, hintPath: here }),
    children: childrenOf(root, found, here),
  }
}

const childrenOf = (root: JsonSchema, found: readonly JsonSchema[], here: string) => {
  const wild = found.some((form) => keysBelow(form).includes("*")) ? ["*"] : []
  return [...namesBelow(found), ...wild].map((key) => {
    const nodes = found.map((form) => below(form, key)).filter((node) => node !== undefined)
    const inner = nodes.flatMap((node) => forms({ root, node }))
    const types = [...new Set(inner.flatMap(({ type }) => type ?? []))]
    const hint = nodes.map(hintFor).find(Boolean)
    const path = join(here, key)
    return {
      key,
      path,
      ...(types.length && { type: types.length > 1 ? types : types[0]! }),
      required: found.some((form) => form.required?.includes(key)),
      hasChildren: inner.some((form) => keysBelow(form).length > 0),
      ...(hint && { hint, hintPath: path }),
    }
  })
}

const shallow = ({
  properties: _,
  items: __,
  $defs: ___,
  additionalProperties,
  ...rest
}: JsonSchema) =>
  typeof additionalProperties === "boolean" ? { ...rest, additionalProperties } : rest
