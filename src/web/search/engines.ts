/** Services that give a list of pages. */
import * as z from "zod"
import { readDuckDuckGo } from "./duckduckgo.ts"
import { bearer, query, type Question, type SearchService, withSites } from "./service.ts"

const text = z.string().nullish()
const periods = { pd: "day", pw: "week", pm: "month", py: "year" } as const
const letters = { pd: "d", pw: "w", pm: "m", py: "y" } as const
const periodOf = ({ freshness }: Question) =>
  typeof freshness === "string" ? periods[freshness] : undefined
const letterOf = ({ freshness }: Question) =>
  typeof freshness === "string" ? letters[freshness] : undefined
const datesOf = ({ freshness }: Question) => (typeof freshness === "object" ? freshness : undefined)

/** Reads a list of results whose fields have these names. */
const list = (
  results: readonly Record<string, string | null | undefined>[],
  names: { snippet: string; published?: string },
) =>
  results.map((result) => ({
    title: result.title ?? "",
    url: result.url ?? "",
    snippet: result[names.snippet] ?? "",
    ...(names.published && result[names.published] && { published: result[names.published]! }),
  }))

const braveAnswer = z.object({
  web: z
    .object({
      results: z.array(z.object({ title: text, url: text, description: text, age: text })),
    })
    .optional(),
})
export const brave: SearchService = {
  id: "brave",
  label: "Brave",
  variables: ["BRAVE_API_KEY"],
  base: "https://api.search.brave.com/res/v1",
  filters: ["country", "search_lang", "ui_lang", "freshness", "dates", "domain_filter"],
  ask: (question, { key }) => ({
    path: query("/web/search", {
      q: withSites(question),
      count: question.count,
      country: question.country,
      search_lang: question.searchLang,
      ui_lang: question.uiLang,
      freshness:
        typeof question.freshness === "object"
          ? `${question.freshness.from}to${question.freshness.to}`
          : question.freshness,
    }),
    headers: { "x-subscription-token": key },
  }),
  read: (answer) => ({
    hits: list(braveAnswer.parse(answer).web?.results ?? [], {
      snippet: "description",
      published: "age",
    }),
  }),
}

const exaAnswer = z.object({
  results: z.array(
    z.object({
      title: text,
      url: text,
      publishedDate: text,
      text,
      highlights: z.array(z.string()).nullish(),
    }),
  ),
})
export const exa: SearchService = {
  id: "exa",
  label: "Exa",
  variables: ["EXA_API_KEY"],
  base: "https://api.exa.ai",
  filters: ["country", "dates", "domain_filter"],
  ask: (question, { key }) => ({
    path: "/search",
    headers: { "x-api-key": key },
    body: {
      query: question.query,
      numResults: question.count,
      contents: { highlights: { numSentences: 3 } },
      userLocation: question.country,
      includeDomains: question.only,
      excludeDomains: question.never,
      startPublishedDate: datesOf(question)?.from,
      endPublishedDate: datesOf(question)?.to,
    },
  }),
  read: (answer) => ({
    hits: exaAnswer
      .parse(answer)
      .results.map(({ title, url, publishedDate, text, highlights }) => ({
        title: title ?? "",
        url: url ?? "",
        snippet: highlights?.join(" … ") ?? text ?? "",
        ...(publishedDate && { published: publishedDate }),
      })),
  }),
}

const tavilyAnswer = z.object({
  results: z.array(z.object({ title: text, url: text, content: text, published_date: text })),
})
export const tavily: SearchService = {
  id: "tavily",
  label: "Tavily",
  variables: ["TAVILY_API_KEY"],
  base: "https://api.tavily.com",
  filters: ["freshness", "dates", "domain_filter"],
  ask: (question, access) => ({
    path: "/search",
    headers: bearer(access),
    body: {
      query: question.query,
      max_results: question.count,
      time_range: periodOf(question),
      start_date: datesOf(question)?.from,
      end_date: datesOf(question)?.to,
      include_domains: question.only,
      exclude_domains: question.never,
    },
  }),
  read: (answer) => ({
    hits: list(tavilyAnswer.parse(answer).results, {
      snippet: "content",
      published: "published_date",
    }),
  }),
}

const firecrawlAnswer = z.object({
  data: z.object({
    web: z.array(z.object({ title: text, url: text, description: text })).optional(),
  }),
})
export const firecrawl: SearchService = {
  id: "firecrawl",
  label: "Firecrawl",
  variables: ["FIRECRAWL_API_KEY"],
  base: "https://api.firecrawl.dev",
  filters: ["country", "freshness", "domain_filter"],
  ask: (question, access) => ({
    path: "/v2/search",
    headers: bearer(access),
    body: {
      query: withSites(question),
      limit: question.count,
      country: question.country,
      tbs: letterOf(question) && `qdr:${letterOf(question)}`,
    },
  }),
  read: (answer) => ({
    hits: list(firecrawlAnswer.parse(answer).data.web ?? [], { snippet: "description" }),
  }),
}

const searxngAnswer = z.object({
  results: z.array(z.object({ title: text, url: text, content: text, publishedDate: text })),
})
export const searxng: SearchService = {
  id: "searxng",
  label: "SearXNG",
  variables: [],
  base: () => undefined,
  filters: ["search_lang", "freshness", "domain_filter"],
  ask: (question) => ({
    path: query("/search", {
      q: withSites(question),
      format: "json",
      language: question.searchLang,
      time_range: periodOf(question),
    }),
  }),
  read: (answer) => ({
    hits: list(searxngAnswer.parse(answer).results, {
      snippet: "content",
      published: "publishedDate",
    }),
  }),
}

export const duckduckgo: SearchService = {
  id: "duckduckgo",
  label: "DuckDuckGo",
  variables: [],
  base: "https://html.duckduckgo.com",
  filters: ["country", "freshness", "domain_filter"],
  ask: (question) => ({
    path: query("/html/", {
      q: withSites(question),
      kl: question.country && `${question.country.toLowerCase()}-${question.searchLang ?? "en"}`,
      df: letterOf(question),
    }),
  }),
  read: (answer) => ({ hits: readDuckDuckGo(String(answer)) }),
}
