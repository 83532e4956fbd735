import type { Wire } from "./wire.ts"

/** OpenAI and servers that speak its Responses API. */
export const openaiResponses: Wire = {
  keyHeader: "authorization",
  async open({ baseURL, apiKey, model, fetch }) {
    const { createOpenAI } = await import("@ai-sdk/openai")
    return createOpenAI({ baseURL, apiKey, fetch }).responses(model)
  },
}

/** OpenAI's own Chat Completions, with the quirks of its models. */
export const openaiChat: Wire = {
  keyHeader: "authorization",
  async open({ baseURL, apiKey, model, fetch }) {
    const { createOpenAI } = await import("@ai-sdk/openai")
    return createOpenAI({ baseURL, apiKey, fetch }).chat(model)
  },
}
