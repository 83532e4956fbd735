import type {
  LanguageModelV4FilePart,
  LanguageModelV4Message,
  LanguageModelV4ToolResultOutput,
  LanguageModelV4ToolResultPart,
  SharedV4ProviderOptions,
} from "@ai-sdk/provider"
import type { Message, SeenPart } from "../sessions/message.ts"
import { type Dialect, dialectOf, type Reader } from "./dialect.ts"

type Assistant = Extract<Message, { role: "assistant" }>
type AssistantContent = Extract<LanguageModelV4Message, { role: "assistant" }>["content"]
type UserContent = Extract<LanguageModelV4Message, { role: "user" }>["content"]
type ToolResult = Extract<Message, { role: "toolResult" }>

/** The pictures of a transcript that are at hand, by their names. */
export type Pictures = ReadonlyMap<string, { mimeType: string; bytes: Uint8Array }>

const interrupted =
  "No result: fased stopped before this tool answered. It may or may not have run."
const fromAnotherSession = "[Inter-session message]"

/**
 * A transcript as a model reads it, in the ways of its provider. Every call is followed by its
 * results, wherever those stand and whatever came in between; a call without one gets a result that
 * says so. Results without a call are left out, and so are replies that ended before they said
 * anything and calls that nothing was asked with.
 */
export const toPrompt = (
  messages: readonly Message[],
  reader: Reader,
  pictures: Pictures = new Map(),
): LanguageModelV4Message[] => {
  const dialect = dialectOf(reader)
  const show = shown(reader, pictures)
  const prompt: LanguageModelV4Message[] = []
  const open = new Map<string, { result: LanguageModelV4ToolResultPart; after: UserContent }>()
  for (const message of messages) {
    if (message.role === "toolResult") {
      const call = open.get(message.toolCallId)
      if (call) call.result.output = outputOf(message, dialect, show, call.after)
      open.delete(message.toolCallId)
      continue
    }
    if (message.role === "user") {
      prompt.push({ role: "user", content: userContent(message, show) })
      continue
    }
    const content = assistantContent(message, reader.provider, dialect)
    if (content.every(({ type }) => type === "reasoning")) continue
    prompt.push({ role: "assistant", content })
    const results: LanguageModelV4ToolResultPart[] = []
    const after: UserContent = []
    for (const part of message.content) {
      if (part.type !== "toolCall" || part.arguments === undefined) continue
      const result: LanguageModelV4ToolResultPart = {
        type: "tool-result",
        toolCallId: dialect.callId(part.id),
        toolName: part.name,
        output: { type: "error-text", value: interrupted },
      }
      results.push(result)
      open.set(part.id, { result, after })
    }
    if (results.length)
      prompt.push({ role: "tool", content: results }, { role: "user", content: after })
  }
  return arranged(
    prompt.filter(({ content }) => content.length),
    dialect,
  )
}

/** The order of roles as the provider wants it. */
const arranged = (prompt: LanguageModelV4Message[], { alternates, userFirst }: Dialect) => {
  if (userFirst && prompt[0] && prompt[0].role !== "user")
    prompt.unshift({ role: "user", content: [{ type: "text", text: "…" }] })
  if (!alternates) return prompt
  return prompt.reduce<LanguageModelV4Message[]>((merged, message) => {
    const last = merged.at(-1)
    if (last?.role === "user" && message.role === "user") last.content.push(...message.content)
    else merged.push(message)
    return merged
  }, [])
}

type Shown = (part: SeenPart) => UserContent[number]

/** A part of what was said; a picture that cannot be shown is told of instead. */
const shown =
  ({ model, input }: Reader, pictures: Pictures): Shown =>
  (part) => {
    if (part.type === "text") return { type: "text", text: part.text }
    if (input && !input.includes("image"))
      return { type: "text", text: `[a picture; ${model} cannot look at pictures]` }
    const picture = pictures.get(part.mediaId)
    if (!picture) return { type: "text", text: "[a picture from earlier, not shown again]" }
    const data = { type: "data" as const, data: picture.bytes }
    return { type: "file", mediaType: picture.mimeType, data } satisfies LanguageModelV4FilePart
  }

const userContent = (
  { content, provenance }: Extract<Message, { role: "user" }>,
  show: Shown,
): UserContent => {
  const parts = typeof content === "string" ? [{ type: "text" as const, text: content }] : content
  const said = parts.map(show)
  if (provenance?.kind !== "inter_session") return said
  return [{ type: "text", text: fromAnotherSession }, ...said]
}

/** What a tool gave. Pictures its provider takes in no result go to `after`, which follows it. */
const outputOf = (
  { content, isError, toolName }: ToolResult,
  { seesResults }: Dialect,
  show: Shown,
  after: UserContent,
): LanguageModelV4ToolResultOutput => {
  const parts = content.map(show)
  const files = parts.filter((part) => part.type === "file")
  const text = parts.map((part) => (part.type === "text" ? part.text : "")).join("")
  if (isError || !files.length) return { type: isError ? "error-text" : "text", value: text }
  if (seesResults) return { type: "content", value: parts }
  after.push({ type: "text", text: `[what ${toolName} showed]` }, ...files)
  return { type: "text", value: text || "The picture follows." }
}

const assistantContent = (
  message: Assistant,
  provider: string,
  dialect: Dialect,
): AssistantContent => {
  // What a provider signed (thinking, call metadata) means something to that provider only.
  const own = message.provider === provider
  const options = (value?: Record<string, unknown>) => {
    const kept = own && value ? dialect.metadata(value) : undefined
    return kept ? { providerOptions: kept as SharedV4ProviderOptions } : {}
  }
  return message.content.flatMap((part): AssistantContent => {
    if (part.type === "text") return part.text ? [{ type: "text", text: part.text }] : []
    if (part.type === "thinking")
      return own ? [{ type: "reasoning", text: part.thinking, ...options(part.provider) }] : []
    if (part.arguments === undefined) return []
    return [
      {
        type: "tool-call",
        toolCallId: dialect.callId(part.id),
        toolName: part.name,
        input: asObject(part.arguments),
        ...options(part.provider),
      },
    ]
  })
}

/** Arguments are an object to every provider, also those a model wrote that were no JSON. */
const asObject = (value: unknown) =>
  typeof value === "object" && value !== null && !Array.isArray(value)
    ? value
    : { invalid: (typeof value === "string" ? value : JSON.stringify(value)).slice(0, 2000) }
