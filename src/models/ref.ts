import { catalog } from "./catalog-data.ts"

/** A model reference as typed: `provider/model`, or a bare name that may be an alias. */
export type Ref = { provider: string; model: string } | { name: string }

const providerAliases: Readonly<Record<string, string>> = catalog.providerAliases
const providers = catalog.providers as Readonly<
  Record<string, { prefixes?: Readonly<Record<string, string>> }>
>

/** Short names that every gateway knows; the config's own win over them. */
export const defaultAliases: Readonly<Record<string, string>> = catalog.aliases

export const providerId = (typed: string) => {
  const id = typed.trim().toLowerCase()
  return Object.hasOwn(providerAliases, id) ? providerAliases[id]! : id
}

/** Splits at the first `/`; the model part may hold more of them. */
export const parseRef = (typed: string): Ref => {
  const text = typed.trim()
  const slash = text.indexOf("/")
  if (slash < 0) return { name: text }
  const provider = providerId(text.slice(0, slash))
  return { provider, model: canonicalModel(provider, text.slice(slash + 1).trim()) }
}

/** `openrouter/openrouter/auto` is how some write `openrouter/auto`. */
export const canonicalModel = (provider: string, model: string) =>
  prefixesOf(provider)[""] === `${provider}/` && model.startsWith(`${provider}/`)
    ? model.slice(provider.length + 1)
    : model

export const formatRef = ({ provider, model }: { provider: string; model: string }) =>
  `${provider}/${model}`

/** The same reference in the one way it is kept and compared; a bare name stays as it is. */
export const canonicalRef = (typed: string) => {
  const ref = parseRef(typed)
  return "model" in ref ? formatRef(ref) : ref.name
}

/** The name a provider knows a model by: some want the maker's name before a short one. */
export const wireName = (provider: string, model: string) => {
  if (model.includes("/")) return model
  const found = Object.entries(prefixesOf(provider)).find(([start]) => model.startsWith(start))
  return found ? found[1] + model : model
}

const prefixesOf = (provider: string) =>
  (Object.hasOwn(providers, provider) && providers[provider]!.prefixes) || {}
