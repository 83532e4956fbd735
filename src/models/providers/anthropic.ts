import type { Wire } from "./wire.ts"

/** Anthropic and servers that speak its Messages API; an address without a version gets `/v1`. */
export const anthropicMessages: Wire = {
  keyHeader: "x-api-key",
  async open({ baseURL, apiKey, model, fetch }) {
    const { createAnthropic } = await import("@ai-sdk/anthropic")
    const versioned = /\/v\d+$/.test(baseURL) ? baseURL : `${baseURL}/v1`
    return createAnthropic({ baseURL: versioned, apiKey, fetch }).messages(model)
  },
}
