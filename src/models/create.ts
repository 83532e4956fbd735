import type { LanguageModelV4 } from "@ai-sdk/provider"
import type { Env } from "../config/paths.ts"
import { nearest } from "../config/nearest.ts"
import type { Clock } from "../kernel/clock.ts"
import { assumedContextWindow, type KnownProvider, knownProviders } from "./catalog.ts"
import type { ModelsConfig } from "./config.ts"
import { connectionOf, standing } from "./connection.ts"
import { explain } from "./explain.ts"
import { explained } from "./explained.ts"
import { unknownModel } from "./faults.ts"
import { guideEntry, guideProvider } from "./guide.ts"
import { placeholderKey, providerFetch } from "./provider-fetch.ts"
import { wireFor } from "./providers/by-api.ts"
import { aliasTarget, formatRef, parseRef } from "./ref.ts"
import { createStrayKeys } from "./stray-keys.ts"
import type { ModelEntry, Models, OpenModel } from "./service.ts"

interface Options {
  /** The `models` section as it is now; read at each use, so a changed key counts at once. */
  config: () => ModelsConfig
  env: Env
  clock: Clock
  /** The embedded model, `fased/guide`. */
  guide: LanguageModelV4
  /** `agents.defaults.model`, if someone chose one. */
  defaultModel: () => string | undefined
}

export const createModels = ({ config, env, clock, guide, defaultModel }: Options): Models => {
  /** What follows from one reading of the config, and goes with it. */
  const worked = new WeakMap<
    ModelsConfig,
    { providers: KnownProvider[]; open: Map<string, Promise<OpenModel>> }
  >()
  const current = () =>
    worked.getOrInsertComputed(config(), (read) => ({
      providers: knownProviders(read),
      open: new Map(),
    }))
  const providers = () => current().providers
  const strayKeys = createStrayKeys(env)
  const standingOf = (provider: KnownProvider) =>
    strayKeys.refusal(provider) ?? standing(provider, env)
  const find = (id: string) => providers().find((provider) => provider.id === id)

  const entries = (): ModelEntry[] => [
    ...providers().flatMap((provider) => {
      const available = standingOf(provider).ok
      return provider.models.map((model) => ({ ...model, provider: provider.id, available }))
    }),
    guideEntry,
  ]

  const defaultRef = () => {
    const chosen = defaultModel()?.trim()
    if (chosen) return chosen.includes("/") ? chosen : (aliasTarget(chosen) ?? chosen)
    const first = entries().find(({ available }) => available) ?? guideEntry
    return formatRef({ provider: first.provider, model: first.id })
  }

  /** Never guesses: a name that means nothing is refused, with what is close to it. */
  const unknown = (typed: string) => {
    const refs = entries().map(({ provider, id }) => formatRef({ provider, model: id }))
    const wanted = typed.toLowerCase()
    const holding = wanted ? refs.filter((ref) => ref.toLowerCase().includes(wanted)) : []
    const close = nearest(typed, refs)
    return unknownModel({
      ref: typed,
      near: [...new Set([...(close ? [close] : []), ...holding])].slice(0, 3),
    })
  }

  /** A bare name is an alias, or a model of the default provider. */
  const resolve = (typed: string): { provider: string; model: string } => {
    const ref = parseRef(typed)
    if ("model" in ref) return ref
    const target = parseRef(aliasTarget(ref.name) ?? defaultRef())
    if (!("model" in target)) throw unknown(typed)
    return aliasTarget(ref.name) ? target : { ...target, model: ref.name }
  }

  /** Made once for each reading of the config. */
  const open = async (typed?: string): Promise<OpenModel> => {
    const wanted = typed?.trim() || defaultRef()
    const called = resolve(wanted)
    const { open } = current()
    const ref = formatRef(called)
    const known = open.get(ref)
    if (known) return known
    const opened = make(wanted, called)
    open.set(ref, opened)
    // What failed once may work the next time: a key can be put into the environment's file.
    opened.catch(() => open.delete(ref))
    return opened
  }

  const make = async (
    wanted: string,
    called: { provider: string; model: string },
  ): Promise<OpenModel> => {
    const { provider: id, model } = called
    if (id === guideProvider && model === guideEntry.id)
      return { provider: id, model, contextWindow: assumedContextWindow, language: guide }
    const provider = find(id)
    const known = provider?.models.find((entry) => entry.id === model)
    if (!provider || !model || (!known && !takesAnyName(provider))) throw unknown(wanted)
    const connection = connectionOf(provider, standingOf(provider))
    const wire = wireFor(connection.api, connection.official)
    const { answerSeconds, silenceSeconds } = config().timeouts
    const language = await wire.open({
      provider: id,
      baseURL: connection.baseUrl,
      apiKey: placeholderKey,
      model,
      fetch: providerFetch({
        connection,
        called,
        keyHeader: wire.keyHeader,
        patience: { answerMs: answerSeconds * 1000, silenceMs: silenceSeconds * 1000 },
        clock,
      }),
    })
    return {
      provider: id,
      model,
      contextWindow: known?.contextWindow ?? assumedContextWindow,
      api: connection.api,
      input: known?.input,
      language: explained(language, {
        called,
        explain: (error) => explain(error, called, connection),
        maxTokens: known?.origin === "configured" ? known.maxTokens : undefined,
      }),
    }
  }

  return {
    open,
    defaultRef,
    reconfigured: strayKeys.reconfigured,
    list: ({ provider, all = false } = {}) =>
      entries().filter(
        (entry) => (all || entry.available) && (!provider || entry.provider === provider),
      ),
    status: () => [
      ...providers().map((provider) => {
        const state = standingOf(provider)
        const facts = { provider: provider.id, models: provider.models.length }
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
        status: "ok",
        source: "none-needed",
        detail: "built in",
        models: 1,
      },
    ],
    explain(error, called) {
      const provider = find(called.provider)
      const state = provider && standingOf(provider)
      return explain(error, called, state?.ok ? state.connection : undefined)
    },
  }
}

/** Built-in providers get new models faster than we get releases; a server without a list may have any. */
const takesAnyName = (provider: KnownProvider) => provider.builtIn || !provider.models.length
