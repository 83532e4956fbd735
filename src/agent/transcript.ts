import type { LanguageModelV4Message, SharedV4ProviderOptions } from "@ai-sdk/provider"
import type { Entry, Message } from "../sessions/message.ts"

const interrupted =
  "No result: fased stopped before this tool answered. It may or may not have run."

/**
 * A transcript as a model reads it. Calls without a result get one that says so, results without a
 * call are left out, and so are replies that failed before they said anything.
 */
export const toPrompt = (entries: Entry[], provider: string): LanguageModelV4Message[] => {
  const prompt: LanguageModelV4Message[] = []
  let unanswered = new Map<string, string>()
  const closeCalls = () => {
    for (const [id, name] of unanswered) pushResult(prompt, id, name, interrupted, true)
    unanswered = new Map()
  }
  for (const { message } of entries) {
    if (message.role === "toolResult") {
      if (!unanswered.delete(message.toolCallId)) continue
      const text = message.content.map((part) => part.text).join("")
      pushResult(prompt, message.toolCallId, message.toolName, text, message.isError)
      continue
    }
    closeCalls()
    if (message.role === "user") {
      prompt.push({ role: "user", content: [{ type: "text", text: message.content }] })
      continue
    }
    const content = assistantParts(message, provider)
    if (!content.length) continue
    prompt.push({ role: "assistant", content })
    for (const part of content)
      if (part.type === "tool-call") unanswered.set(part.toolCallId, part.toolName)
  }
  closeCalls()
  return prompt
}

type AssistantContent = Extract<LanguageModelV4Message, { role: "assistant" }>["content"]

const assistantParts = (
  message: Extract<Message, { role: "assistant" }>,
  provider: string,
): AssistantContent => {
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

const pushResult = (
  prompt: LanguageModelV4Message[],
  toolCallId: string,
  toolName: string,
  value: string,
  isError: boolean,
) => {
  const result = {
    type: "tool-result" as const,
    toolCallId,
    toolName,
    output: { type: isError ? ("error-text" as const) : ("text" as const), value },
  }
  const last = prompt.at(-1)
  if (last?.role === "tool") last.content.push(result)
  else prompt.push({ role: "tool", content: [result] })
}

/** Characters of history that fit a context window: four a token, a third left for the rest. */
export const historyBudget = (contextWindow: number) => Math.floor(contextWindow * 4 * 0.66)

/** The newest entries that fit `maxChars`, cut where a person speaks, so that no call loses its result. */
export const newestTurns = (entries: Entry[], maxChars: number): Entry[] => {
  let room = maxChars
  let from = entries.length
  for (let at = entries.length - 1; at >= 0; at--) {
    const { message } = entries[at]!
    room -=
      message.role === "user" ? message.content.length : JSON.stringify(message.content).length
    if (room < 0 && from < entries.length) break
    if (message.role === "user") from = at
  }
  return from === entries.length ? entries : entries.slice(from)
}
