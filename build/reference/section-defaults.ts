import { z } from "zod"
import type { Section } from "../../src/kernel/section.ts"

/** `src/registry/section-defaults.json`: what each section is where the config does not mention it. */
export const sectionDefaults = (sections: readonly Section[]) => {
  const defaults = sections.map(({ id, schema }) => [
    id,
    schema.parse(schema instanceof z.ZodArray ? [] : {}),
  ])
  return `${written(Object.fromEntries(defaults), "")}\n`
}

const longest = 100

/** JSON as the formatter leaves it: a list on one line where it fits. */
const written = (value: unknown, indent: string, before = ""): string => {
  if (typeof value !== "object" || value === null) return JSON.stringify(value)
  const inner = `${indent}  `
  const isList = Array.isArray(value)
  const [open, close] = isList ? "[]" : "{}"
  const entries = Object.entries(value).filter(([, one]) => one !== undefined)
  if (!entries.length) return `${open}${close}`
  if (isList && value.every((one) => typeof one !== "object")) {
    const line = `[${value.map((one) => JSON.stringify(one)).join(", ")}]`
    if (indent.length + before.length + line.length < longest) return line
  }
  const lines = entries.map(([key, one]) => {
    const name = isList ? "" : `${JSON.stringify(key)}: `
    return `${inner}${name}${written(one, inner, name)}`
  })
  return `${open}\n${lines.join(",\n")}\n${indent}${close}`
}
