import type { SaidCall } from "../kernel/channel.ts"
import { nothingAsked } from "./faults.ts"

/** A part of what was said; pictures are at hand already. */
export type WordPart =
  { type: "text"; text: string } | { type: "image"; mimeType: string; bytes: Uint8Array }

/** A message of a request, whichever API it came by. */
export type Word =
  | { role: "system"; text: string }
  | { role: "user"; parts: readonly WordPart[] }
  | { role: "assistant"; text: string; calls?: readonly SaidCall[] }
  | { role: "result"; callId: string; name: string; parts: readonly WordPart[] }

export type Spoken = Exclude<Word, { role: "system" }>

export interface Conversation {
  /** All that system and developer messages say. */
  instructions?: string
  /** Up to the newest answer. */
  earlier: readonly Spoken[]
  /** What is to be answered, oldest first; never empty. */
  latest: readonly Spoken[]
}

/** A request's messages in their roles. Throws `v1.nothing-asked`. */
export const readConversation = (words: readonly Word[]): Conversation => {
  const instructions = words
    .flatMap((word) => (word.role === "system" && word.text.trim() ? [word.text] : []))
    .join("\n\n")
  const spoken = words.filter((word) => word.role !== "system")
  const answered = spoken.findLastIndex(({ role }) => role === "assistant") + 1
  const latest = spoken.slice(answered)
  if (!latest.some(saysSomething)) throw nothingAsked()
  return { ...(instructions && { instructions }), earlier: spoken.slice(0, answered), latest }
}

const saysSomething = (word: Spoken) =>
  word.role === "result" ||
  (word.role === "user" &&
    word.parts.some((part) => part.type === "image" || part.text.trim() !== ""))

export const textOfParts = (parts: readonly WordPart[]) =>
  parts.flatMap((part) => (part.type === "text" ? [part.text] : [])).join("\n\n")
