import type { SearchProvider } from "../../tools/web-settings.ts"

/** What to look for. */
export interface Question {
  query: string
  count: number
  /** Two letters, e.g. `DE`. */
  country?: string
  searchLang?: string
  uiLang?: string
  /** How new: the last day, week, month or year, or from one date to another. */
  freshness?: "pd" | "pw" | "pm" | "py" | { from: string; to: string }
  /** Only these hosts, or none of these. */
  only?: readonly string[]
  never?: readonly string[]
}
export type Filter = "country" | "search_lang" | "ui_lang" | "freshness" | "dates" | "domain_filter"

export interface Hit {
  title: string
  url: string
  snippet: string
  published?: string
}
export interface Found {
  hits: Hit[]
  /** What a service that answers by itself says. */
  answer?: string
}

/** How a service is reached this time. */
export interface Access {
  key: string
  base: string
  model: string
}

export interface Call {
  path: string
  headers?: Record<string, string>
  /** Sent as JSON; without it the call is a GET. */
  body?: unknown
}

/** One search service: a call out, an answer in. */
export interface SearchService {
  id: SearchProvider
  label: string
  /** Variables its key may be in, best first; none when it needs no key. */
  variables: readonly string[]
  /** Where it is; by key, where that decides. */
  base: string | ((key: string) => string | undefined)
  filters: readonly Filter[]
  ask(question: Question, access: Access): Call
  /** Reads its answer: JSON where it is, else text. `again` is asked in its place. */
  read(answer: unknown, question: Question, access: Access): Found | { again: Call }
}

export const bearer = ({ key }: Access) => ({ authorization: `Bearer ${key}` })

/** `/path?a=1` of what was given. */
export const query = (path: string, params: Record<string, string | number | undefined>) => {
  const given = Object.entries(params).filter(([, value]) => value !== undefined && value !== "")
  return `${path}?${new URLSearchParams(given.map(([name, value]) => [name, String(value)]))}`
}

/** Words that search engines understand for hosts. */
export const withSites = ({ query, only = [], never = [] }: Question) =>
  [query, only.map((host) => `site:${host}`).join(" OR "), ...never.map((host) => `-site:${host}`)]
    .filter(Boolean)
    .join(" ")
