import type { z } from "zod"
import type { JsonSchema } from "../../src/config/schema.ts"
import { jsonSchemaOf, range } from "./fields.ts"
import { fence } from "./markdown.ts"

/** A value's shape, written as the TypeScript type a client would declare for it. */
export const shapeBlock = (schema: z.ZodType) =>
  fence("ts", shapeText(jsonSchemaOf(schema, "output")))

const shapeText = (node: JsonSchema, indent = ""): string => {
  if (node.const !== undefined) return JSON.stringify(node.const)
  if (node.enum) return node.enum.map((value) => JSON.stringify(value)).join(" | ")
  const branches = node.anyOf ?? node.oneOf
  if (branches) return [...new Set(branches.map((branch) => shapeText(branch, indent)))].join(" | ")
  if (node.allOf) return node.allOf.map((part) => shapeText(part, indent)).join(" & ")
  if (node.$ref) return node.$ref.replace("#/$defs/", "")
  if (node.type === "array") return listText(node, indent)
  if (node.type === "object") return objectText(node, indent)
  if (node.type === "integer") return "number"
  return Array.isArray(node.type) ? node.type.join(" | ") : (node.type ?? "unknown")
}

const listText = ({ items, prefixItems }: JsonSchema, indent: string) => {
  if (prefixItems) return `[${prefixItems.map((item) => shapeText(item, indent)).join(", ")}]`
  const item = items ? shapeText(items, indent) : "unknown"
  return items?.anyOf || items?.oneOf || items?.enum ? `(${item})[]` : `${item}[]`
}

const objectText = (node: JsonSchema, indent: string) => {
  const inner = `${indent}  `
  const lines = Object.entries(node.properties ?? {}).flatMap(([key, property]) => {
    const name = /^[\w$]+$/.test(key) ? key : JSON.stringify(key)
    const optional = node.required?.includes(key) ? "" : "?"
    const comment = remark(property)
    return [
      ...(comment ? [`${inner}/** ${comment} */`] : []),
      `${inner}${name}${optional}: ${shapeText(property, inner)}`,
    ]
  })
  const any = node.additionalProperties
  if (typeof any === "object") {
    const values = shapeText(any, inner)
    if (lines.length === 0) return `Record<string, ${values}>`
    lines.push(`${inner}[key: string]: ${values}`)
  }
  return lines.length > 0 ? `{\n${lines.join("\n")}\n${indent}}` : "{}"
}

const remark = (node: JsonSchema) => {
  const limits = node.type === "integer" || node.type === "number" ? range(node).trim() : ""
  return [node.description, limits].filter(Boolean).join(" ")
}
