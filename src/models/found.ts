import * as z from "zod"
import type { KnownModel, ListKind } from "./catalog.ts"

/** A model as its provider describes it. */
export type FoundModel = Omit<KnownModel, "origin" | "thinking" | "thinkingStyle" | "recommended">

/** Where a provider keeps its list, seen from its base URL. */
export const listAddress = (kind: ListKind, baseUrl: string): string => {
  const base = baseUrl.replace(/\/+$/, "")
  if (kind === "ollama") return new URL("/api/tags", base).href
  if (kind === "lmstudio") return new URL("/api/v1/models", base).href
  if (kind === "google") return `${base}/models?pageSize=1000`
  if (kind === "anthropic") return `${/\/v\d+$/.test(base) ? base : `${base}/v1`}/models?limit=1000`
  return `${base}/models`
}

/** Reads a provider's list; models that do not converse are left out. Throws when it is none. */
export const readListing = (kind: ListKind, body: unknown): FoundModel[] => {
  const seen = new Map<string, FoundModel>()
  for (const model of readers[kind](body))
    if (isName(model.id) && !notForTalk.test(model.id)) seen.set(model.id, compact(model))
  return [...seen.values()].slice(0, mostModels)
}

const mostModels = 2000
const isName = (id: string) => /^[\x21-\x7e]{1,200}$/.test(id)
const notForTalk =
  /embed|rerank|whisper|tts|dall-e|gpt-image|moderation|realtime|transcri|imagen|veo|sora|babbage|davinci|-audio|aqa$/i

const compact = (model: FoundModel): FoundModel =>
  Object.fromEntries(
    Object.entries(model).filter(([, value]) => value !== undefined),
  ) as unknown as FoundModel

const tokens = z.number().int().positive().optional().catch(undefined)
/** OpenRouter writes prices as text, per token. */
const price = z.coerce.number().min(0).optional().catch(undefined)

const openaiModel = z.object({
  id: z.string(),
  name: z.string().max(200).optional().catch(undefined),
  type: z.string().optional().catch(undefined),
  created: tokens,
  context_length: tokens,
  max_model_len: tokens,
  top_provider: z.object({ max_completion_tokens: tokens }).optional().catch(undefined),
  architecture: z
    .object({ input_modalities: z.array(z.string()) })
    .optional()
    .catch(undefined),
  supported_parameters: z.array(z.string()).optional().catch(undefined),
  pricing: z
    .object({
      prompt: price,
      completion: price,
      input_cache_read: price,
      input_cache_write: price,
    })
    .optional()
    .catch(undefined),
})
const openaiModels = z.array(openaiModel)

const openai = (body: unknown): FoundModel[] => {
  const models = Array.isArray(body)
    ? openaiModels.parse(body)
    : z.object({ data: openaiModels }).parse(body).data
  return models
    .filter(({ type }) => !type || ["model", "chat", "language", "llm", "vlm"].includes(type))
    .map(({ id, name, architecture, pricing, supported_parameters: can, ...told }) => ({
      id,
      name: name ?? id,
      contextWindow: told.context_length ?? told.max_model_len,
      maxTokens: told.top_provider?.max_completion_tokens,
      createdAt: told.created && told.created * 1000,
      reasoning: can && (can.includes("reasoning") || can.includes("reasoning_effort")),
      input: architecture && inputs(architecture.input_modalities.includes("image")),
      cost:
        pricing?.prompt === undefined || pricing.completion === undefined
          ? undefined
          : {
              input: perMillion(pricing.prompt),
              output: perMillion(pricing.completion),
              cacheRead: perMillion(pricing.input_cache_read ?? 0),
              cacheWrite: perMillion(pricing.input_cache_write ?? 0),
            },
    }))
}

const inputs = (seesImages: boolean): ("text" | "image")[] =>
  seesImages ? ["text", "image"] : ["text"]
const perMillion = (perToken: number) => Number((perToken * 1_000_000).toPrecision(6))

const anthropic = (body: unknown): FoundModel[] =>
  z
    .object({ data: z.array(z.object({ id: z.string(), display_name: z.string().optional() })) })
    .parse(body)
    .data.map(({ id, display_name }) => ({
      id,
      name: display_name ?? id,
      // The list tells no more, and this holds for every model on it.
      contextWindow: 200_000,
      input: inputs(true),
    }))

const googleModel = z.object({
  name: z.string(),
  displayName: z.string().optional(),
  inputTokenLimit: tokens,
  outputTokenLimit: tokens,
  thinking: z.boolean().optional(),
  supportedGenerationMethods: z.array(z.string()).default([]),
})

const google = (body: unknown): FoundModel[] =>
  z
    .object({ models: z.array(googleModel) })
    .parse(body)
    .models.filter((model) => model.supportedGenerationMethods.includes("generateContent"))
    .map(({ name, displayName, inputTokenLimit, outputTokenLimit, thinking }) => {
      const id = name.replace(/^models\//, "")
      return {
        id,
        name: displayName ?? id,
        contextWindow: inputTokenLimit,
        maxTokens: outputTokenLimit,
        reasoning: thinking,
      }
    })

const ollama = (body: unknown): FoundModel[] =>
  z
    .object({ models: z.array(z.object({ name: z.string() })) })
    .parse(body)
    .models.map(({ name }) => ({ id: name, name }))

const lmstudioModel = z.object({
  type: z.string(),
  key: z.string(),
  display_name: z.string().optional(),
  max_context_length: tokens,
  loaded_instances: z
    .array(z.object({ config: z.object({ context_length: tokens }) }))
    .optional()
    .catch(undefined),
  capabilities: z.object({ vision: z.boolean().optional() }).optional().catch(undefined),
})

const lmstudio = (body: unknown): FoundModel[] =>
  z
    .object({ models: z.array(lmstudioModel) })
    .parse(body)
    .models.filter(({ type }) => type !== "embedding")
    .map(({ key, display_name, max_context_length, loaded_instances, capabilities }) => ({
      id: key,
      name: display_name ?? key,
      // What is loaded counts: more than that it would cut off silently.
      contextWindow: loaded_instances?.[0]?.config.context_length ?? max_context_length,
      input: capabilities && inputs(capabilities.vision === true),
    }))

const readers: Record<ListKind, (body: unknown) => FoundModel[]> = {
  openai,
  anthropic,
  google,
  ollama,
  lmstudio,
}

const shown = z.object({
  capabilities: z.array(z.string()).optional().catch(undefined),
  model_info: z.record(z.string(), z.unknown()).default({}),
})

/** What Ollama says of one model (`/api/show`); null for one that does not converse. */
export const readOllamaModel = (model: FoundModel, body: unknown): FoundModel | null => {
  const { capabilities: can, model_info: info } = shown.parse(body)
  if (can && !can.includes("completion")) return null
  const [, most] = Object.entries(info).find(([name]) => name.endsWith(".context_length")) ?? []
  return compact({
    ...model,
    contextWindow: typeof most === "number" ? Math.min(most, ollamaContext) : undefined,
    reasoning: can?.includes("thinking"),
    input: can && inputs(can.includes("vision")),
  })
}

/** Ollama cuts what goes over the context it was started with, and does not say how long that is. */
const ollamaContext = 32_768
