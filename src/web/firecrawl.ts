import * as z from "zod"
import type { GuardedFetch } from "../net/guarded-fetch.ts"
import type { WebConfig } from "../tools/web-settings.ts"
import { damaged } from "./faults.ts"
import type { Page } from "./pages.ts"

const answer = z.object({
  success: z.literal(true),
  data: z.object({
    markdown: z.string(),
    metadata: z.object({ title: z.string().optional() }).optional(),
  }),
})

/** A page as Firecrawl's browser saw it: POST /v2/scrape. */
export const scrape = async ({
  url,
  signal,
  guarded,
  settings: {
    apiKey,
    baseUrl = "https://api.firecrawl.dev",
    onlyMainContent,
    maxAgeMs,
    timeoutSeconds,
  },
}: {
  url: string
  signal: AbortSignal
  guarded: GuardedFetch
  settings: WebConfig["fetch"]["firecrawl"] & { apiKey: string }
}): Promise<Page> => {
  const timeoutMs = timeoutSeconds * 1000
  const { body, status, cut } = await guarded(`${baseUrl.replace(/\/+$/, "")}/v2/scrape`, {
    method: "POST",
    headers: { authorization: `Bearer ${apiKey}`, "content-type": "application/json" },
    body: JSON.stringify({
      url,
      formats: ["markdown"],
      onlyMainContent,
      maxAge: maxAgeMs,
      timeout: timeoutMs,
    }),
    signal,
    timeoutMs,
    maxBytes: 5_000_000,
    allowPrivate: [new URL(baseUrl).hostname],
  })
  const parsed = answer.safeParse(parseJson(body))
  if (!parsed.success) throw damaged({ url, what: `Firecrawl answered with HTTP ${status}` })
  const { markdown, metadata } = parsed.data.data
  return { url, type: "text/html", title: metadata?.title, text: markdown, cut }
}

const parseJson = (body: Uint8Array): unknown => {
  try {
    return JSON.parse(new TextDecoder().decode(body))
  } catch {
    return undefined
  }
}
