import type { LanguageModelV4CallOptions, LanguageModelV4StreamPart } from "@ai-sdk/provider"
import { usageOf } from "../kernel/model-usage.ts"
import type { OpenModel } from "../models/service.ts"
import type { AssistantPart, Usage } from "../sessions/message.ts"

/** A tool the model asked for. */
export interface Call {
  id: string
  name: string
  /** JSON text as the model wrote it, and what it says when it can be parsed. */
  input: string
  arguments: unknown
}

/** What one model call gave; filled in as it streams, so that an abort leaves what was said. */
export interface Answer {
  parts: AssistantPart[]
  calls: Call[]
  usage?: Usage
  /** `stop`, `length`, `toolUse`, `filtered`, `error`, `other` */
  stopReason: string
  /** Someone was told of a call that is not among the parts yet. */
  told?: boolean
}

/** Who hears an answer as it comes. */
export interface Hearer {
  text(delta: string): void
  thinking(delta: string): void
  /** A call begins to come. */
  call?(id: string, name: string): void
  arguments?(id: string, delta: string): void
  /** It passes on what it hears, so that texts are not kept as well. */
  passes?: true
  /** What the model says next is not asked for before this resolves. */
  room?(): Promise<void> | undefined
}

const stopReasons: Record<string, string> = {
  "tool-calls": "toolUse",
  "content-filter": "filtered",
}

const parsed = (json: string): unknown => {
  try {
    return JSON.parse(json)
  } catch {
    return json
  }
}

/** Takes in one part of the stream. Throws what the provider reported as an error. */
const take = (part: LanguageModelV4StreamPart, answer: Answer, hear: Hearer) => {
  const last = answer.parts.at(-1)
  const provider = "providerMetadata" in part ? part.providerMetadata : undefined
  switch (part.type) {
    case "text-start":
      answer.parts.push({ type: "text", text: "" })
      return
    case "text-delta":
      if (last?.type === "text") last.text = hear.passes ? part.delta : last.text + part.delta
      else answer.parts.push({ type: "text", text: part.delta })
      hear.text(part.delta)
      return
    case "reasoning-start":
      answer.parts.push({ type: "thinking", thinking: "", ...(provider && { provider }) })
      return
    case "reasoning-delta":
      if (last?.type === "thinking")
        last.thinking = hear.passes ? part.delta : last.thinking + part.delta
      hear.thinking(part.delta)
      return
    case "reasoning-end":
      if (last?.type === "thinking" && provider) last.provider = { ...last.provider, ...provider }
      return
    case "tool-input-start":
      hear.call?.(part.id, part.toolName)
      return
    case "tool-input-delta":
      hear.arguments?.(part.id, part.delta)
      return
    case "tool-call": {
      const { toolCallId: id, toolName: name, input } = part
      const call = { id, name, arguments: parsed(input) }
      answer.calls.push({ ...call, input })
      answer.parts.push({ type: "toolCall", ...call, ...(provider && { provider }) })
      return
    }
    case "finish":
      answer.usage = usageOf(part.usage)
      answer.stopReason = stopReasons[part.finishReason.unified] ?? part.finishReason.unified
      return
    case "error":
      throw part.error
  }
}

/** True once the model has said, thought or asked for anything. */
export const hasBegun = ({ parts, told = false }: Answer) =>
  told ||
  parts.some(
    (part) => part.type === "toolCall" || (part.type === "text" ? part.text : part.thinking) !== "",
  )

/**
 * Makes one call and follows it to its end. `answer` fills while it streams. An abort ends it at
 * once, whether or not the provider's library listens.
 */
export const callModel = async (
  model: OpenModel,
  options: LanguageModelV4CallOptions & { abortSignal: AbortSignal },
  answer: Answer,
  hear: Hearer,
) => {
  const { abortSignal: signal } = options
  signal.throwIfAborted()
  const { promise: aborted, reject } = Promise.withResolvers<never>()
  let stop = () => reject(signal.reason)
  const onAbort = () => stop()
  signal.addEventListener("abort", onAbort, { once: true })
  try {
    const { stream } = await Promise.race([model.language.doStream(options), aborted])
    const reader = stream.getReader()
    stop = () => void reader.cancel(signal.reason).catch(() => {})
    for (;;) {
      const { done, value } = await reader.read()
      signal.throwIfAborted()
      if (done) break
      take(value, answer, hear)
      const room = hear.room?.()
      if (room) await room
    }
  } finally {
    signal.removeEventListener("abort", onAbort)
    stop()
  }
  answer.parts = answer.parts.filter((part) => part.type !== "text" || part.text)
}
