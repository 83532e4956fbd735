import { ToolContent, type ToolPart } from "../kernel/tool-content.ts"

/** Most characters of one result that a model reads. */
export const maxText = 60_000

/** What a model reads of a tool's answer: always words, and pictures where there are some. */
export const readable = (value: unknown): { text: string; content?: ToolPart[] } => {
  if (!(value instanceof ToolContent)) return { text: textOf(value) }
  const texts = value.content.flatMap((part) => (part.type === "text" ? [part.text] : []))
  const images = value.content.filter((part) => part.type === "image")
  const text = bounded(texts.join("\n\n") || (images.length ? "[image]" : "Done."))
  return images.length ? { text, content: [{ type: "text", text }, ...images] } : { text }
}

export const bounded = (text: string) =>
  text.length <= maxText
    ? text
    : `${text.slice(0, maxText).toWellFormed()}\n[cut: ${text.length - maxText} more characters; ask for less at once]`

const textOf = (value: unknown) => {
  if (typeof value === "string") return bounded(value)
  const written = writeJson(value, maxText)
  if (written === undefined) return "Done."
  return written.cut
    ? `${written.text.toWellFormed()}\n[cut: the rest is too long; ask for less at once]`
    : written.text
}

/**
 * The same as `JSON.stringify`, but it ends where the model stops reading: a result of a hundred
 * megabytes costs no more than one of that length.
 */
export const writeJson = (
  value: unknown,
  max: number,
): { text: string; cut: boolean } | undefined => {
  let text = ""
  const put = (piece: string) => {
    text += piece
    if (text.length > max) throw full
  }
  const write = (value: unknown, depth: number): void => {
    if (depth > deepest) throw new TypeError("the value is nested too deep, or holds itself")
    if (typeof value === "string") return put(JSON.stringify(value.slice(0, max + 1)))
    if (typeof value !== "object" || value === null) return put(JSON.stringify(value) ?? "null")
    if (Array.isArray(value)) {
      put("[")
      for (const [at, item] of value.entries()) {
        if (at) put(",")
        write(plain(item), depth + 1)
      }
      return put("]")
    }
    put("{")
    let first = true
    for (const name in value) {
      if (!Object.hasOwn(value, name)) continue
      const item = plain((value as Record<string, unknown>)[name])
      if (isNothing(item)) continue
      put(`${first ? "" : ","}${JSON.stringify(name)}:`)
      first = false
      write(item, depth + 1)
    }
    put("}")
  }
  const root = plain(value)
  if (isNothing(root)) return undefined
  try {
    write(root, 0)
    return { text, cut: false }
  } catch (error) {
    if (error !== full) throw error
    return { text: text.slice(0, max), cut: true }
  }
}

const deepest = 200
const full = Symbol("enough")

const plain = (value: unknown): unknown =>
  typeof value === "object" && value !== null && "toJSON" in value && isCallable(value.toJSON)
    ? value.toJSON()
    : value

const isCallable = (value: unknown): value is () => unknown => typeof value === "function"
const isNothing = (value: unknown) =>
  value === undefined || typeof value === "function" || typeof value === "symbol"
