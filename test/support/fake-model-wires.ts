/** What the four wire formats look like on the way back; `fake-model.ts` decides when. */

export type Api =
  "openai-completions" | "openai-responses" | "anthropic-messages" | "google-generative-ai"

/** What one call gets. Without anything: an empty reply. */
export interface Turn {
  /** Streamed word by word. */
  text?: string
  /** Thinking, streamed before the text. */
  reasoning?: string
  /** Tools to call, after the text. */
  tools?: FakeToolCall[]
  /** Default: 10 tokens read, 5 written. `input` counts all that was read, cached or not. */
  usage?: {
    input: number
    output: number
    /** Of the output. */
    reasoning?: number
    cacheRead?: number
    cacheWrite?: number
  }
  /** Milliseconds before each piece, for an answer that is slow but steady. */
  paceMs?: number
  /** Answers nothing at all until `release()`. */
  holdRequest?: boolean
  /** Stops after this many pieces until `release()`. */
  holdAfter?: number
  /** Breaks the connection after this many pieces. */
  cutAfter?: number
  /** Ends the reply after this many pieces, politely but without the end the wire format asks for. */
  endAfter?: number
  /** Sends the wire's own error frame after this many pieces, and ends. */
  failAfter?: { pieces: number; message?: string; code?: string }
  /** Refuses; `message` is put in the provider's error shape unless there is a `page`. */
  fail?: {
    status: number
    message?: string
    code?: string
    headers?: Record<string, string>
    /** A web page instead. */
    page?: string
  }
  /** Sends this with status 200 instead of a reply. */
  raw?: { body: string; type?: string }
}

export interface FakeToolCall {
  name: string
  input?: unknown
  id?: string
  /** Arguments as this text instead, JSON or not. */
  raw?: string
}

/** Where each wire format's base URL ends. */
export const paths: Record<Api, string> = {
  "openai-completions": "/v1",
  "openai-responses": "/v1",
  "anthropic-messages": "/anthropic",
  "google-generative-ai": "/v1beta",
}

export const apiOfPath = (path: string): Api | undefined => {
  if (path.endsWith("/chat/completions")) return "openai-completions"
  if (path.endsWith("/responses")) return "openai-responses"
  if (path.endsWith("/v1/messages")) return "anthropic-messages"
  return path.endsWith(":streamGenerateContent") ? "google-generative-ai" : undefined
}

export const errorBody = (
  api: Api,
  { status, message = "it went wrong", code }: NonNullable<Turn["fail"]>,
) => {
  if (api === "anthropic-messages")
    return { type: "error", error: { type: code ?? "api_error", message } }
  if (api === "google-generative-ai")
    return { error: { code: status, message, status: code ?? "UNKNOWN" } }
  return { error: { message, type: code ?? "error", param: null, code: code ?? null } }
}

export const wordsOf = (text: string) => text.match(/\s*\S+|\s+$/g) ?? []

interface Frames {
  head: string
  words: string[]
  tail: string
}

/** A reply in the wire's own frames: the opening, one frame for each piece, the ending. */
export const framesOf = (api: Api, model: string, turn: Turn): Frames => writers[api](model, turn)

const data = (value: unknown) => `data: ${JSON.stringify(value)}\n\n`
const event = (type: string, value: object) => `event: ${type}\n${data({ type, ...value })}`
const callId = (tool: { id?: string }, index: number) => tool.id ?? `call_${index + 1}`
const usageOf = ({ usage = { input: 10, output: 5 } }: Turn) => ({
  reasoning: 0,
  cacheRead: 0,
  cacheWrite: 0,
  ...usage,
})
const argsOf = ({ input, raw }: FakeToolCall) => raw ?? JSON.stringify(input ?? {})

/** An error that arrives in the middle of a stream. */
export const errorFrame = (api: Api, failure: { message?: string; code?: string }) => {
  const body = errorBody(api, { status: 500, ...failure })
  if (api === "openai-responses")
    return event("error", { code: failure.code ?? "server_error", message: failure.message ?? "" })
  return api === "anthropic-messages" ? event("error", body) : data(body)
}

/** The images a request carried, whichever wire it came by. */
export const imagesIn = (body: unknown): { mediaType: string; base64: string }[] => {
  const found: { mediaType: string; base64: string }[] = []
  const visit = (node: unknown) => {
    if (typeof node === "string") {
      const [, mediaType, base64] = /^data:(image\/[\w+.-]+);base64,(.+)$/s.exec(node) ?? []
      if (mediaType && base64) found.push({ mediaType, base64 })
      return
    }
    if (typeof node !== "object" || node === null) return
    const { media_type, mimeType, data } = node as Record<string, unknown>
    const mediaType = media_type ?? mimeType
    if (typeof mediaType === "string" && mediaType.startsWith("image/") && typeof data === "string")
      found.push({ mediaType, base64: data })
    else Object.values(node).forEach(visit)
  }
  visit(body)
  return found
}

