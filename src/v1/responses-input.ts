import type { SaidCall } from "../kernel/channel.ts"
import { untrusted } from "../kernel/untrusted.ts"
import { badRequest } from "./faults.ts"
import type { Enclosures } from "./responses-files.ts"
import type { OutputItem } from "./responses-output.ts"
import type { CreateResponse, InputItem, Part } from "./responses-request.ts"
import type { Word, WordPart } from "./words.ts"

interface Needs {
  enclosures: Enclosures
  /** What an item reference leads to. Throws `v1.unknown-item`. */
  recall(id: string, param: string): Promise<OutputItem>
  /** The conversation that this one goes on from. */
  earlier: readonly Word[]
  /** True where the session itself may know a call that the request does not tell of. */
  hasSession: boolean
}

/** What the items of a request say, in their order, with all that is enclosed. */
export const readInput = async (input: CreateResponse["input"], needs: Needs): Promise<Word[]> => {
  const items: readonly InputItem[] =
    typeof input === "string" ? [{ type: "message", role: "user", content: input }] : input
  const words: Word[] = []
  const names = new Map(needs.earlier.flatMap(callsOf))
  for (const [at, item] of items.entries()) {
    const param = `input[${at}]`
    const known = item.type === "item_reference" ? await needs.recall(item.id, param) : item
    switch (known.type) {
      case "function_call": {
        const { call_id: id, name } = known
        names.set(id, name)
        addCall(words, { id, name, arguments: parsed(known.arguments) })
        break
      }
      case "function_call_output": {
        const name = names.get(known.call_id)
        if (name === undefined && !needs.hasSession)
          throw badRequest({
            param: `${param}.call_id`,
            problem: `no call with the id "${known.call_id}" comes before its output. Send the function_call item too, or go on with previous_response_id.`,
          })
        const parts = await partsOf(known.output, words, needs, `${param}.output`)
        words.push({ role: "result", callId: known.call_id, name: name ?? "function", parts })
        break
      }
      case "message":
        words.push(await message(known, words, needs, `${param}.content`))
    }
  }
  return words
}

/** The items of an output, as what was said. */
export const wordsOf = (output: readonly OutputItem[]): Word[] => {
  const words: Word[] = []
  for (const item of output) {
    if (item.type === "message")
      words.push({ role: "assistant", text: item.content.map(({ text }) => text).join("\n") })
    if (item.type === "function_call") {
      const { call_id: id, name } = item
      addCall(words, { id, name, arguments: parsed(item.arguments) })
    }
  }
  return words
}

const message = async (
  item: { role: "user" | "assistant" | "system" | "developer"; content: string | readonly Part[] },
  words: Word[],
  needs: Needs,
  param: string,
): Promise<Word> => {
  const { role, content } = item
  const parts = await partsOf(content, words, needs, param)
  if (role === "user") return { role, parts }
  const text = parts.flatMap((part) => (part.type === "text" ? [part.text] : [])).join("\n")
  return role === "assistant" ? { role, text } : { role: "system", text }
}

/** Calls of one answer belong together, and to the words before them. */
const addCall = (words: Word[], call: SaidCall) => {
  const last = words.at(-1)
  if (last?.role !== "assistant") words.push({ role: "assistant", text: "", calls: [call] })
  else if (!last.calls) words[words.length - 1] = { ...last, calls: [call] }
  // It was made here; a copy for each call would take long for many.
  else (last.calls as SaidCall[]).push(call)
}

const callsOf = (word: Word) =>
  word.role === "assistant" ? (word.calls ?? []).map(({ id, name }) => [id, name] as const) : []

/** The text of a file is information for this one request: it stands apart from what was said. */
const partsOf = async (
  content: string | readonly Part[],
  words: Word[],
  { enclosures }: Needs,
  param: string,
): Promise<WordPart[]> => {
  if (typeof content === "string") return [{ type: "text", text: content }]
  const parts: WordPart[] = []
  for (const [at, part] of content.entries()) {
    const place = `${param}[${at}]`
    if (part.type === "input_image") parts.push(await enclosures.image(part, place))
    else if (part.type === "input_file") {
      const { name, text } = await enclosures.file(part, place)
      words.push({ role: "system", text: untrusted(text, { source: `file ${name}` }) })
      parts.push({ type: "text", text: `[file: ${name}]` })
    } else parts.push({ type: "text", text: part.type === "refusal" ? part.refusal : part.text })
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
