import type { AgentsConfig } from "../agents/config.ts"
import type { Env } from "../config/paths.ts"
import { type KnownProvider, knownProviders } from "./catalog.ts"
import type { ModelsConfig } from "./config.ts"
import { type Standing, standing } from "./connection.ts"
import type { Discovery } from "./discovery.ts"
import { guideEntry, guideProvider } from "./guide.ts"
import type { CatalogStatus, ModelEntry, ProviderStatus } from "./service.ts"
import { createStrayKeys } from "./stray-keys.ts"

interface Ground {
  config: () => ModelsConfig
  agents: () => AgentsConfig
  env: Env
  discovery: Discovery
  /** Names of the sign-ins there are at a provider, best first. */
  profilesOf: (provider: string) => readonly string[]
}

/** What there is to call: every provider, whether it can be called, and its models. */
export interface Offer {
  /** Another object after each change of the config or of a provider's list. */
  reading(): object
  providers(): readonly KnownProvider[]
  find(id: string): KnownProvider | undefined
  /** Whether a provider can be called when somebody names it. */
  callable(provider: KnownProvider, profiles?: readonly string[]): Standing
  /** Whether it is one of those to choose from. */
  standingOf(provider: KnownProvider): Standing
  entries(): ModelEntry[]
  status(): ProviderStatus[]
  catalog(): CatalogStatus[]
  reconfigured(before: ModelsConfig, after: ModelsConfig): void
}

interface Reading {
  config: ModelsConfig
  agents: AgentsConfig
  version: number
  providers: readonly KnownProvider[]
}

export const createOffer = ({ config, agents, env, discovery, profilesOf }: Ground): Offer => {
  let read: Reading | undefined
  const reading = (): Reading => {
    const now = { config: config(), agents: agents(), version: discovery.version }
    if (read?.config === now.config && read.agents === now.agents && read.version === now.version)
      return read
    const providers = knownProviders(now.config, discovery.of)
    return (read = { ...now, providers })
  }
  const providers = () => reading().providers
  const find = (id: string) => providers().find((provider) => provider.id === id)
  const strayKeys = createStrayKeys(env, (id) => profilesOf(id).toSorted().join(" "))

  const callable = (
    provider: KnownProvider,
    profiles: readonly string[] = profilesOf(provider.id),
  ): Standing => {
    const state = strayKeys.refusal(provider) ?? standing(provider, env, profiles)
    if (!state.ok)
      return provider.baseUrl || !provider.addressShape
        ? state
        : { ...state, next: `${addressSetting(provider)} ${provider.addressShape}` }
    const { key, keyName } = state.connection
    const { keyPrefix, label } = provider
    if (key && keyPrefix && !key.startsWith(keyPrefix))
      return {
        ok: false,
        what: `the key in ${keyName} does not begin with ${keyPrefix}, as keys of ${label} do`,
        next: `Put a key of ${label} into ${keyName}.`,
      }
    return state
  }

  /** A server that nobody connected may not be there. */
  const standingOf = (provider: KnownProvider): Standing => {
    const state = callable(provider)
    const { local, config, models } = provider
    const isGiven = state.ok && (state.source === "env" || state.source === "profiles")
    if (!state.ok || !local || config || models.length || isGiven) return state
    return {
      ok: false,
      what: "it was not looked for",
      next: `Start it, then: fased models connect ${provider.id}`,
    }
  }

  const entries = (): ModelEntry[] => [
    ...providers().flatMap((provider) => {
      const available = standingOf(provider).ok
      const { id, api, baseUrl } = provider
      return provider.models.map(({ thinking: _, thinkingStyle: __, ...model }) => ({
        ...model,
        provider: id,
        api,
        baseUrl,
        available,
      }))
    }),
    guideEntry,
  ]

  return {
    reading,
    providers,
    find,
    callable,
    standingOf,
    entries,
    reconfigured: strayKeys.reconfigured,
    catalog: () =>
      providers().map((provider) => {
        const of = (origin: string) =>
          provider.models.filter((model) => model.origin === origin).length
        return {
          provider: provider.id,
          label: provider.label,
          connected: standingOf(provider).ok,
          configured: of("configured"),
          discovered: of("discovered"),
          builtIn: of("built-in"),
          askedAt: discovery.askedAt(provider.id),
        }
      }),
    status: () => [
      ...providers().map((provider) => {
        const state = standingOf(provider)
        const { id, label, local, models } = provider
        const facts = { provider: id, label, local, models: models.length }
        return state.ok
          ? { ...facts, status: "ok" as const, source: state.source, detail: state.detail }
          : {
              ...facts,
              status: "missing" as const,
              source: "missing" as const,
              detail: state.what,
              next: state.next,
            }
      }),
      {
        provider: guideProvider,
        label: "the built-in guide",
        local: false,
        status: "ok",
        source: "none-needed",
        detail: "built in",
        models: 1,
      },
    ],
  }
}

const addressSetting = ({ id }: KnownProvider) =>
  `Say where it is: fased config set models.providers.${id}.baseUrl`
