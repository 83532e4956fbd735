import type { Media } from "../media/service.ts"
import type { Message } from "../sessions/message.ts"
import type { Pictures } from "./transcript.ts"

/** Pictures shown in one request; older ones are only told of. */
const most = 12

const namesIn = (message: Message): string[] =>
  message.role === "assistant" || typeof message.content === "string"
    ? []
    : message.content.flatMap((part) => (part.type === "image" ? [part.mediaId] : []))

export const hasPictures = (messages: readonly Message[]) =>
  messages.some((message) => namesIn(message).length > 0)

/** Reads the newest pictures of a conversation, each once as long as they are `known`. */
export const loadPictures = async (
  messages: readonly Message[],
  { media, sessionKey, known }: { media: Media; sessionKey: string; known: Pictures },
): Promise<Pictures> => {
  const names = [...new Set(messages.flatMap(namesIn))].slice(-most)
  const loaded = new Map<string, { mimeType: string; bytes: Uint8Array }>()
  for (const name of names) {
    const picture = known.get(name) ?? (await media.read(sessionKey, name))
    if (picture) loaded.set(name, picture)
  }
  return loaded
}
