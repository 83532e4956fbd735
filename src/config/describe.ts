import { isTree } from "./path.ts"
import type { JsonSchema } from "./schema.ts"

/** What may be written here, in words: `a whole number from 1 to 65535`, `"token" or "password"`. */
export const describeAllowed = (found: readonly JsonSchema[]) =>
  listed([...new Set(found.flatMap(describeForm))], "or")

const describeForm = (form: JsonSchema): string[] => {
  if (form.const !== undefined) return [JSON.stringify(form.const)]
  if (form.enum) return form.enum.map((value) => JSON.stringify(value))
  const types = Array.isArray(form.type) ? form.type : [form.type]
  return types.flatMap((type) => (type === undefined ? [] : [describeType(type, form)]))
}

const describeType = (type: string, form: JsonSchema): string => {
  switch (type) {
    case "integer":
      return `a whole number${range(form)}`
    case "number":
      return `a number${range(form)}`
    case "string":
      return `${textFormats[String(form.format)] ?? "text"}${lengths(form, "character", "Length")}`
    case "boolean":
      return "true or false"
    case "array":
      return `a list${lengths(form, "entry", "Items")}`
    case "object":
      return String(form.title ?? "a group of settings")
    default:
      return type
  }
}

const textFormats: Record<string, string> = {
  uri: "a URL",
  email: "an e-mail address",
  "date-time": "a date and time such as 2026-01-31T08:00:00Z",
  ipv4: "an IPv4 address",
  ipv6: "an IPv6 address",
  regex: "a regular expression",
}

const range = ({ minimum, maximum, exclusiveMinimum }: JsonSchema) => {
  const bound = (value: unknown) =>
    typeof value === "number" && Math.abs(value) < Number.MAX_SAFE_INTEGER ? value : undefined
  const [low, above, high] = [bound(minimum), bound(exclusiveMinimum), bound(maximum)]
  if (low !== undefined && high !== undefined) return ` from ${low} to ${high}`
  if (low !== undefined) return `, ${low} or more`
  if (above !== undefined) return `, more than ${above}`
  return high === undefined ? "" : `, ${high} or less`
}

const lengths = (form: JsonSchema, unit: string, what: "Length" | "Items") => {
  const [least, most] = [form[`min${what}`], form[`max${what}`]]
  const units = unit === "entry" ? "entries" : `${unit}s`
  if (least === 1 && most === undefined) return ` of at least one ${unit}`
  if (least !== undefined && most !== undefined) return ` of ${least} to ${most} ${units}`
  if (least !== undefined) return ` of at least ${least} ${units}`
  return most === undefined ? "" : ` of at most ${most} ${units}`
}

/** A value as it may be shown in a message: short, on one line, and never a secret. */
export const describeValue = (value: unknown, secret: boolean): string => {
  if (value === undefined) return "nothing"
  if (Array.isArray(value)) return "a list"
  if (isTree(value)) return "a group of settings"
  if (typeof value === "string") {
    if (!value) return "empty text"
    if (secret) return "the text it has (hidden, because it is secret)"
    return value.length > 40 ? `text of ${value.length} characters` : JSON.stringify(value)
  }
  return secret ? `a ${typeof value}` : String(value)
}

const listed = (items: string[], word: string) =>
  items.length > 1 ? `${items.slice(0, -1).join(", ")} ${word} ${items.at(-1)}` : (items[0] ?? "")
