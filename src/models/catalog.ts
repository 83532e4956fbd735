import type { ThinkingLevel } from "../kernel/channel.ts"
import type { Api, ModelConfig, ModelsConfig, ProviderConfig, thinkingFormats } from "./config.ts"
import { catalog as data } from "./catalog-data.ts"
import type { FoundModel } from "./found.ts"
import { canonicalModel, providerId } from "./ref.ts"
import type { ThinkingStyle } from "./thinking.ts"

/** Context window assumed for a model that nothing describes. */
export const assumedContextWindow = 128_000

/** Written in the config file, told by the provider itself, or known to this build. */
export type Origin = "configured" | "discovered" | "built-in"

export interface KnownModel {
  id: string
  name: string
  /** Absent when the provider named the model and said no more. */
  contextWindow?: number
  maxTokens?: number
  /** Absent when nobody said. */
  reasoning?: boolean
  /** The levels it can think at, where they are not the usual ones. */
  thinking?: readonly ThinkingLevel[]
  /** How it is told to think, where it is not as its provider's others are. */
  thinkingStyle?: ThinkingStyle
  input?: readonly ("text" | "image")[]
  cost?: ModelConfig["cost"]
  recommended?: boolean
  /** When the provider says that it came, in milliseconds. */
  createdAt?: number
  origin: Origin
}

/** How a provider is asked for its list of models. */
export type ListKind = "openai" | "anthropic" | "google" | "ollama" | "lmstudio"

export interface KnownProvider {
  id: string
  label: string
  api: Api
  /** Absent when the config names a provider of its own and forgets where it is. */
  baseUrl?: string
  /** Variables its key may be in, best first. */
  env: readonly string[]
  models: readonly KnownModel[]
  /** Has a home of its own: any model name is passed on, even one this build has not heard of. */
  builtIn: boolean
  /** A server that people run themselves, and that may not be there. */
  local: boolean
  /** Its Chat Completions are OpenAI's own, with the quirks of its models. */
  ownChat: boolean
  /** No model of it can see. */
  images: boolean
  thinking?: ThinkingStyle
  /** How a key of its own begins; another one was meant for somebody else. */
  keyPrefix?: string
  /** What an address looks like that only the account's owner can complete. */
  addressShape?: string
  listKind?: ListKind
  /** Sent with each call, unless the config says otherwise. */
  params: Readonly<Record<string, unknown>>
  config?: ProviderConfig
}

interface BuiltIn {
  label: string
  baseUrl?: string
  api: Api
  env: string[]
  models: Omit<KnownModel, "origin">[]
  local?: boolean
  ownChat?: boolean
  images?: boolean
  thinking?: ThinkingStyle
  keyPrefix?: string
  addressShape?: string
  discovery?: ListKind
  params?: Record<string, unknown>
}
const builtIns = data.providers as unknown as Record<string, BuiltIn>

/** When the bundled list was last gone through. */
export const catalogAsOf: string = data.asOf

/** Every variable that a built-in provider's key may be in. */
export const keyVariables: readonly string[] = [
  ...new Set(Object.values(builtIns).flatMap(({ env }) => env)),
]

/** What a provider said it has, when it was asked at that address. */
export type Found = (provider: string, baseUrl: string) => readonly FoundModel[]

/** Every provider that could be called: the configured ones in the file's order, then the built-in ones. */
export const knownProviders = (config: ModelsConfig, found: Found = () => []): KnownProvider[] => {
  const providers = new Map<string, KnownProvider>()
  for (const [name, written] of Object.entries(config.providers)) {
    const id = providerId(name)
    providers.set(id, describe(id, written, config.mode, found))
  }
  if (config.mode === "merge")
    for (const id of Object.keys(builtIns))
      if (!providers.has(id)) providers.set(id, describe(id, undefined, config.mode, found))
  return [...providers.values()]
}

