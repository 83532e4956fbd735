import type { Api, ModelConfig, ModelsConfig, ProviderConfig } from "./config.ts"
import data from "./catalog.json"
import { providerId } from "./ref.ts"

/** Context window assumed for a model that nothing describes. */
export const assumedContextWindow = 128_000

export interface KnownModel {
  id: string
  name: string
  contextWindow: number
  maxTokens?: number
  reasoning: boolean
  input: ("text" | "image")[]
  cost?: ModelConfig["cost"]
  /** Written in the config file, or known to this build. */
  origin: "configured" | "built-in"
}

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
  config?: ProviderConfig
}

interface BuiltIn {
  label: string
  baseUrl: string
  api: Api
  env: string[]
  models: Omit<KnownModel, "origin">[]
}
const builtIns = data.providers as Record<string, BuiltIn>

/** Every variable that a built-in provider's key may be in. */
export const keyVariables: readonly string[] = Object.values(builtIns).flatMap(({ env }) => env)

/** Every provider that could be called: the configured ones in the file's order, then the built-in ones. */
export const knownProviders = (config: ModelsConfig): KnownProvider[] => {
  const providers = new Map<string, KnownProvider>()
  for (const [name, written] of Object.entries(config.providers)) {
    const id = providerId(name)
    providers.set(id, describe(id, written, config.mode))
  }
  if (config.mode === "merge")
    for (const id of Object.keys(builtIns))
      if (!providers.has(id)) providers.set(id, describe(id, undefined, config.mode))
  return [...providers.values()]
}

const describe = (
  id: string,
  config: ProviderConfig | undefined,
  mode: ModelsConfig["mode"],
): KnownProvider => {
  const builtIn = Object.hasOwn(builtIns, id) ? builtIns[id] : undefined
  const configured = (config?.models ?? []).map(configuredModel)
  const named = new Set(configured.map((model) => model.id))
  // Built-in models belong to the provider's own address, not to a proxy that took its name.
  const known = mode === "merge" && !config?.baseUrl ? (builtIn?.models ?? []) : []
  return {
    id,
    label: builtIn?.label ?? id,
    api: config?.api ?? builtIn?.api ?? "openai-completions",
    baseUrl: config?.baseUrl ?? builtIn?.baseUrl,
    env: builtIn?.env ?? [keyVariable(id)],
    models: [
      ...configured,
      ...known
        .filter((model) => !named.has(model.id))
        .map((model) => ({ ...model, origin: "built-in" as const })),
    ],
    builtIn: builtIn !== undefined && !config?.baseUrl,
    config,
  }
}

const configuredModel = ({ name, ...model }: ModelConfig): KnownModel => ({
  ...model,
  name: name ?? model.id,
  origin: "configured",
})

/** `my-llm` keeps its key in `MY_LLM_API_KEY`. */
const keyVariable = (id: string) => `${id.toUpperCase().replace(/[^A-Z0-9]+/g, "_")}_API_KEY`
