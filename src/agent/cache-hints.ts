import type {
  LanguageModelV4CallOptions,
  LanguageModelV4Message,
  SharedV4ProviderOptions,
} from "@ai-sdk/provider"
import type { OpenModel } from "../models/service.ts"

type Retention = "none" | "short" | "long"

const retentionOf = ({ params }: OpenModel): Retention => {
  const written = params?.cacheRetention
  return written === "none" || written === "long" ? written : "short"
}

/**
 * Tells a provider what of the prompt it will see again (contract 17 §10): Anthropic by marks on the
 * system prompt and the newest message, OpenAI by a name that all calls of a session share.
 */
export const withCacheHints = (
  prompt: readonly LanguageModelV4Message[],
  model: OpenModel,
  sessionId: string,
): Pick<LanguageModelV4CallOptions, "prompt" | "providerOptions"> => {
  const retention = retentionOf(model)
  if (retention === "none") return { prompt: [...prompt] }
  const { api, provider } = model
  if (api === "anthropic-messages") {
    const cacheControl = { type: "ephemeral", ...(retention === "long" && { ttl: "1h" }) }
    const marked = new Set([prompt[0], prompt.at(-1)])
    return {
      prompt: prompt.map((message) =>
        marked.has(message) ? withOptions(message, { anthropic: { cacheControl } }) : message,
      ),
    }
  }
  if (provider === "openrouter" && model.model.startsWith("anthropic/"))
    return {
      prompt: [...prompt],
      providerOptions: { openrouter: { cache_control: { type: "ephemeral" } } },
    }
  if (api === "openai-responses" || (api === "openai-completions" && provider === "openai")) {
    const kept = retention === "long" && { promptCacheRetention: "24h" }
    return {
      prompt: [...prompt],
      providerOptions: { openai: { promptCacheKey: sessionId, ...kept } },
    }
  }
  return { prompt: [...prompt] }
}

const withOptions = (
  message: LanguageModelV4Message,
  options: SharedV4ProviderOptions,
): LanguageModelV4Message => ({
  ...message,
  providerOptions: mergeOptions(message.providerOptions, options),
})

/** Options of several parts of a call, those of one provider side by side. */
export const mergeOptions = (
  ...all: (SharedV4ProviderOptions | undefined)[]
): SharedV4ProviderOptions | undefined => {
  const merged: SharedV4ProviderOptions = {}
  for (const options of all)
    for (const [name, own] of Object.entries(options ?? {}))
      merged[name] = { ...merged[name], ...own }
  return Object.keys(merged).length ? merged : undefined
}
