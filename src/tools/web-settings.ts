import * as z from "zod"
import { onFirstUse } from "../kernel/later.ts"
import { service } from "../kernel/service.ts"

const minutes = onFirstUse(() => z.int().min(0).max(10_080))
const seconds = onFirstUse(() => z.int().min(1).max(300))
const key = (of: string) =>
  z
    .string()
    .optional()
    .meta({ description: `API key for ${of}.`, secret: true })
const baseUrl = (of: string) =>
  z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe(`Where ${of} is, if not at its own address.`)
const keyed = (of: string) =>
  z
    .strictObject({ apiKey: key(of), baseUrl: baseUrl(of) })
    .prefault({})
    .describe(`Search with ${of}.`)
const modelled = (of: string, model: string) =>
  z
    .strictObject({
      apiKey: key(of),
      baseUrl: baseUrl(of),
      model: z.string().trim().min(1).default(model).describe("Model that searches and answers."),
    })
    .prefault({})
    .describe(`Search with ${of}.`)

const searchProviders = [
  "brave",
  "gemini",
  "kimi",
  "perplexity",
  "grok",
  "exa",
  "tavily",
  "firecrawl",
  "searxng",
  "duckduckgo",
] as const
export type SearchProvider = (typeof searchProviders)[number]

const searching = onFirstUse(() =>
  z
    .strictObject({
      enabled: z.boolean().default(true).describe("Offer web_search."),
      provider: z
        .enum(searchProviders)
        .optional()
        .describe("Service that searches; unset, the first that has a key, else DuckDuckGo."),
      maxResults: z.int().min(1).max(10).default(5).describe("Results when none are asked for."),
      timeoutSeconds: seconds().default(30).describe("How long a search may take."),
      cacheTtlMinutes: minutes()
        .default(15)
        .describe("How long a search is remembered; 0 for never."),
      brave: keyed("Brave"),
      gemini: modelled("Gemini", "gemini-2.5-flash"),
      kimi: modelled("Kimi", "kimi-latest"),
      perplexity: modelled("Perplexity", "sonar-pro"),
      grok: modelled("Grok", "grok-4-fast"),
      exa: keyed("Exa"),
      tavily: keyed("Tavily"),
      firecrawl: keyed("Firecrawl"),
      searxng: z
        .strictObject({ baseUrl: baseUrl("your SearXNG") })
        .prefault({})
        .describe("Search with a SearXNG of your own."),
      duckduckgo: z
        .strictObject({ baseUrl: baseUrl("DuckDuckGo") })
        .prefault({})
        .describe("Search with DuckDuckGo, which needs no key."),
    })
    .prefault({})
    .describe("Searching the web."),
)

const reading = onFirstUse(() =>
  z
    .strictObject({
      enabled: z.boolean().default(true).describe("Offer web_fetch."),
      maxChars: z.int().min(100).default(50_000).describe("Characters when none are asked for."),
      maxCharsCap: z.int().min(100).default(50_000).describe("Most characters a call may ask for."),
      maxResponseBytes: z
        .int()
        .min(1000)
        .max(50_000_000)
        .default(2_000_000)
        .describe("Bytes read of one page."),
      timeoutSeconds: seconds().default(30).describe("How long a page may take."),
      cacheTtlMinutes: minutes()
        .default(15)
        .describe("How long a page is remembered; 0 for never."),
      maxRedirects: z.int().min(0).max(10).default(3).describe("Redirects followed."),
      readability: z.boolean().default(true).describe("Leave out menus, ads and the like."),
      userAgent: z.string().max(300).optional().describe("What it calls itself to web sites."),
      firecrawl: z
        .strictObject({
          enabled: z.boolean().default(false).describe("Ask Firecrawl where a page gives no text."),
          apiKey: key("Firecrawl"),
          baseUrl: baseUrl("Firecrawl"),
          onlyMainContent: z.boolean().default(true).describe("Leave out menus and the like."),
          maxAgeMs: z.int().min(0).default(86_400_000).describe("How old its copy may be."),
          timeoutSeconds: seconds().default(60).describe("How long it may take."),
        })
        .prefault({})
        .describe("Firecrawl, for pages that need a browser."),
    })
    .prefault({})
    .describe("Reading pages of the web."),
)

export const webSettings = onFirstUse(() =>
  z.strictObject({ search: searching(), fetch: reading() }).prefault({}).describe("The web."),
)
export type WebConfig = z.infer<ReturnType<typeof webSettings>>

/** How the web is reached, as the config stands now. */
export const WebSettings = service<WebConfig>("web settings")