const describe = (
  id: string,
  config: ProviderConfig | undefined,
  mode: ModelsConfig["mode"],
  found: Found,
): KnownProvider => {
  const builtIn = Object.hasOwn(builtIns, id) ? builtIns[id] : undefined
  // What is known of a provider holds at its own address, not at a proxy that took its name.
  const own = config?.baseUrl && !builtIn?.local ? undefined : builtIn
  const isOllama = config?.api === "ollama"
  const shape = isOllama ? builtIns.ollama : own
  const baseUrl = config?.baseUrl ? wholeAddress(config.baseUrl, shape) : builtIn?.baseUrl
  return {
    id,
    label: builtIn?.label ?? id,
    api:
      config?.api === "ollama"
        ? builtIns.ollama!.api
        : (config?.api ?? builtIn?.api ?? "openai-completions"),
    baseUrl,
    env: builtIn?.env ?? [keyVariable(id)],
    models: merged(id, {
      configured: (config?.models ?? []).map(configuredModel),
      found: mode === "merge" && baseUrl ? found(id, baseUrl) : [],
      bundled: mode === "merge" ? (own?.models ?? []) : [],
    }),
    builtIn: builtIn !== undefined && !config?.baseUrl,
    local: builtIn?.local ?? false,
    ownChat: builtIn?.ownChat ?? false,
    images: own?.images ?? true,
    thinking: own?.thinking,
    keyPrefix: own?.keyPrefix,
    addressShape: builtIn?.addressShape,
    listKind: isOllama
      ? "ollama"
      : (builtIn?.discovery ?? listKinds[config?.api ?? ""] ?? "openai"),
    params: own?.params ?? {},
    config,
  }
}

/**
 * One list out of three. A model that the config describes is what the config says; what the
 * provider told fills in what this build does not know of it.
 */
const merged = (
  provider: string,
  from: {
    configured: readonly KnownModel[]
    found: readonly FoundModel[]
    bundled: readonly Omit<KnownModel, "origin">[]
  },
): KnownModel[] => {
  const models = new Map(from.configured.map((model) => [model.id, model]))
  const told = new Map(from.found.map((model) => [canonicalModel(provider, model.id), model]))
  const bundled = new Map(from.bundled.map((model) => [model.id, model]))
  // The bundled ones come first: the best of a provider is what a newcomer begins with.
  for (const id of new Set([...bundled.keys(), ...told.keys()])) {
    if (models.has(id)) continue
    const facts = { ...told.get(id), ...bundled.get(id), id }
    const name = bundled.get(id)?.name ?? told.get(id)!.name
    models.set(id, { ...facts, name, origin: told.has(id) ? "discovered" : "built-in" })
  }
  return [...models.values()]
}

/** Whose kind of list goes with a wire format. */
const listKinds: Readonly<Record<string, ListKind>> = {
  "anthropic-messages": "anthropic",
  "google-generative-ai": "google",
}

/** People write the bare address of their own server, as its native interface has it. */
const wholeAddress = (written: string, builtIn: BuiltIn | undefined) =>
  builtIn?.local && builtIn.baseUrl?.endsWith("/v1") && new URL(written).pathname === "/"
    ? new URL("/v1", written).href
    : written

const configuredModel = ({ name, compat, ...model }: ModelConfig): KnownModel => ({
  ...model,
  name: name ?? model.id,
  thinkingStyle:
    compat?.supportsReasoningEffort === false
      ? "fixed"
      : compat?.thinkingFormat && stylesOfFormat[compat.thinkingFormat],
  origin: "configured",
})

const stylesOfFormat: Record<(typeof thinkingFormats)[number], ThinkingStyle> = {
  openai: "effort",
  openrouter: "openrouter",
  zai: "binary",
  qwen: "qwen",
}

/** `my-llm` keeps its key in `MY_LLM_API_KEY`. */
const keyVariable = (id: string) => `${id.toUpperCase().replace(/[^A-Z0-9]+/g, "_")}_API_KEY`