/** What a server says it offers, where each kind of server is asked. */
export const listingOf = (path: string, ids: readonly string[]): object | undefined => {
  if (path === "/api/tags") return { models: ids.map((name) => ({ name, model: name })) }
  if (path.endsWith("/v1beta/models"))
    return {
      models: ids.map((id) => ({
        name: `models/${id}`,
        displayName: id,
        inputTokenLimit: 32_000,
        outputTokenLimit: 4096,
        supportedGenerationMethods: ["generateContent"],
      })),
    }
  if (path.startsWith("/anthropic") && path.endsWith("/models"))
    return { data: ids.map((id) => ({ type: "model", id, display_name: id })), has_more: false }
  return path.endsWith("/models")
    ? { object: "list", data: ids.map((id) => ({ id, object: "model", owned_by: "fake" })) }
    : undefined
}

const completions = (model: string, turn: Turn): Frames => {
  const chunk = (delta: object, finish_reason: string | null = null) =>
    data({
      id: "chatcmpl-fake",
      object: "chat.completion.chunk",
      created: 1_700_000_000,
      model,
      choices: [{ index: 0, delta, finish_reason }],
    })
  const { input, output, reasoning, cacheRead } = usageOf(turn)
  const tools = (turn.tools ?? []).flatMap((tool, index) => {
    const args = argsOf(tool)
    const call = (value: object) => chunk({ tool_calls: [{ index, ...value }] })
    return [
      call({
        id: callId(tool, index),
        type: "function",
        function: { name: tool.name, arguments: "" },
      }),
      call({ function: { arguments: args.slice(0, 4) } }),
      call({ function: { arguments: args.slice(4) } }),
    ]
  })
  return {
    head: chunk({ role: "assistant", content: "" }),
    words: [
      ...wordsOf(turn.reasoning ?? "").map((word) => chunk({ reasoning_content: word })),
      ...wordsOf(turn.text ?? "").map((word) => chunk({ content: word })),
      ...tools,
    ],
    tail: [
      chunk({}, turn.tools ? "tool_calls" : "stop"),
      data({
        id: "chatcmpl-fake",
        object: "chat.completion.chunk",
        created: 1_700_000_000,
        model,
        choices: [],
        usage: {
          prompt_tokens: input,
          completion_tokens: output,
          total_tokens: input + output,
          prompt_tokens_details: { cached_tokens: cacheRead },
          completion_tokens_details: { reasoning_tokens: reasoning },
        },
      }),
      "data: [DONE]\n\n",
    ].join(""),
  }
}

const responses = (model: string, turn: Turn): Frames => {
  const { input, output, reasoning, cacheRead } = usageOf(turn)
  const base = { id: "resp_fake", object: "response", created_at: 1_700_000_000, model }
  const usage = {
    input_tokens: input,
    output_tokens: output,
    total_tokens: input + output,
    input_tokens_details: { cached_tokens: cacheRead },
    output_tokens_details: { reasoning_tokens: reasoning },
  }
  const words: string[] = []
  let output_index = 0
  if (turn.reasoning) {
    const item = { id: "rs_fake", type: "reasoning", summary: [] as object[] }
    const at = { item_id: item.id, output_index, summary_index: 0 }
    words.push(event("response.output_item.added", { output_index, item }))
    words.push(
      event("response.reasoning_summary_part.added", {
        ...at,
        part: { type: "summary_text", text: "" },
      }),
    )
    for (const delta of wordsOf(turn.reasoning))
      words.push(event("response.reasoning_summary_text.delta", { ...at, delta }))
    const summary = [{ type: "summary_text", text: turn.reasoning }]
    words.push(event("response.reasoning_summary_part.done", { ...at, part: summary[0] }))
    words.push(event("response.output_item.done", { output_index, item: { ...item, summary } }))
    output_index++
  }
  if (turn.text) {
    const item = { id: "msg_fake", type: "message", role: "assistant", status: "in_progress" }
    const at = { item_id: item.id, output_index, content_index: 0 }
    const part = { type: "output_text", text: turn.text, annotations: [] }
    words.push(
      event("response.output_item.added", { output_index, item: { ...item, content: [] } }) +
        event("response.content_part.added", { ...at, part: { ...part, text: "" } }),
    )
    for (const delta of wordsOf(turn.text))
      words.push(event("response.output_text.delta", { ...at, delta }))
    const done = { ...item, status: "completed", content: [part] }
    words.push(
      event("response.output_text.done", { ...at, text: turn.text }) +
        event("response.output_item.done", { output_index, item: done }),
    )
    output_index++
  }
  for (const [index, tool] of (turn.tools ?? []).entries()) {
    const args = argsOf(tool)
    const item = {
      id: `fc_${index + 1}`,
      type: "function_call",
      call_id: callId(tool, index),
      name: tool.name,
      arguments: "",
      status: "in_progress",
    }
    const at = { item_id: item.id, output_index }
    const done = { ...item, arguments: args, status: "completed" }
    words.push(
      event("response.output_item.added", { output_index, item }),
      event("response.function_call_arguments.delta", { ...at, delta: args }),
      event("response.function_call_arguments.done", { ...at, arguments: args }) +
        event("response.output_item.done", { output_index, item: done }),
    )
    output_index++
  }
  return {
    head: event("response.created", { response: { ...base, status: "in_progress", output: [] } }),
    words,
    tail: event("response.completed", {
      response: { ...base, status: "completed", output: [], usage },
    }),
  }
}

