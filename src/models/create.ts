import type { LanguageModelV4 } from "@ai-sdk/provider"
import { type AgentsConfig, defaultAgentId, findAgent, modelsOf } from "../agents/config.ts"
import type { Env } from "../config/paths.ts"
import type { Clock } from "../kernel/clock.ts"
import { signInDefaults } from "./auth/config.ts"
import { enter } from "./auth/connect.ts"
import type { ModelAuth } from "./auth/service.ts"
import { createWays, type Way } from "./auth/ways.ts"
import { assumedContextWindow, type KnownModel, type KnownProvider } from "./catalog.ts"
import { knownProviders } from "./catalog.ts"
import { chooseModels } from "./choose.ts"
import type { ModelsConfig } from "./config.ts"
import { connectionOf, findKeys, type Standing, standing } from "./connection.ts"
import type { Discovery } from "./discovery.ts"
import { explain } from "./explain.ts"
import { explained } from "./explained.ts"
import type { Called } from "./faults.ts"
import { guideEntry, guideProvider } from "./guide.ts"
import { openParams, paramsOf, tuned } from "./params.ts"
import { placeholderKey, providerFetch } from "./provider-fetch.ts"
import { wireFor } from "./providers/by-api.ts"
import { formatRef, parseRef, providerId, wireName } from "./ref.ts"
import { createReferences, takesAnyName } from "./references.ts"
import { createStrayKeys } from "./stray-keys.ts"
import type { ModelEntry, Models, OpenModel, OpenOptions } from "./service.ts"
import { readThinking, thinkingOf } from "./thinking.ts"

interface Options {
  /** The `models` section as it is now; read at each use, so a changed key counts at once. */
  config: () => ModelsConfig
  /** The `agents` section: which models were chosen, and what is said of them. */
  agents: () => AgentsConfig
  env: Env
  clock: Clock
  /** The embedded model, `fased/guide`. */
  guide: LanguageModelV4
  discovery: Discovery
  /** Sign-ins at providers, where there are any. */
  auth?: () => ModelAuth | undefined
}

interface Worked {
  config: ModelsConfig
  agents: AgentsConfig
  version: number
  providers: readonly KnownProvider[]
  open: Map<string, Promise<OpenModel>>
}

