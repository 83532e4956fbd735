import * as z from "zod"
import { tool } from "../kernel/tool.ts"
import { untrusted } from "../kernel/untrusted.ts"
import { WebSettings } from "../tools/web-settings.ts"
import { Pages } from "./pages.ts"
import { Search } from "./search/search.ts"
import type { Hit, Question } from "./search/service.ts"

export const webFetch = tool({
  name: "web_fetch",
  group: "web",
  label: "Read a web page",
  description:
    "Reads one page of the web, a PDF or a text file as Markdown or plain text. Runs no scripts and signs in nowhere.",
  params: () =>
    z.object({
      url: z.string().min(1).max(4096).describe("Whole address, with https:// or http://."),
      extractMode: z.enum(["markdown", "text"]).default("markdown").describe("How to give it."),
      maxChars: z.int().min(100).optional().describe("Most characters to give."),
    }),
  needs: { web: WebSettings, pages: Pages },
  available: ({ web }) => web.fetch.enabled,
  async run({ url, extractMode, maxChars }, { web, pages, signal }) {
    const { maxCharsCap, maxChars: usual } = web.fetch
    const most = Math.min(maxChars ?? usual, maxCharsCap)
    const page = await pages.read(url, extractMode, signal)
    const text = page.text.trim() || "[the page has no text]"
    const left = text.length - most
    return [
      untrusted(
        [page.title && `Title: ${page.title}`, text.slice(0, most).toWellFormed()]
          .filter(Boolean)
          .join("\n\n"),
        { source: `web page ${page.url} (${page.type})` },
      ),
      left > 0 && `[cut: ${left} more characters]`,
      page.cut && "[cut: the page is longer than is read of one]",
    ]
      .filter(Boolean)
      .join("\n")
  },
})

const date = String.raw`\d{4}-\d{2}-\d{2}`
const freshness = z
  .string()
  .regex(
    new RegExp(`^(?:pd|pw|pm|py|${date}to${date})$`),
    "use pd, pw, pm, py or 2026-01-01to2026-01-31",
  )

export const webSearch = tool({
  name: "web_search",
  group: "web",
  label: "Search the web",
  description:
    "Searches the web and gives titles, addresses and a few words of each page. Read a page with web_fetch.",
  params: () =>
    z.object({
      query: z.string().trim().min(1).max(400).describe("What to look for."),
      count: z.int().min(1).max(10).optional().describe("How many results."),
      country: z
        .string()
        .regex(/^[a-z]{2}$/i, "use two letters, e.g. DE")
        .optional()
        .describe("Country the results are for, as two letters."),
      search_lang: z
        .string()
        .regex(/^[a-z]{2,3}(?:-[a-z]{2,4})?$/i, "use a language code, e.g. de")
        .optional()
        .describe("Language of the pages, e.g. de."),
      ui_lang: z.string().max(10).optional().describe("Language of the service, e.g. de-DE."),
      freshness: freshness
        .optional()
        .describe("pd, pw, pm or py for the past day, week, month or year, or a range of dates."),
      domain_filter: z
        .array(
          z.string().regex(/^-?[a-z0-9.-]{3,253}$/i, "use hosts, e.g. example.com or -example.com"),
        )
        .max(10)
        .optional()
        .describe("Only these hosts, or with - before them none of these."),
    }),
  needs: { web: WebSettings, search: Search },
  available: ({ web, search }) => web.search.enabled && search.ready() !== undefined,
  async run(params, { web, search, signal }) {
    const question = questionOf(params, web.search.maxResults)
    const { provider, answer, hits } = await search.find(question, signal)
    if (!hits.length && !answer) return `${provider} found nothing for this.`
    const text = [answer, hits.map(written).join("\n\n")].filter(Boolean).join("\n\nSources:\n\n")
    return untrusted(text, { source: `${provider}, searching for "${params.query}"` })
  },
})

type Params = z.output<typeof webSearch.params>

const questionOf = (params: Params, usual: number): Question => {
  const { query, count = usual, country, search_lang, ui_lang, domain_filter = [] } = params
  const only = domain_filter.filter((host) => !host.startsWith("-"))
  const never = domain_filter.filter((host) => host.startsWith("-")).map((host) => host.slice(1))
  return {
    query,
    count,
    country: country?.toUpperCase(),
    searchLang: search_lang?.toLowerCase(),
    uiLang: ui_lang,
    freshness: periodOf(params.freshness),
    ...(only.length && { only }),
    ...(never.length && { never }),
  }
}

const periodOf = (written: string | undefined): Question["freshness"] => {
  const [from, to] = written?.split("to") ?? []
  return from && to ? { from, to } : (written as "pd" | "pw" | "pm" | "py" | undefined)
}

const written = ({ title, url, snippet, published }: Hit, at: number) =>
  [`${at + 1}. ${title || url}`, url, published && `(${published})`, snippet.slice(0, 1000)]
    .filter(Boolean)
    .join("\n   ")
