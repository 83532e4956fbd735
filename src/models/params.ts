import type { LanguageModelV4, LanguageModelV4CallOptions } from "@ai-sdk/provider"
import { type AgentsConfig, findAgent } from "../agents/config.ts"
import type { KnownProvider } from "./catalog.ts"
import type { Api } from "./config.ts"
import type { Connection } from "./connection.ts"
import { canonicalRef, formatRef } from "./ref.ts"
import { optionsKey } from "./thinking.ts"

/** Settings of a model as people write them in `params`. */
export type Params = Readonly<Record<string, unknown>>

/** The ones every wire format has, by the names people know them by. */
const shared: Readonly<Record<string, keyof LanguageModelV4CallOptions>> = {
  temperature: "temperature",
  topP: "topP",
  top_p: "topP",
  topK: "topK",
  top_k: "topK",
  maxTokens: "maxOutputTokens",
  max_tokens: "maxOutputTokens",
  maxOutputTokens: "maxOutputTokens",
  presencePenalty: "presencePenalty",
  presence_penalty: "presencePenalty",
  frequencyPenalty: "frequencyPenalty",
  frequency_penalty: "frequencyPenalty",
  seed: "seed",
  stop: "stopSequences",
}

/** What the gateway itself goes by; no provider hears of it. */
const ours = new Set(["thinking", "cacheRetention", "context1m"])

/** The same model, with these settings in each call that does not say otherwise. */
export const tuned = (
  language: LanguageModelV4,
  params: Params,
  { provider, api }: { provider: string; api: Api },
): LanguageModelV4 => {
  const { common, own } = sorted(params)
  if (!Object.keys(common).length && !Object.keys(own).length) return language
  const key = ownKeys[api] ?? optionsKey(provider)
  const complete = (options: LanguageModelV4CallOptions): LanguageModelV4CallOptions => ({
    ...options,
    ...Object.fromEntries(
      Object.entries(common).filter(
        ([name]) => options[name as keyof LanguageModelV4CallOptions] === undefined,
      ),
    ),
    providerOptions: {
      ...options.providerOptions,
      [key]: { ...own, ...options.providerOptions?.[key] },
    } as LanguageModelV4CallOptions["providerOptions"],
  })
  return {
    specificationVersion: language.specificationVersion,
    provider: language.provider,
    modelId: language.modelId,
    get supportedUrls() {
      return language.supportedUrls
    },
    doGenerate: (options) => language.doGenerate(complete(options)),
    doStream: (options) => language.doStream(complete(options)),
  }
}

const sorted = (params: Params) => {
  const common: Record<string, unknown> = {}
  const own: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(params)) {
    if (ours.has(name)) continue
    if (Object.hasOwn(shared, name)) common[shared[name]!] = value
    else own[name] = value
  }
  return { common, own }
}

/** Where each library looks for settings of its own; compatible servers go by their provider's id. */
const ownKeys: Partial<Record<Api, string>> = {
  "openai-responses": "openai",
  "anthropic-messages": "anthropic",
  "google-generative-ai": "google",
}

/** All that is said of a model: by its provider, by its entry in the list, and by the agent, which wins. */
export const paramsOf = (
  { provider: id, model }: { provider: string; model: string },
  { provider, agents, agentId }: { provider: KnownProvider; agents: AgentsConfig; agentId: string },
): Params => {
  const ref = formatRef({ provider: id, model })
  const entry = Object.entries(agents.defaults.models).find(([key]) => canonicalRef(key) === ref)
  return {
    ...provider.params,
    ...entry?.[1].params,
    ...(agentId && findAgent(agents, agentId).params),
  }
}

const longContext = "context-1m-2025-08-07"

/** What params change about the connection itself. Subscription tokens are refused the long context. */
export const openParams = (
  { context1m }: Params,
  { api, key }: Pick<Connection, "api" | "key">,
): { headers: Record<string, string>; contextWindow?: number } =>
  context1m === true && api === "anthropic-messages" && !key?.startsWith("sk-ant-oat")
    ? { headers: { "anthropic-beta": longContext }, contextWindow: 1_000_000 }
    : { headers: {} }
