import { loadAside } from "../kernel/aside.ts"
import { unframed } from "../kernel/framed.ts"
import type {
  LanguageModelV4,
  LanguageModelV4CallOptions,
  LanguageModelV4Content,
  LanguageModelV4FinishReason,
  LanguageModelV4Prompt,
  LanguageModelV4StreamPart,
  LanguageModelV4ToolResultOutput,
  LanguageModelV4Usage,
} from "@ai-sdk/provider"
import { assumedContextWindow } from "./catalog.ts"
import { readFacts } from "./guide-facts.ts"
import type * as Topics from "./guide-topics.ts"
import type { ModelEntry } from "./service.ts"

export const guideProvider = "fased"

export const guideEntry: ModelEntry = {
  id: "guide",
  name: "fased guide (built in, not a language model)",
  provider: guideProvider,
  contextWindow: assumedContextWindow,
  reasoning: false,
  input: ["text"],
  origin: "built-in",
  available: true,
}

/** The tool that tells the guide how the gateway is. */
const tool = "gateway"

/** No tokens are read or written, so none are counted: cost and quota figures stay true. */
const usage: LanguageModelV4Usage = {
  inputTokens: { total: 0, noCache: 0, cacheRead: 0, cacheWrite: 0 },
  outputTokens: { total: 0, text: 0, reasoning: 0 },
}

/**
 * The embedded model: no network, no language model, an agent all the same. It recognises what a
 * message is about, asks the gateway about itself through the tool every agent has, and answers
 * with the next command. Answers when no other model is connected, and in tests.
 */
export const createGuide = (): LanguageModelV4 => ({
  specificationVersion: "v4",
  provider: guideProvider,
  modelId: guideEntry.id,
  supportedUrls: {},
  async doGenerate(options) {
    options.abortSignal?.throwIfAborted()
    const content = await reply(options)
    return { content: [content], finishReason: finishReason(content), usage, warnings: [] }
  },
  async doStream({ abortSignal, ...options }) {
    abortSignal?.throwIfAborted()
    return { stream: streamOf(partsOf(await reply(options)), abortSignal) }
  },
})

type Reply = Extract<LanguageModelV4Content, { type: "text" | "tool-call" }>

const reply = async ({ prompt, tools, toolChoice }: LanguageModelV4CallOptions): Promise<Reply> => {
  const { text, asked, output } = lastExchange(prompt)
  const { topicOf } = await loadAside<typeof Topics>("models/guide-topics")
  const topic = topicOf(text)
  const offered = toolChoice?.type !== "none" && tools?.some(({ name }) => name === tool)
  if (topic.live && offered && !asked)
    return {
      type: "tool-call",
      toolCallId: `guide-${crypto.randomUUID()}`,
      toolName: tool,
      input: JSON.stringify({ action: "status" }),
    }
  return { type: "text", text: topic.answer({ text, facts: readFacts(output) }) }
}

/** What the person wrote last, and what the gateway has said since. */
const lastExchange = (prompt: LanguageModelV4Prompt) => {
  const at = prompt.findLastIndex(({ role }) => role === "user")
  const message = prompt[at]
  const text =
    message?.role === "user"
      ? message.content.map((part) => (part.type === "text" ? part.text : "")).join("\n")
      : ""
  let asked = false
  let output: unknown
  for (const { role, content } of prompt.slice(at + 1)) {
    if (role !== "assistant" && role !== "tool") continue
    for (const part of content) {
      if (part.type !== "tool-call" && part.type !== "tool-result") continue
      if (part.toolName !== tool) continue
      asked = true
      if (part.type === "tool-result") output = valueOf(part.output)
    }
  }
  return { text: unframed(text), asked, output }
}

const valueOf = (output: LanguageModelV4ToolResultOutput): unknown => {
  if (output.type === "text" || output.type === "json") return output.value
  if (output.type !== "content") return undefined
  return output.value.map((part) => (part.type === "text" ? part.text : "")).join("")
}

const finishReason = ({ type }: Reply): LanguageModelV4FinishReason =>
  type === "text" ? { unified: "stop", raw: "stop" } : { unified: "tool-calls", raw: "tool_calls" }

/** Word by word, as a model would. */
function* partsOf(content: Reply): Generator<LanguageModelV4StreamPart> {
  yield { type: "stream-start", warnings: [] }
  if (content.type === "text") {
    yield { type: "text-start", id: "0" }
    for (const delta of content.text.match(/\s*\S+|\s+$/g) ?? [])
      yield { type: "text-delta", id: "0", delta }
    yield { type: "text-end", id: "0" }
  } else {
    const { toolCallId: id, toolName, input } = content
    yield { type: "tool-input-start", id, toolName }
    yield { type: "tool-input-delta", id, delta: input }
    yield { type: "tool-input-end", id }
    yield content
  }
  yield { type: "finish", finishReason: finishReason(content), usage }
}

const streamOf = (parts: Generator<LanguageModelV4StreamPart>, signal?: AbortSignal) =>
  new ReadableStream<LanguageModelV4StreamPart>({
    pull(controller) {
      if (signal?.aborted) return controller.error(signal.reason)
      const { done, value } = parts.next()
      if (done) controller.close()
      else controller.enqueue(value)
    },
  })
