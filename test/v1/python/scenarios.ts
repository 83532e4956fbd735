import type { Script } from "../../support/fake-model.ts"

const calls: Script = { tools: [{ id: "call_1", name: "get_weather", input: { city: "Oslo" } }] }
const place = '{"city":"Oslo"}'

/** What Python's openai is made to do (client.py), and what the model says meanwhile. */
export const scenarios: Readonly<Record<string, Script[]>> = {
  chat_plain: ["In Oslo."],
  chat_streamed: ["In Oslo."],
  chat_raw_response: ["In Oslo."],
  chat_streaming_response: ["In Oslo."],
  chat_stream_helper: ["In Oslo."],
  chat_parse: [place],
  chat_tools: [calls],
  chat_tools_streamed: [calls],
  chat_tool_result: ["In Oslo."],
  chat_parts: ["In Oslo."],
  chat_sampling: ["In Oslo."],
  chat_idempotent: ["In Oslo."],
  chat_retried: [{ fail: { status: 500, message: "boom" } }, "In Oslo."],
  chat_refused: ["In Oslo."],
  chat_async: ["In Oslo."],
  responses_plain: ["In Oslo."],
  responses_streamed: [{ reasoning: "Hm.", text: "In Oslo." }],
  responses_stream_helper: ["In Oslo."],
  responses_parse: [place],
  responses_tools: [calls],
  responses_parts: ["In Oslo."],
  responses_kept: ["In Oslo."],
  models: ["In Oslo."],
  embeddings: ["In Oslo."],
}

export const seeing = {
  models: [{ id: "fake-1", contextWindow: 32_000, input: ["text", "image"] }],
}
