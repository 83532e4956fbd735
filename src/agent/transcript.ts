import type {
  LanguageModelV4Message,
  LanguageModelV4ToolResultPart,
  SharedV4ProviderOptions,
} from "@ai-sdk/provider"
import type { Message } from "../sessions/message.ts"

type Assistant = Extract<Message, { role: "assistant" }>
type AssistantContent = Extract<LanguageModelV4Message, { role: "assistant" }>["content"]

const interrupted =
  "No result: fased stopped before this tool answered. It may or may not have run."

/**
 * A transcript as a model reads it. Every call is followed by its results, wherever those stand and
 * whatever came in between; a call without one gets a result that says so. Results without a call
 * are left out, and so are replies that ended before they said anything.
 */
export const toPrompt = (messages: readonly Message[], provider: string) => {
  const prompt: LanguageModelV4Message[] = []
  const open = new Map<string, LanguageModelV4ToolResultPart>()
  for (const message of messages) {
    if (message.role === "toolResult") {
      const result = open.get(message.toolCallId)
      if (result) result.output = outputOf(message)
      open.delete(message.toolCallId)
      continue
    }
    if (message.role === "user") {
      prompt.push({ role: "user", content: [{ type: "text", text: message.content }] })
      continue
    }
    const content = assistantContent(message, provider)
    if (content.every(({ type }) => type === "reasoning")) continue
    prompt.push({ role: "assistant", content })
    const results = content.flatMap((part) => {
      if (part.type !== "tool-call") return []
      const { toolCallId, toolName } = part
      const output = { type: "error-text" as const, value: interrupted }
      const result = { type: "tool-result" as const, toolCallId, toolName, output }
      open.set(toolCallId, result)
      return [result]
    })
    if (results.length) prompt.push({ role: "tool", content: results })
  }
  return prompt
}

const outputOf = ({ content, isError }: Extract<Message, { role: "toolResult" }>) => ({
  type: isError ? ("error-text" as const) : ("text" as const),
  value: content.map((part) => part.text).join(""),
})

const assistantContent = (message: Assistant, provider: string): AssistantContent => {
  // What a provider signed (thinking, call metadata) means something to that provider only.
  const own = message.provider === provider
  const options = (value?: Record<string, unknown>) =>
    own && value ? { providerOptions: value as SharedV4ProviderOptions } : {}
  return message.content.flatMap((part): AssistantContent => {
    if (part.type === "text") return part.text ? [{ type: "text", text: part.text }] : []
    if (part.type === "thinking")
      return own ? [{ type: "reasoning", text: part.thinking, ...options(part.provider) }] : []
    return [
      {
        type: "tool-call",
        toolCallId: part.id,
        toolName: part.name,
        input: part.arguments ?? {},
        ...options(part.provider),
      },
    ]
  })
}
