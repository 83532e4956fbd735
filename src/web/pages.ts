import type { Clock } from "../kernel/clock.ts"
import { service } from "../kernel/service.ts"
import type { GuardedFetch, GuardedResponse } from "../net/guarded-fetch.ts"
import type { WebConfig } from "../tools/web-settings.ts"
import type { Extractor } from "./extract.ts"
import { notReadable, pageFailed } from "./faults.ts"
import { scrape } from "./firecrawl.ts"
import { remembered } from "./remembered.ts"

export interface Page {
  /** Where it was in the end. */
  url: string
  type: string
  title?: string
  text: string
  /** True when there is more of it than was read. */
  cut: boolean
}

export interface Pages {
  /** A page as text. Throws `web.*` and `net.*` faults. */
  read(url: string, mode: "markdown" | "text", signal: AbortSignal): Promise<Page>
  /** Reads one page now, by Firecrawl as well where that is used. Throws what is wrong. */
  probe(signal: AbortSignal): Promise<string>
}
export const Pages = service<Pages>("web pages")

const mostKept = 100
/** A page that is there for being asked (RFC 2606). */
const samplePage = "https://example.com/"

export const createPages = ({
  guarded,
  extractor,
  clock,
  config,
  key,
}: {
  guarded: GuardedFetch
  extractor: Extractor
  clock: Clock
  config: () => WebConfig["fetch"]
  /** A key that the environment holds. */
  key: (variable: string) => string | undefined
}): Pages => {
  const remember = remembered<Page>(clock, mostKept)

  const load = async (url: string, mode: "markdown" | "text", signal: AbortSignal) => {
    const { userAgent, timeoutSeconds, maxResponseBytes, maxRedirects } = config()
    const answer = await guarded(url, {
      signal,
      timeoutMs: timeoutSeconds * 1000,
      maxBytes: maxResponseBytes,
      maxRedirects,
      headers: {
        accept:
          "text/html, application/xhtml+xml, text/markdown, text/plain, application/json, application/pdf, */*;q=0.5",
        ...(userAgent && { "user-agent": userAgent }),
      },
    })
    if (answer.status < 200 || answer.status > 299)
      throw pageFailed({ url: answer.url, httpStatus: answer.status })
    const page = await toPage(answer, mode)
    return page.text ? page : ((await scraped(answer.url, signal)) ?? page)
  }

  /** As Firecrawl has it; undefined where that is not used. */
  const scraped = async (url: string, signal: AbortSignal) => {
    const { firecrawl } = config()
    const apiKey = firecrawl.apiKey ?? key("FIRECRAWL_API_KEY")
    if (!firecrawl.enabled || !apiKey) return undefined
    return scrape({ url, signal, guarded, settings: { ...firecrawl, apiKey } })
  }

  const toPage = async (answer: GuardedResponse, mode: "markdown" | "text"): Promise<Page> => {
    const { url, body, cut } = answer
    const [type = "", charset] = contentType(answer)
    const about = { url, type: type || "something unnamed", cut }
    const kind = kindOf(type, body)
    if (kind === "other") throw notReadable({ url, type: about.type })
    if (kind === "text") return { ...about, text: new TextDecoder(label(charset)).decode(body) }
    const { readability: main, maxCharsCap: maxChars } = config()
    const bytes = Uint8Array.from(body)
    return {
      ...about,
      ...(await extractor.read({ kind, bytes, charset, url, mode, main, maxChars })),
    }
  }

  return {
    read: (url, mode, signal) =>
      remember(`${mode} ${url}`, config().cacheTtlMinutes * 60_000, () => load(url, mode, signal)),
    async probe(signal) {
      const { text } = await load(samplePage, "text", signal)
      const byFirecrawl = await scraped(samplePage, signal)
      const read = `${text.length} characters of ${samplePage}`
      return byFirecrawl ? `${read}, and Firecrawl takes the key` : read
    },
  }
}

const contentType = ({ headers }: GuardedResponse) => {
  const written = headers.get("content-type") ?? ""
  const charset = /charset\s*=\s*"?([\w.:-]{2,30})/i.exec(written)?.[1]
  return [written.split(";")[0]!.trim().toLowerCase(), charset] as const
}

/** What a body is: by its first bytes where those leave no doubt, else by what its server says. */
const kindOf = (type: string, body: Uint8Array): "html" | "pdf" | "text" | "other" => {
  const head = new TextDecoder("latin1").decode(body.subarray(0, 512)).trimStart()
  if (head.startsWith("%PDF-")) return "pdf"
  if (type === "text/html" || type === "application/xhtml+xml") return "html"
  if (/^text\/|[/+](?:json|xml|yaml|csv|javascript|toml)$|^application\/(?:x-)?ndjson$/.test(type))
    return "text"
  if (type !== "" && type !== "application/octet-stream") return "other"
  if (/^<(?:!doctype html|html)/i.test(head)) return "html"
  return head.includes("\0") ? "other" : "text"
}

const label = (charset = "utf-8") => {
  try {
    return new TextDecoder(charset as Bun.Encoding).encoding as Bun.Encoding
  } catch {
    return "utf-8"
  }
}
