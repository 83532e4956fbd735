import type { LanguageModelV4 } from "@ai-sdk/provider"
import { type AgentsConfig, defaultAgentId, findAgent, modelsOf } from "../agents/config.ts"
import type { Env } from "../config/paths.ts"
import type { Clock } from "../kernel/clock.ts"
import { madeOnce } from "../kernel/later.ts"
import type { Log } from "../kernel/log.ts"
import { signInDefaults } from "./auth/config.ts"
import { enter } from "./auth/connect.ts"
import type { ModelAuth } from "./auth/service.ts"
import { createWays, type Way } from "./auth/ways.ts"
import { assumedContextWindow, type KnownModel, type KnownProvider } from "./catalog.ts"
import { chooseModels } from "./choose.ts"
import type { ModelsConfig } from "./config.ts"
import { connectionOf, findKeys } from "./connection.ts"
import type { Discovery } from "./discovery.ts"
import { explain } from "./explain.ts"
import { explained } from "./explained.ts"
import type { Called } from "./faults.ts"
import { createFreshness } from "./freshness.ts"
import { guideEntry, guideProvider } from "./guide.ts"
import { createOffer } from "./offer.ts"
import { openParams, paramsOf, tuned } from "./params.ts"
import { placeholderKey, providerFetch } from "./provider-fetch.ts"
import { wireFor } from "./providers/by-api.ts"
import { formatRef, parseRef, providerId, wireName } from "./ref.ts"
import { createReferences, takesAnyName } from "./references.ts"
import { createReach } from "./reach.ts"
import type { Models, OpenModel, OpenOptions } from "./service.ts"
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
  log?: Log
}

export const createModels = (options: Options): Models => {
  const { config, agents, env, clock, guide, discovery, auth = () => undefined, log } = options
  const ways = createWays({ auth, clock })
  const profilesOf = (id: string) => ways.of(id, undefined, []).map((way) => way.id)
  const offer = createOffer({ config, agents, env, discovery, profilesOf })
  const { providers, find, callable, standingOf, entries } = offer
  const streaming = madeOnce(() => openStreaming(env))
  /** What was opened goes with the reading of the config that it was opened by. */
  const opened = new WeakMap<object, Map<string, Promise<OpenModel>>>()

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
    const open = opened.getOrInsertComputed(offer.reading(), () => new Map())
    const own = agentId && findAgent(agents(), agentId).params ? agentId : ""
    const way = options.way ?? waysOf(called.provider, agentId)[0]
    const name = [formatRef(called), own, way?.profile?.agentId, way?.id].join(" ")
    const known = open.get(name)
    if (known) return known
    const made = make(wanted, called, own, way)
    open.set(name, made)
    // What failed once may work the next time: a key can be put into the environment's file.
    made.catch(() => open.delete(name))
    return made
  }

  const waysOf = (id: string, agentId?: string): Way[] => {
    const provider = find(id)
    return provider ? ways.of(id, agentId, findKeys(provider, env)) : []
  }

  const entered = (provider: KnownProvider, way: Way | undefined) =>
    enter(connectionOf(provider, callable(provider, way?.profile ? [way.id] : [])), way, {
      provider,
      env,
      auth: auth(),
    })

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
    const { connection, secret } = entered(provider, way)
    const wire = wireFor(connection.api, connection.official && provider.ownChat)
    const { answerSeconds, silenceSeconds } = config().timeouts
    const params = paramsOf(called, { provider, agents: agents(), agentId })
    const key = params.context1m ? ((await secret?.())?.key ?? connection.key) : undefined
    const { headers, contextWindow } = openParams(params, { api: connection.api, key })
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
        stream: await streaming(),
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
          const way = waysOf(provider.id)[0]
          const found = await discovery.refresh(provider, entered(provider, way))
          return { provider: provider.id, models: found.length }
        } catch (error) {
          return { provider: provider.id, error }
        }
      }),
    )
  }

  const reach = createReach({
    find,
    enter: (provider, agentId) => entered(provider, waysOf(provider.id, agentId)[0]),
    patience() {
      const { answerSeconds, silenceSeconds } = config().timeouts
      return { answerMs: answerSeconds * 1000, silenceMs: silenceSeconds * 1000 }
    },
    clock,
  })

  return {
    open,
    reach,
    keepFresh: createFreshness({ offer, discovery, refresh, clock, log }),
    ways(ref, { agentId, profile }) {
      const { provider: id } = references.resolve(ref?.trim() || defaultRef())
      const pinned = profile === undefined ? undefined : ways.pinned(id, agentId, profile)
      return pinned ? [pinned] : waysOf(id, agentId)
    },
    worked: ways.worked,
    failed: ways.failed,
    overload: () => {
      const { overloadedProfileRotations, overloadedBackoffMs } =
        auth()?.cooldowns() ?? signInDefaults().cooldowns
      return { rotations: overloadedProfileRotations, backoffMs: overloadedBackoffMs }
    },
    defaultRef,
    choose: (wish) => chooseModels(wish, { agents, defaultRef, references, sees }),
    check: references.check,
    match: references.match,
    aliases: references.aliases,
    refresh,
    reconfigured: offer.reconfigured,
    catalog: offer.catalog,
    status: offer.status,
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
    explain(error, called) {
      const provider = find(called.provider)
      const state = provider && callable(provider)
      return explain(error, called, state?.ok ? state.connection : undefined)
    },
  }
}

const proxies = ["http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"]

/** Nothing where only `fetch` does as the environment says. */
const openStreaming = async (env: Env) => {
  const unchecked = env.NODE_TLS_REJECT_UNAUTHORIZED === "0"
  if (unchecked || proxies.some((name) => env[name]?.trim())) return undefined
  return (await import("../net/stream-fetch.ts")).createStreamFetch()
}

const inputOf = ({ images }: KnownProvider, known: KnownModel | undefined) =>
  images ? known?.input : (["text"] as const)