export const createModels = (options: Options): Models => {
  const { config, agents, env, clock, guide, discovery, auth = () => undefined } = options
  /** What follows from one reading of the config, and goes with it. */
  let worked: Worked | undefined
  const current = (): Worked => {
    const now = { config: config(), agents: agents(), version: discovery.version }
    if (
      worked?.config === now.config &&
      worked.agents === now.agents &&
      worked.version === now.version
    )
      return worked
    const providers = knownProviders(now.config, discovery.of)
    return (worked = { ...now, version: discovery.version, providers, open: new Map() })
  }
  const providers = () => current().providers
  const ways = createWays({ auth, clock })
  const profilesOf = (id: string) => ways.of(id, undefined, []).map((way) => way.id)
  const strayKeys = createStrayKeys(env, (id) => profilesOf(id).toSorted().join(" "))
  const find = (id: string) => providers().find((provider) => provider.id === id)

  /** Whether a provider can be called when somebody names it. */
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

  /** Whether it is one of those to choose from: a server that nobody connected may not be there. */
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
      return provider.models.map(({ thinking: _, ...model }) => ({
        ...model,
        provider: id,
        api,
        baseUrl,
        available,
      }))
    }),
    guideEntry,
  ]

  const chosenDefault = () => {
    const config = agents()
    return modelsOf(findAgent(config, defaultAgentId(config)), config)[0]
  }

  const defaultRef = (): string => {
    const chosen = chosenDefault()
    if (chosen)
      return chosen.includes("/")
        ? chosen
        : (references.aliases().get(chosen.toLowerCase()) ?? chosen)
    const first = providers().find((provider) => provider.models.length && standingOf(provider).ok)
    return first
      ? formatRef({ provider: first.id, model: first.models[0]!.id })
      : formatRef({ provider: guideProvider, model: guideEntry.id })
  }

  const references = createReferences({ agents, providers, entries, defaultRef })

  /** Made once for each reading of the config. */
  const open = async (typed?: string, options: OpenOptions = {}): Promise<OpenModel> => {
    const { agentId } = options
    const wanted = typed?.trim() || defaultRef()
    const called = references.resolve(wanted)
    const { open } = current()
    const own = agentId && findAgent(agents(), agentId).params ? agentId : ""
    const way = options.way ?? waysOf(called.provider, agentId)[0]
    const name = [formatRef(called), own, way?.profile?.agentId, way?.id].join(" ")
    const known = open.get(name)
    if (known) return known
    const opened = make(wanted, called, own, way)
    open.set(name, opened)
    // What failed once may work the next time: a key can be put into the environment's file.
    opened.catch(() => open.delete(name))
    return opened
  }

  const waysOf = (id: string, agentId?: string): Way[] => {
    const provider = find(id)
    return provider ? ways.of(id, agentId, findKeys(provider, env)) : []
  }

  const make = async (
    wanted: string,
    called: Called,
    agentId: string,
    way: Way | undefined,
  ): Promise<OpenModel> => {
    const { provider: id, model } = called
    if (id === guideProvider && model === guideEntry.id)
      return { provider: id, model, contextWindow: assumedContextWindow, language: guide }
    const provider = find(id)
    const known = provider?.models.find((entry) => entry.id === model)
    if (!provider || (!known && !takesAnyName(provider))) throw references.unknown(wanted)
    const { connection, secret } = enter(
      connectionOf(provider, callable(provider, way?.profile ? [way.id] : [])),
      way,
      { provider, env, auth: auth() },
    )
    const wire = wireFor(connection.api, connection.official && provider.ownChat)
    const { answerSeconds, silenceSeconds } = config().timeouts
    const params = paramsOf(called, { provider, agents: agents(), agentId })
    const { headers, contextWindow } = openParams(params, connection)
    const language = await wire.open({
      provider: id,
      baseURL: connection.baseUrl,
      apiKey: placeholderKey,
      model: wireName(id, model),
      fetch: providerFetch({
        secret,
        connection: { ...connection, headers: { ...headers, ...connection.headers } },
        called,
        keyHeader: wire.keyHeader,
        patience: { answerMs: answerSeconds * 1000, silenceMs: silenceSeconds * 1000 },
        clock,
      }),
    })
    const spoken = explained(language, {
      called,
      explain: (error) => explain(error, called, connection),
      maxTokens: known?.origin === "configured" ? known.maxTokens : undefined,
    })
    return {
      provider: id,
      model,
      contextWindow: contextWindow ?? known?.contextWindow ?? assumedContextWindow,
      api: connection.api,
      input: inputOf(provider, known),
      thinking: thinkingOf(provider, known, preferredThinking(params)),
      cost: known?.cost,
      params,
      way,
      language: tuned(spoken, params, { provider: id, api: connection.api }),
    }
  }

  const preferredThinking = ({ thinking }: Readonly<Record<string, unknown>>) =>
    (typeof thinking === "string" ? readThinking(thinking) : undefined) ??
    agents().defaults.thinkingDefault

  const sees = (ref: string) => {
    const { provider: id, model } = references.resolve(ref)
    if (id === guideProvider) return false
    const provider = find(id)
    const known = provider?.models.find((entry) => entry.id === model)
    return !provider || (inputOf(provider, known)?.includes("image") ?? true)
  }

  const refresh = async (id?: string) => {
    const wanted = id === undefined ? undefined : providerId(id)
    const asked = providers().filter((provider) =>
      wanted === undefined ? standingOf(provider).ok : provider.id === wanted,
    )
    return Promise.all(
      asked.map(async (provider) => {
        try {
          const found = await discovery.refresh(
            provider,
            connectionOf(provider, callable(provider)),
          )
          return { provider: provider.id, models: found.length }
        } catch (error) {
          return { provider: provider.id, error }
        }
      }),
    )
  }

  return {
    open,
    ways(ref, { agentId, profile }) {
      const { provider: id } = references.resolve(ref?.trim() || defaultRef())
      const pinned = profile === undefined ? undefined : ways.pinned(id, agentId, profile)
      return pinned ? [pinned] : waysOf(id, agentId)
    },
    worked: ways.worked,
    failed: ways.failed,
    overload: () => {
      const { overloadedProfileRotations, overloadedBackoffMs } =
        auth()?.cooldowns() ?? signInDefaults.cooldowns
      return { rotations: overloadedProfileRotations, backoffMs: overloadedBackoffMs }
    },
    defaultRef,
    choose: (wish) => chooseModels(wish, { agents, defaultRef, references, sees }),
    check: references.check,
    match: references.match,
    aliases: references.aliases,
    refresh,
    reconfigured: strayKeys.reconfigured,
    list: ({ provider, all = false } = {}) =>
      entries().filter(
        (entry) => (all || entry.available) && (!provider || entry.provider === provider),
      ),
    choices() {
      const allowed = references.allowed()
      const known = entries()
      if (!allowed) return known.filter(({ available }) => available)
      return [...allowed].flatMap((ref) => {
        const called = parseRef(ref)
        if (!("model" in called)) return []
        const { provider: id, model } = called
        if (model === "*") return known.filter(({ provider }) => provider === id)
        const found = known.find((entry) => entry.provider === id && entry.id === model)
        const provider = find(id)
        const available = provider !== undefined && callable(provider).ok
        return [found ?? { id: model, name: model, provider: id, origin: "configured", available }]
      })
    },
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
    explain(error, called) {
      const provider = find(called.provider)
      const state = provider && callable(provider)
      return explain(error, called, state?.ok ? state.connection : undefined)
    },
  }
}

const addressSetting = ({ id }: KnownProvider) =>
  `Say where it is: fased config set models.providers.${id}.baseUrl`

const inputOf = ({ images }: KnownProvider, known: KnownModel | undefined) =>
  images ? known?.input : (["text"] as const)
