import type { Section } from "../kernel/section.ts"
import { isSecretName, isSecretRef } from "../kernel/secret.ts"
import { isTree, type Tree } from "./path.ts"
import { below, forms, type JsonSchema, sectionSchema } from "./schema.ts"

/** Stands for a secret wherever the config is shown. */
export const redacted = "__FASED_REDACTED__"

/**
 * A copy of a config, as written or with its defaults, that may be shown: secret by schema, secret by
 * name, and everything no schema knows (a misspelt `tokne` holds a token all the same) is masked.
 * What `$include` names is a file, and stays.
 */
export const redactConfig = (config: Tree, sections: readonly Section[]): Tree =>
  Object.fromEntries(
    Object.entries(config).map(([id, value]) => {
      if (id === "$schema" || id === "$include") return [id, value]
      const section = sections.find((candidate) => candidate.id === id)
      if (!section) return [id, hide(value)]
      const root = sectionSchema(section)
      return [id, show(value, root, [root], id)]
    }),
  )

const show = (
  value: unknown,
  root: JsonSchema,
  found: readonly JsonSchema[],
  name: string,
): unknown => {
  if (found.some((form) => form.secret) && isSecretRef(value)) return value
  if (!found.length || found.some((form) => form.secret)) return hide(value)
  if (typeof value === "string") return isSecretName(name) ? hide(value) : withoutLogin(value)
  if (Array.isArray(value))
    return value.map((entry, index) => show(entry, root, step(root, found, index), name))
  if (!isTree(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      key === "$include" ? inner : show(inner, root, step(root, found, key), key),
    ]),
  )
}

const step = (root: JsonSchema, found: readonly JsonSchema[], key: PropertyKey) =>
  found.flatMap((form) => {
    const node = below(form, key)
    return node ? forms({ root, node }) : []
  })

/** Masks text and numbers, however deep. A reference such as `${VAR}` is not the secret itself. */
const hide = (value: unknown): unknown => {
  if (typeof value === "string")
    return !value || /^\$\{[A-Z_][A-Z0-9_]*\}$/.test(value) ? value : redacted
  if (typeof value === "number") return redacted
  if (Array.isArray(value)) return value.map(hide)
  if (!isTree(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, key === "$include" ? inner : hide(inner)]),
  )
}

/** A URL without the user name and password it may carry. */
const withoutLogin = (text: string) =>
  text.includes("://") ? text.replace(/(\w:\/\/)[^/?#\s]+@/g, `$1${redacted}@`) : text
