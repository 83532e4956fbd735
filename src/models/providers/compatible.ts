import type { Wire } from "./wire.ts"

/** Any server that speaks Chat Completions: local ones, proxies and most hosted providers. */
export const openaiCompatible: Wire = {
  keyHeader: "authorization",
  async open({ provider, baseURL, apiKey, model, fetch }) {
    const { createOpenAICompatible } = await import("@ai-sdk/openai-compatible")
    return createOpenAICompatible({ name: provider, baseURL, apiKey, fetch, includeUsage: true })(
      model,
    )
  },
}
