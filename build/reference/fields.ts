import { z } from "zod"
import { forms, type JsonSchema, type Place } from "../../src/config/schema.ts"
import { code, table } from "./markdown.ts"

export interface Field {
  /** Dotted, with `[]` for the items of a list and `*` for any key. */
  path: string
  type: string
  required: boolean
  schema: JsonSchema
}

/** Deeper shapes are the same few words again; the type still names them. */
const deepest = 5

export const jsonSchemaOf = (schema: z.ZodType, io: "input" | "output") =>
  z.toJSONSchema(schema, {
    io,
    unrepresentable: "any",
    override({ zodSchema, jsonSchema }) {
      const { def } = zodSchema._zod
      // A default that is made anew each time, such as a random id, is not a fact to write down.
      if (def.type === "default" && !Bun.deepEquals(def.defaultValue, def.defaultValue))
        delete jsonSchema.default
    },
  }) as JsonSchema

/** Every field a value of this schema may have, depth first, in the order declared. */
export const fieldsOf = (place: Place, prefix = ""): Field[] => {
  const found = new Map<string, Field>()
  // The forms of a union share fields; the first form that has one speaks for it.
  for (const field of walk(place, prefix, 0)) {
    if (!found.has(field.path)) found.set(field.path, field)
  }
  return [...found.values()]
}

const walk = ({ root, node }: Place, prefix: string, depth: number): Field[] => {
  if (depth >= deepest) return []
  const field = (path: string, node: JsonSchema, required: boolean): Field[] => [
    { path, type: typeText(node), required, schema: node },
    ...walk({ root, node }, path, depth + 1),
  ]
  const at = (key: string) => (prefix ? `${prefix}.${key}` : key)
  return forms({ root, node }).flatMap((form) => {
    const any = form.additionalProperties
    return [
      ...Object.entries(form.properties ?? {}).flatMap(([key, node]) =>
        field(at(key), node, form.required?.includes(key) ?? false),
      ),
      ...(typeof any === "object" && isShape(any) ? field(at("*"), any, false) : []),
      ...(form.items ? walk({ root, node: form.items }, `${prefix}[]`, depth + 1) : []),
    ]
  })
}

const isShape = (node: JsonSchema) => Object.keys(node).length > 0

/** A schema's type in the words of TypeScript. */
export const typeText = (node: JsonSchema): string => {
  if (node.const !== undefined) return JSON.stringify(node.const)
  if (node.enum) return node.enum.map((value) => JSON.stringify(value)).join(" | ")
  const branches = node.anyOf ?? node.oneOf
  if (branches) return [...new Set(branches.map(typeText))].join(" | ")
  if (node.allOf) return node.allOf.map(typeText).join(" & ")
  if (node.$ref) return node.$ref === "#" ? "object" : node.$ref.replace("#/$defs/", "")
  if (Array.isArray(node.type)) return node.type.join(" | ")
  if (node.type === "array") return listText(node)
  if (node.type === "object") {
    const any = node.additionalProperties
    return !node.properties && typeof any === "object" && isShape(any)
      ? `map of ${typeText(any)}`
      : "object"
  }
  if (node.type === "integer" || node.type === "number") return `${node.type}${range(node)}`
  return node.type ?? "any"
}

const listText = (node: JsonSchema) => {
  if (node.prefixItems) return `[${node.prefixItems.map(typeText).join(", ")}]`
  const item = node.items ? typeText(node.items) : "any"
  return /[ |&]/.test(item) ? `(${item})[]` : `${item}[]`
}

export const range = ({ minimum, maximum }: JsonSchema) => {
  const low = bound(minimum)
  const high = bound(maximum)
  if (low !== undefined && high !== undefined) return ` ${low}–${high}`
  if (low !== undefined) return ` ≥ ${low}`
  return high === undefined ? "" : ` ≤ ${high}`
}

/** Zod writes the limits of a safe integer even where nobody set any. */
const bound = (value: unknown) =>
  typeof value === "number" && Math.abs(value) < Number.MAX_SAFE_INTEGER ? value : undefined

/** What a caller hands in, as a table; a sentence when there is nothing to hand in. */
export const fieldTable = (schema: z.ZodType) => {
  const root = jsonSchemaOf(schema, "input")
  const fields = fieldsOf({ root, node: root })
  if (fields.length === 0) return "None."
  const rows = fields.map(({ path, type, required, schema }) => [
    code(path) + (required ? "" : " (optional)"),
    code(type),
    [schema.description, defaultOf(schema) && `Default ${defaultOf(schema)}.`]
      .filter(Boolean)
      .join(" "),
  ])
  return table(["Field", "Type", "Meaning"], rows)
}

/** The default as JSON; empty where there is none, or where the parts of an object have their own. */
export const defaultOf = ({ default: value }: JsonSchema) => {
  const json = value === undefined ? "{}" : JSON.stringify(value)
  return json === "{}" ? "" : code(json)
}
