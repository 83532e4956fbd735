import type { Wire } from "./wire.ts"

/** Gemini by Google's Generative Language API. */
export const googleGenerativeAi: Wire = {
  keyHeader: "x-goog-api-key",
  async open({ baseURL, apiKey, model, fetch }) {
    const { createGoogle } = await import("@ai-sdk/google")
    return createGoogle({ baseURL, apiKey, fetch })(model)
  },
}
