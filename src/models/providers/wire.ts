import type { LanguageModelV4 } from "@ai-sdk/provider"

/** One wire format. Its library is loaded when the first model is opened, not before. */
export interface Wire {
  /** The header that carries the key. */
  readonly keyHeader: "authorization" | "x-api-key" | "x-goog-api-key"
  open(call: {
    provider: string
    baseURL: string
    /** A placeholder: the libraries would look into the environment for a missing one. */
    apiKey: string
    model: string
    fetch: typeof fetch
  }): Promise<LanguageModelV4>
}
