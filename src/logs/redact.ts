import type { Fields } from "../kernel/log.ts"
import { isSecretName, maskSecret } from "../kernel/secret.ts"
import { type Logging, toPattern } from "./config.ts"
import { secretPatterns } from "./patterns.ts"

const limits = { text: 8_000, entries: 100, depth: 6 }

export interface Redactor {
  /** Text that may be written down: no secrets, no control characters, not endless. */
  text(value: string): string
  /** The same for the fields of a line, which come out as plain JSON. */
  fields(fields: Fields): Fields
}

/** Masks secrets as `logging` says. Best effort, not a boundary: do not log what must not be read. */
export const createRedactor = ({
  redactSensitive,
  redactPatterns,
}: Pick<Logging, "redactSensitive" | "redactPatterns">): Redactor => {
  const masks = redactSensitive !== "off"
  const patterns = redactPatterns?.map(toPattern) ?? secretPatterns
  /** Names of fields recur in every line; what they look like is found out once. */
  const names = new Map<string, string>()
  const nameText = (name: string) => {
    if (names.size > 2_000) names.clear()
    return names.getOrInsertComputed(name, text)
  }
  const text = (value: string) => {
    if (patterns === secretPatterns && harmless.test(value)) return value
    const clean = printable(shorten(value))
    return masks ? maskIn(clean, patterns) : clean
  }

  const plain = (value: unknown, name: string, depth: number, seen: readonly object[]): unknown => {
    if (typeof value === "string")
      return masks && isSecretName(name) && value ? maskSecret(value) : text(value)
    if (typeof value === "bigint") return String(value)
    if (typeof value !== "object" || value === null)
      return typeof value === "function" || typeof value === "symbol" ? undefined : value
    if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString()
    if (ArrayBuffer.isView(value)) return `<${value.byteLength} bytes>`
    if (depth >= limits.depth || seen.includes(value)) return "…"
    const within = [...seen, value]
    const inner = (entry: unknown, key: string) => plain(entry, key, depth + 1, within)
    if (value instanceof Error) return inner(errorFields(value), name)
    if (value instanceof Map) return inner(Object.fromEntries(value), name)
    if (Array.isArray(value) || value instanceof Set)
      return capped([...value]).map((entry) => inner(entry, name))
    return Object.fromEntries(
      capped(Object.entries(value)).map(([key, entry]) => [nameText(key), inner(entry, key)]),
    )
  }
  return { text, fields: (fields) => plain(fields, "", 0, []) as Fields }
}

/** Ids and addresses, of which lines are full: no secret we know looks like that. */
const harmless = /^[0-9a-f.-]{0,64}$/

/** An error's own story and its plain facts (`code`, `syscall`); what else it carries stays out. */
const errorFields = ({ name, message, stack, cause, ...rest }: Error) => ({
  name,
  message,
  ...Object.fromEntries(Object.entries(rest).filter(([, value]) => typeof value !== "object")),
  stack,
  cause,
})

const capped = <T>(entries: T[]) =>
  entries.length > limits.entries ? entries.slice(0, limits.entries) : entries

const shorten = (text: string) =>
  text.length > limits.text ? `${text.slice(0, limits.text)}… (${text.length} characters)` : text

// oxlint-disable no-control-regex -- these are the characters to be rid of
const unprintable = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/
const everyUnprintable = new RegExp(unprintable, "g")
/** CSI sequences, and OSC and its kin up to their end or, cut short, to the end of the text. */
const terminalCodes =
  /(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]?|(?:\x1b[\]PX^_]|[\x9d\x90\x98\x9e\x9f])[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)?|\x1b[ -/]*[0-~]?/g
// oxlint-enable no-control-regex

/** Without terminal codes and whatever else could change what a reader of the log sees. */
export const printable = (text: string) =>
  unprintable.test(text) ? text.replace(terminalCodes, "").replace(everyUnprintable, "") : text

/** Masks every secret in `text` that one of `patterns` knows. */
export const maskIn = (text: string, patterns: readonly RegExp[] = secretPatterns) => {
  if (text.length < 8) return text
  let result = text
  for (const pattern of patterns)
    result = result.replace(pattern, (whole: string, ...groups: unknown[]) => {
      const secret = typeof groups[0] === "string" ? groups[0] : whole
      if (!secret) return whole
      const at = whole.lastIndexOf(secret)
      return whole.slice(0, at) + masked(secret) + whole.slice(at + secret.length)
    })
  return result
}

/** Of several words or lines nothing is kept: their ends may be secrets of their own. */
const masked = (secret: string) => (/\s|\\n/.test(secret) ? "***" : maskSecret(secret))
