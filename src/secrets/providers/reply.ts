import { maskIn, printable } from "../../logs/redact.ts"
import { type Answer, answerEach } from "./answer.ts"

type Answers = ReadonlyMap<string, Answer>

const object = (value: unknown): Record<string, unknown> | undefined =>
  typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined

/**
 * Reads what a command answered: `{protocolVersion: 1, values, errors}`, or, where that is allowed
 * and one secret was asked for, the bare secret. Returns what is wrong with it as text.
 */
export const readReply = (
  output: Uint8Array,
  ids: readonly string[],
  { jsonOnly }: { jsonOnly: boolean },
): Answers | string => {
  let text: string
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(output)
  } catch {
    return "its answer is not text in UTF-8"
  }
  const reply = parse(text)
  const isProtocol = reply !== undefined && Object.hasOwn(reply, "protocolVersion")
  if (!jsonOnly && ids.length === 1 && !isProtocol)
    return answerEach(ids, () => ({ value: text.replace(/\r?\n$/, "") }))
  if (!reply) return "its answer is not a JSON object"
  if (reply.protocolVersion !== 1) return "its answer is not of protocolVersion 1"
  const values = object(reply.values)
  if (!values) return 'its answer has no "values"'
  return answerEach(ids, answerIn(values, object(reply.errors) ?? {}))
}

const parse = (text: string) => {
  try {
    return object(JSON.parse(text))
  } catch {
    return undefined
  }
}

const answerIn =
  (values: Record<string, unknown>, errors: Record<string, unknown>) =>
  (id: string): Answer => {
    const value = Object.hasOwn(values, id) ? values[id] : undefined
    if (typeof value === "string") return { value }
    const message = Object.hasOwn(errors, id) ? object(errors[id])?.message : undefined
    const said = typeof message === "string" ? harmless(message, Object.values(values)) : ""
    if (said) return { reason: `the command says: ${said}`, next: "ask the vault about it" }
    return value === undefined
      ? { reason: "the command gave no value for it", next: "correct the id, or add it there" }
      : { reason: "the command gave something other than text", next: "store it as text" }
  }

const longest = 200

/** A helper's own words, short, on one line, without the secrets it gave or what looks like one. */
const harmless = (message: string, values: readonly unknown[]) => {
  let words = printable(message.slice(0, 4_000)).replace(/\s+/g, " ").trim()
  for (const value of values)
    if (typeof value === "string" && value.length >= 4) words = words.replaceAll(value, "***")
  words = maskIn(words).replace(/(?=[\w+=-]*\d)[\w+=-]{20,}/g, "***")
  return words.length > longest ? `${words.slice(0, longest)}…` : words
}
