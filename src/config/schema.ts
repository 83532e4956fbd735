import * as z from "zod"
import type { Reload, Section } from "../kernel/section.ts"
import { isTree } from "./path.ts"

/** The part of JSON Schema that zod writes, with what a setting's `.meta({...})` adds. */
export interface JsonSchema {
  [keyword: string]: unknown
  $ref?: string
  $defs?: Record<string, JsonSchema>
  type?: string | string[]
  description?: string
  properties?: Record<string, JsonSchema>
  required?: string[]
  additionalProperties?: boolean | JsonSchema
  propertyNames?: JsonSchema
  items?: JsonSchema
  prefixItems?: JsonSchema[]
  anyOf?: JsonSchema[]
  oneOf?: JsonSchema[]
  allOf?: JsonSchema[]
  enum?: unknown[]
  const?: unknown
  secret?: boolean
  reload?: Reload
}

/**
 * JSON Schema of what may be written. Objects are closed: a key that no schema names is a mistake,
 * unless the schema says otherwise (`z.looseObject`, `z.record`).
 */
const jsonSchema = (schema: z.ZodType) =>
  z.toJSONSchema(schema, {
    io: "input",
    unrepresentable: "any",
    override({ jsonSchema: node }) {
      if (node.type === "object" && node.properties) node.additionalProperties ??= false
      if (node.secret && node.type === "string") acceptRef(node as JsonSchema)
    },
  }) as JsonSchema

/** Text that is secret may be kept elsewhere, and referred to. */
const acceptRef = (node: JsonSchema) => {
  const { description, secret, reload, default: given, ...text } = node
  for (const key of Object.keys(text)) delete node[key]
  node.anyOf = [text, secretRefSchema]
}

const secretRefSchema: JsonSchema = {
  type: "object",
  title: "a reference to a secret",
  description: "Where the secret is kept; see `secrets.providers`.",
  properties: {
    source: { type: "string", enum: ["env", "file", "exec"], description: "Kind of place." },
    provider: {
      type: "string",
      pattern: "^[a-z][a-z0-9_-]{0,63}$",
      description: "Name under `secrets.providers`; default: the source's default provider.",
    },
    id: { type: "string", description: "What the provider knows it by." },
  },
  required: ["source", "id"],
  additionalProperties: false,
}

/** True for a section that is a list rather than a group of settings. */
export const isList = ({ schema }: Section) => schema instanceof z.ZodArray

const bySection = new WeakMap<z.ZodType, JsonSchema>()

export const sectionSchema = (section: Section): JsonSchema => {
  const { schema } = section // another one, where a plugin brought settings
  return bySection.getOrInsertComputed(schema, () => jsonSchema(schema))
}

const byList = new WeakMap<readonly Section[], { of: z.ZodType[]; schema: JsonSchema }>()

/** JSON Schema of the whole config file. */
export const fileSchema = (sections: readonly Section[]): JsonSchema => {
  const of = sections.map(({ schema }) => schema)
  const made = byList.get(sections)
  if (made?.of.every((schema, index) => schema === of[index])) return made.schema
  const shape: Record<string, z.ZodType> = {
    $schema: z.string().describe("Where an editor finds this schema.").optional(),
  }
  for (const { id, schema: of, summary } of sections) shape[id] = of.optional().describe(summary)
  const schema = { title: "fased config", ...jsonSchema(z.object(shape)) }
  byList.set(sections, { of, schema })
  return schema
}

/** A place in a schema: `node` may be any of several forms, which `root` helps to look up. */
export interface Place {
  root: JsonSchema
  node: JsonSchema
}

/** The concrete forms a value may take at this place: unions and references are looked through. */
export const forms = (place: Place): readonly JsonSchema[] => {
  let found = formsOf.get(place.node)
  if (!found) formsOf.set(place.node, (found = findForms(place)))
  return found
}
/** A node is part of one root only. */
const formsOf = new WeakMap<JsonSchema, readonly JsonSchema[]>()

const findForms = ({ root, node }: Place): readonly JsonSchema[] => {
  const inherited = node.secret ? { secret: true } : {}
  const branches = node.anyOf ?? node.oneOf
  if (node.$ref) return forms({ root, node: { ...dereference(root, node.$ref), ...inherited } })
  if (branches) return branches.flatMap((node) => forms({ root, node: { ...node, ...inherited } }))
  if (node.allOf) return [merged(node.allOf.flatMap((node) => forms({ root, node })))]
  return [node]
}

const dereference = (root: JsonSchema, ref: string) =>
  ref === "#" ? root : (root.$defs?.[ref.replace("#/$defs/", "")] ?? {})

const merged = (parts: JsonSchema[]): JsonSchema =>
  Object.assign({}, ...parts, {
    properties: Object.assign({}, ...parts.map((part) => part.properties)),
    required: parts.flatMap((part) => part.required ?? []),
  })

/** The schema of one step below `form`; undefined when `form` has no place for it. */
export const below = (form: JsonSchema, key: PropertyKey): JsonSchema | undefined => {
  if (form.items || form.prefixItems)
    return /^(?:\d+|\*)$/.test(String(key))
      ? (form.prefixItems?.[Number(key)] ?? form.items)
      : undefined
  if (form.properties && Object.hasOwn(form.properties, key)) return form.properties[String(key)]
  if (isTree(form.additionalProperties)) return form.additionalProperties
  return isOpen(form) ? form : undefined
}

/** True for `z.any()` and its like: whatever is written there is allowed. */
const isOpen = ({ type, enum: values, const: only }: JsonSchema) =>
  type === undefined && values === undefined && only === undefined

/** Every form a value may take at `path`; empty when the schema has no such place. */
export const formsAt = (root: JsonSchema, path: readonly PropertyKey[]): readonly JsonSchema[] =>
  path.reduce<readonly JsonSchema[]>(
    (found, key) =>
      found.flatMap((form) => {
        const node = below(form, key)
        if (!node) return []
        return forms({ root, node: form.secret ? { ...node, secret: true } : node })
      }),
    forms({ root, node: root }),
  )

/** Names one step below any of `found`. */
export const namesBelow = (found: readonly JsonSchema[]) => [
  ...new Set(found.flatMap((form) => Object.keys(form.properties ?? {}))),
]
