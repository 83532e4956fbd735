import type { ChatMessage, ContentPart } from "./chat-request.ts"
import type { FileReader } from "./files.ts"
import type { PictureLoader } from "./pictures.ts"
import type { Word, WordPart } from "./words.ts"

interface Loaders {
  picture: PictureLoader
  file: FileReader
}

/** The messages of a chat request, with all that they point to. */
export const readChatMessages = async (
  messages: readonly ChatMessage[],
  loaders: Loaders,
): Promise<Word[]> => {
  const names = new Map<string, string>()
  const words: Word[] = []
  for (const message of messages) words.push(...(await readMessage(message, { loaders, names })))
  return words
}

const readMessage = async (
  message: ChatMessage,
  { loaders, names }: { loaders: Loaders; names: Map<string, string> },
): Promise<Word[]> => {
  switch (message.role) {
    case "system":
    case "developer":
      return [{ role: "system", text: textOf(message.content) }]
    case "user":
      return [{ role: "user", parts: await readParts(message.content, loaders) }]
    case "assistant": {
      const { content, refusal, tool_calls: calls, function_call: old } = message
      const made = [
        ...(calls ?? []),
        ...(old ? [{ id: oldCallId(old.name), function: old }] : []),
      ].map(({ id, function: { name, arguments: json } }) => {
        names.set(id, name)
        return { id, name, arguments: parsed(json) }
      })
      const text = textOf(content ?? "") || (refusal ?? "")
      return [{ role: "assistant", text, ...(made.length && { calls: made }) }]
    }
    case "tool": {
      const { tool_call_id: callId, content } = message
      const parts = await readParts(content, loaders)
      return [{ role: "result", callId, name: names.get(callId) ?? "tool", parts }]
    }
    case "function": {
      const parts = await readParts(message.content ?? "", loaders)
      return [{ role: "result", callId: oldCallId(message.name), name: message.name, parts }]
    }
  }
}

/** Calls had no ids in the first version of the API: the function's name says which. */
const oldCallId = (name: string) => `call_${name}`

const textOf = (content: string | readonly ContentPart[]) =>
  typeof content === "string"
    ? content
    : content.flatMap((part) => (part.type === "text" ? [part.text] : [])).join("\n\n")

const readParts = async (
  content: string | readonly ContentPart[],
  { picture, file }: Loaders,
): Promise<WordPart[]> => {
  if (typeof content === "string") return [{ type: "text", text: content }]
  const parts: WordPart[] = []
  for (const part of content) {
    if (part.type === "text") parts.push(part)
    else if (part.type === "refusal") parts.push({ type: "text", text: part.refusal })
    else if (part.type === "image_url") parts.push(await picture(part.image_url.url))
    else parts.push({ type: "text", text: await file(part.file) })
  }
  return parts
}

const parsed = (json: string): unknown => {
  try {
    return JSON.parse(json || "{}")
  } catch {
    return json
  }
}