const messages = (model: string, turn: Turn): Frames => {
  const usage = usageOf(turn)
  const words: string[] = []
  let index = 0
  const blockOf = (content_block: object, deltas: object[]) => {
    words.push(event("content_block_start", { index, content_block }))
    for (const delta of deltas) words.push(event("content_block_delta", { index, delta }))
    words.push(event("content_block_stop", { index }))
    index++
  }
  if (turn.reasoning)
    blockOf({ type: "thinking", thinking: "", signature: "" }, [
      ...wordsOf(turn.reasoning).map((thinking) => ({ type: "thinking_delta", thinking })),
      { type: "signature_delta", signature: "c2ln" },
    ])
  if (turn.text)
    blockOf(
      { type: "text", text: "" },
      wordsOf(turn.text).map((text) => ({ type: "text_delta", text })),
    )
  for (const [at, tool] of (turn.tools ?? []).entries()) {
    const args = argsOf(tool)
    blockOf({ type: "tool_use", id: callId(tool, at), name: tool.name, input: {} }, [
      { type: "input_json_delta", partial_json: args.slice(0, 4) },
      { type: "input_json_delta", partial_json: args.slice(4) },
    ])
  }
  return {
    head:
      event("message_start", {
        message: {
          id: "msg_fake",
          type: "message",
          role: "assistant",
          model,
          content: [],
          stop_reason: null,
          stop_sequence: null,
          usage: {
            input_tokens: usage.input - usage.cacheRead - usage.cacheWrite,
            cache_read_input_tokens: usage.cacheRead,
            cache_creation_input_tokens: usage.cacheWrite,
            output_tokens: 1,
          },
        },
      }) + event("ping", {}),
    words,
    tail:
      event("message_delta", {
        delta: { stop_reason: turn.tools ? "tool_use" : "end_turn", stop_sequence: null },
        usage: { output_tokens: usage.output },
      }) + event("message_stop", {}),
  }
}

const gemini = (modelVersion: string, turn: Turn): Frames => {
  const { input, output, cacheRead } = usageOf(turn)
  /** Gemini parses arguments itself, and says so when it cannot. */
  const malformed = turn.tools?.some(({ raw }) => raw !== undefined)
  const chunk = (part: object) =>
    data({ candidates: [{ index: 0, content: { role: "model", parts: [part] } }], modelVersion })
  return {
    head: "",
    words: [
      ...wordsOf(turn.reasoning ?? "").map((text) => chunk({ text, thought: true })),
      ...wordsOf(turn.text ?? "").map((text) => chunk({ text })),
      ...(turn.tools ?? []).flatMap(({ name, input: args = {}, raw }) =>
        raw === undefined ? [chunk({ functionCall: { name, args } })] : [],
      ),
    ],
    tail: data({
      candidates: [
        {
          index: 0,
          content: { role: "model", parts: [{ text: "" }] },
          finishReason: malformed ? "MALFORMED_FUNCTION_CALL" : "STOP",
        },
      ],
      usageMetadata: {
        promptTokenCount: input,
        cachedContentTokenCount: cacheRead,
        candidatesTokenCount: output,
        totalTokenCount: input + output,
      },
      modelVersion,
    }),
  }
}

const writers: Record<Api, (model: string, turn: Turn) => Frames> = {
  "openai-completions": completions,
  "openai-responses": responses,
  "anthropic-messages": messages,
  "google-generative-ai": gemini,
}
