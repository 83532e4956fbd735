import type { Clock } from "../../kernel/clock.ts"
import { Fault } from "../../kernel/fault.ts"
import { service } from "../../kernel/service.ts"
import type { GuardedFetch } from "../../net/guarded-fetch.ts"
import type { SearchProvider, WebConfig } from "../../tools/web-settings.ts"
import { cannotFilter, noSearch, searchFailed } from "../faults.ts"
import { remembered } from "../remembered.ts"
import { gemini, grok, kimi, perplexity } from "./answerers.ts"
import { brave, duckduckgo, exa, firecrawl, searxng, tavily } from "./engines.ts"
import type { Access, Call, Filter, Found, Question, SearchService } from "./service.ts"

/** In the order they are tried when none is chosen. */
const services: Readonly<Record<SearchProvider, SearchService>> = {
  brave,
  gemini,
  kimi,
  perplexity,
  grok,
  exa,
  tavily,
  firecrawl,
  searxng,
  duckduckgo,
}

export const searchIds = Object.keys(services) as SearchProvider[]

export interface Search {
  /** The service that would search now; undefined when the chosen one lacks its key or address. */
  ready(): SearchService | undefined
  /** Every service that can search, in the order they are tried. */
  providers(): readonly SearchProviderStatus[]
  find(question: Question, signal: AbortSignal): Promise<Found & { provider: string }>
  /** One search by a service, or by the one that would search now. Throws what is wrong with it. */
  probe(id: SearchProvider | undefined, signal: AbortSignal): Promise<string>
}
export const Search = service<Search>("web search")

export interface SearchProviderStatus {
  id: SearchProvider
  label: string
  /** It has what it needs. */
  ready: boolean
  /** It would search now. */
  chosen: boolean
  /** Where the config has what it needs, and the variables it may be in. */
  setting: string
  variables: readonly string[]
}

const mostKept = 200
/** A service that searches in steps gets so many. */
const mostSteps = 4
/** A word that every service finds something for. */
const common = "weather"

export const createSearch = ({
  guarded,
  clock,
  config,
  variable,
}: {
  guarded: GuardedFetch
  clock: Clock
  config: () => WebConfig["search"]
  variable: (name: string) => string | undefined
}): Search => {
  const remember = remembered<Found & { provider: string }>(clock, mostKept)

  const accessOf = (found: SearchService): Access | undefined => {
    const settings: { apiKey?: string; baseUrl?: string; model?: string } = config()[found.id]
    const key = settings.apiKey ?? found.variables.map(variable).find(Boolean) ?? ""
    if (!key && found.variables.length) return undefined
    const usual = typeof found.base === "string" ? found.base : found.base(key)
    const base = settings.baseUrl ?? (found.id === "searxng" ? variable("SEARXNG_BASE_URL") : usual)
    if (!base) return undefined
    return { key, base: base.replace(/\/+$/, ""), model: settings.model ?? "" }
  }

  const chosen = () => {
    const { provider } = config()
    return provider ? services[provider] : Object.values(services).find(accessOf)!
  }

  const ask = async (
    found: SearchService,
    question: Question,
    access: Access,
    signal: AbortSignal,
  ) => {
    let call = found.ask(question, access)
    for (let step = 0; step < mostSteps; step++) {
      const read = found.read(await send(found, call, access, signal), question, access)
      if (!("again" in read)) return read
      call = read.again
    }
    throw searchFailed({
      provider: found.label,
      why: "it went on searching",
      hint: "Ask for less.",
    })
  }

  const send = async (
    { label, id }: SearchService,
    call: Call,
    { base }: Access,
    signal: AbortSignal,
  ) => {
    const { status, body } = await guarded(`${base}${call.path}`, {
      method: call.body === undefined ? "GET" : "POST",
      headers: {
        ...call.headers,
        accept: id === "duckduckgo" ? "text/html" : "application/json",
        ...(call.body !== undefined && { "content-type": "application/json" }),
      },
      body: call.body === undefined ? undefined : JSON.stringify(call.body),
      signal,
      timeoutMs: config().timeoutSeconds * 1000,
      maxBytes: 5_000_000,
      allowPrivate: config()[id].baseUrl || id === "searxng" ? [new URL(base).hostname] : undefined,
    })
    const text = new TextDecoder().decode(body)
    if (status < 200 || status > 299) throw searchFailed({ provider: label, ...whyNot(id, status) })
    return id === "duckduckgo" ? text : JSON.parse(text)
  }

  const needOf = ({ id, variables }: SearchService) => ({
    setting: `tools.web.search.${id}.${variables.length ? "apiKey" : "baseUrl"}`,
    variables: id === "searxng" ? ["SEARXNG_BASE_URL"] : variables,
  })

  const accessTo = (found: SearchService): Access => {
    const access = accessOf(found)
    if (access) return access
    const { setting, variables } = needOf(found)
    throw noSearch({ provider: found.label, setting, variable: variables[0]! })
  }

  const search = async (found: SearchService, question: Question, signal: AbortSignal) => {
    try {
      const { hits, answer } = await ask(found, question, accessTo(found), signal)
      return { provider: found.label, answer, hits: hits.slice(0, question.count) }
    } catch (error) {
      if (error instanceof Fault || signal.aborted) throw error
      throw searchFailed({ provider: found.label, ...otherAnswer }, error)
    }
  }

  return {
    ready: () => {
      const found = chosen()
      return accessOf(found) && found
    },
    providers() {
      const now = chosen()
      return Object.values(services).map((found) => ({
        id: found.id,
        label: found.label,
        ready: accessOf(found) !== undefined,
        chosen: found === now,
        ...needOf(found),
      }))
    },
    async find(question, signal) {
      const found = chosen()
      accessTo(found)
      const { id, label, filters } = found
      const extra = asked(question).find((filter) => !filters.includes(filter))
      if (extra) throw cannotFilter({ provider: label, param: extra, by: filters })
      const key = JSON.stringify([id, question])
      return remember(key, config().cacheTtlMinutes * 60_000, () => search(found, question, signal))
    },
    async probe(id, signal) {
      const found = id ? services[id] : chosen()
      const { hits, answer } = await search(found, { query: common, count: 1 }, signal)
      if (!hits.length && !answer) throw searchFailed({ provider: found.label, ...otherAnswer })
      return `${found.label} searches`
    },
  }
}

const otherAnswer = {
  why: "its answer is not what it used to be",
  hint: "Choose another: tools.web.search.provider",
}

const asked = ({ country, searchLang, uiLang, freshness, only, never }: Question): Filter[] => [
  ...(country ? (["country"] as const) : []),
  ...(searchLang ? (["search_lang"] as const) : []),
  ...(uiLang ? (["ui_lang"] as const) : []),
  ...(typeof freshness === "string" ? (["freshness"] as const) : []),
  ...(typeof freshness === "object" ? (["dates"] as const) : []),
  ...(only || never ? (["domain_filter"] as const) : []),
]

const whyNot = (id: SearchProvider, status: number) => {
  const setting = `tools.web.search.${id}.apiKey`
  if (status === 401 || status === 403)
    return { why: `it refused the key (HTTP ${status})`, hint: `Put a working key in ${setting}.` }
  if (status === 402) return { why: "the account has no credit left", hint: "Add credit there." }
  if (status === 429 || status === 202)
    return { why: "it asks us to slow down", hint: "Try again in a minute." }
  if (status < 500)
    return { why: `it would not take the search (HTTP ${status})`, hint: "Say it differently." }
  return { why: `it failed on its side (HTTP ${status})`, hint: "Try again in a minute." }
}
