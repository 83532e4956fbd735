import type { z } from "zod"
import { inWords } from "../kernel/in-words.ts"
import { openAiError } from "./refusal.ts"

/** A request's body in its shape, or the answer that says which field is wrong. */
export const parseBody = <T extends z.ZodType>(
  schema: T,
  bytes: Buffer,
): { body: z.output<T> } | { refused: Response } => {
  const json = parseJson(bytes)
  if (json === undefined) return refuse("The body is not JSON.")
  const parsed = schema.safeParse(json, { error: inWords })
  if (parsed.success) return { body: parsed.data }
  const { path, message: why } = deepest(parsed.error.issues[0]!)
  // A field's own words do not know that it is not there.
  const message = isThere(json, path) ? why : "is missing"
  const param = path.reduce<string>(
    (text, key) =>
      typeof key === "number" ? `${text}[${key}]` : text ? `${text}.${String(key)}` : String(key),
    "",
  )
  return refuse(param ? `${param}: ${message}` : message, param)
}

const parseJson = (bytes: Buffer): unknown => {
  try {
    return JSON.parse(bytes.toString("utf8"))
  } catch {
    return undefined
  }
}

const isThere = (json: unknown, path: readonly PropertyKey[]) =>
  path.reduce<unknown>((at, key) => (at as Record<PropertyKey, unknown>)?.[key], json) !== undefined

/** Where a value may have several shapes, what is wrong with the one it comes closest to. */
const deepest = (issue: z.core.$ZodIssue): { path: PropertyKey[]; message: string } => {
  if (issue.code !== "invalid_union") return issue
  const inner = issue.errors
    .flatMap((issues) => issues.slice(0, 1))
    .toSorted((a, b) => b.path.length - a.path.length)[0]
  if (!inner?.path.length) return issue
  const found = deepest(inner)
  return { path: [...issue.path, ...found.path], message: found.message }
}

const refuse = (message: string, param?: string) => ({
  refused: Response.json(
    openAiError({ status: 400, code: "invalid_request", message, ...(param && { param }) }),
    { status: 400 },
  ),
})
