import type { Message } from "../../sessions/message.ts"
import { textOf } from "../../sessions/message.ts"

const most = { said: 8000, args: 600, result: 2000 } as const

/** Beginning and end of a text that is too long to be retold whole. */
const short = (text: string, length: number) => {
  if (text.length <= length) return text
  const head = Math.floor(length * 0.7)
  const left = text.length - length
  return `${text.slice(0, head)} […${left} characters…] ${text.slice(-(length - head))}`.toWellFormed()
}

/** A message as the writer of a summary reads it. */
export const render = (message: Message): string => {
  if (message.role === "toolResult") {
    const { toolName, isError } = message
    return `${toolName} ${isError ? "failed" : "gave"}: ${short(textOf(message), most.result)}`
  }
  if (message.role === "user") {
    const pictures = Array.isArray(message.content)
      ? message.content.filter(({ type }) => type === "image").length
      : 0
    return `User: ${short(textOf(message), most.said)}${pictures ? ` [${pictures} picture(s)]` : ""}`
  }
  const said = textOf(message).trim()
  const calls = message.content.flatMap((part) =>
    part.type === "toolCall"
      ? `Assistant calls ${part.name}(${short(JSON.stringify(part.arguments ?? {}), most.args)})`
      : [],
  )
  return [...(said ? [`Assistant: ${short(said, most.said)}`] : []), ...calls].join("\n")
}

/** Texts packed in order into pieces of at most `size` characters each. */
export const pieces = (texts: readonly string[], size: number): string[] => {
  const packed: string[] = []
  for (const text of texts) {
    const last = packed.at(-1)
    if (last !== undefined && last.length + text.length < size)
      packed[packed.length - 1] = `${last}\n\n${text}`
    else packed.push(text.slice(0, size).toWellFormed())
  }
  return packed
}
