import { badRequest } from "./faults.ts"
import type { OutputItem } from "./responses-output.ts"
import type { Word, WordPart } from "./words.ts"

/** A link of the conversation that a response answered. */
export interface Heard {
  /** Of the response it belongs to. */
  id: string
  words: readonly Word[]
  /** What that response said; empty for the one that is asked about. */
  output: readonly OutputItem[]
}

type Item = { id: string; type: string } & Record<string, unknown>

/** What was said, as items; pictures are large, so their bytes go along only where they are wanted. */
export const toItems = ({ id, words, output }: Heard, wants: { pictures: boolean }): Item[] => [
  ...words.flatMap((word, at) => itemsOf(word, `${id.replace("resp_", "")}_${at}`, wants)),
  ...output.map((item) => ({ ...item })),
]

const itemsOf = (word: Word, id: string, wants: { pictures: boolean }): Item[] => {
  const status = "completed"
  const message = { type: "message", id: `msg_${id}`, status }
  const shown = (parts: readonly WordPart[]) => parts.map((part) => shownPart(part, wants))
  switch (word.role) {
    case "system":
      return [{ ...message, role: "system", content: shown([{ type: "text", text: word.text }]) }]
    case "user":
      return [{ ...message, role: "user", content: shown(word.parts) }]
    case "result":
      return [
        {
          type: "function_call_output",
          id: `fco_${id}`,
          status,
          call_id: word.callId,
          output: shown(word.parts),
        },
      ]
    case "assistant": {
      const { text, calls = [] } = word
      const content = [{ type: "output_text", text, annotations: [], logprobs: [] }]
      return [
        ...(text ? [{ ...message, role: "assistant", content }] : []),
        ...calls.map((call, at) => ({
          type: "function_call",
          id: `fc_${id}_${at}`,
          status,
          call_id: call.id,
          name: call.name,
          arguments:
            typeof call.arguments === "string" ? call.arguments : JSON.stringify(call.arguments),
        })),
      ]
    }
  }
}

const shownPart = (part: WordPart, { pictures }: { pictures: boolean }) => {
  if (part.type === "text") return { type: "input_text", text: part.text }
  const bytes = () => Buffer.from(part.bytes).toString("base64")
  return {
    type: "input_image",
    detail: "auto",
    file_id: null,
    image_url: pictures ? `data:${part.mimeType};base64,${bytes()}` : null,
  }
}

interface Page {
  limit: number
  order: "asc" | "desc"
  /** The item that was the last of the page before. */
  after: string | undefined
}

export const pageOf = (items: readonly Item[], { limit, order, after }: Page) => {
  const all = order === "asc" ? items : items.toReversed()
  const from = after === undefined ? 0 : all.findIndex(({ id }) => id === after) + 1
  if (after !== undefined && !from)
    throw badRequest({ param: "after", problem: `no item here has the id "${after}"` })
  const data = all.slice(from, from + limit)
  return {
    object: "list" as const,
    data,
    first_id: data[0]?.id ?? null,
    last_id: data.at(-1)?.id ?? null,
    has_more: from + limit < all.length,
  }
}
