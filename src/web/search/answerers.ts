/** Models that search by themselves and answer with their sources. */
import * as z from "zod"
import { onFirstUse } from "../../kernel/later.ts"
import { bearer, type Call, type Hit, type Question, type SearchService } from "./service.ts"

const request = ({ query, only = [], never = [] }: Question) =>
  [
    query,
    only.length && `Use only pages of ${only.join(", ")}.`,
    never.length && `Use no pages of ${never.join(", ")}.`,
  ]
    .filter(Boolean)
    .join(" ")

const sources = (pages: readonly { url?: string; title?: string; date?: string }[]): Hit[] => {
  const byUrl = new Map<string, Hit>()
  for (const { url, title = "", date } of pages)
    if (url && !byUrl.has(url))
      byUrl.set(url, { title, url, snippet: "", ...(date && { published: date }) })
  return [...byUrl.values()]
}

const geminiAnswer = onFirstUse(() =>
  z.object({
    candidates: z.array(
      z.object({
        content: z.object({ parts: z.array(z.object({ text: z.string().optional() })) }).optional(),
        groundingMetadata: z
          .object({
            groundingChunks: z
              .array(
                z.object({
                  web: z.object({ uri: z.string(), title: z.string().optional() }).optional(),
                }),
              )
              .optional(),
          })
          .optional(),
      }),
    ),
  }),
)
export const gemini: SearchService = {
  id: "gemini",
  label: "Gemini",
  variables: ["GEMINI_API_KEY"],
  base: "https://generativelanguage.googleapis.com",
  filters: ["domain_filter"],
  ask: (question, { key, model }) => ({
    path: `/v1beta/models/${encodeURIComponent(model)}:generateContent`,
    headers: { "x-goog-api-key": key },
    body: {
      contents: [{ role: "user", parts: [{ text: request(question) }] }],
      tools: [{ google_search: {} }],
    },
  }),
  read(answer) {
    const [first] = geminiAnswer().parse(answer).candidates
    const chunks = first?.groundingMetadata?.groundingChunks ?? []
    return {
      answer: first?.content?.parts.map(({ text = "" }) => text).join(""),
      hits: sources(chunks.map(({ web }) => ({ url: web?.uri, title: web?.title }))),
    }
  },
}

const perplexityAnswer = onFirstUse(() =>
  z.object({
    choices: z.array(z.object({ message: z.object({ content: z.string() }) })).min(1),
    citations: z.array(z.string()).optional(),
    search_results: z
      .array(
        z.object({
          url: z.string(),
          title: z.string().optional(),
          date: z
            .string()
            .nullish()
            .transform((date) => date ?? undefined),
        }),
      )
      .optional(),
  }),
)
const recency = { pd: "day", pw: "week", pm: "month", py: "year" } as const
export const perplexity: SearchService = {
  id: "perplexity",
  label: "Perplexity",
  variables: ["PERPLEXITY_API_KEY", "OPENROUTER_API_KEY"],
  base: (key) =>
    key.startsWith("sk-or-") ? "https://openrouter.ai/api/v1" : "https://api.perplexity.ai",
  filters: ["freshness", "domain_filter"],
  ask: (question, access) => ({
    path: "/chat/completions",
    headers: bearer(access),
    body: {
      model: access.key.startsWith("sk-or-") ? `perplexity/${access.model}` : access.model,
      messages: [{ role: "user", content: question.query }],
      search_recency_filter:
        typeof question.freshness === "string" ? recency[question.freshness] : undefined,
      search_domain_filter: question.only ?? question.never?.map((host) => `-${host}`),
    },
  }),
  read(answer) {
    const { choices, search_results, citations = [] } = perplexityAnswer().parse(answer)
    return {
      answer: choices[0]!.message.content,
      hits: sources(search_results ?? citations.map((url) => ({ url }))),
    }
  },
}

const grokAnswer = onFirstUse(() =>
  z.object({
    output: z.array(
      z.object({
        type: z.string(),
        content: z
          .array(
            z.object({
              text: z.string().optional(),
              annotations: z
                .array(z.object({ url: z.string().optional(), title: z.string().optional() }))
                .optional(),
            }),
          )
          .optional(),
      }),
    ),
  }),
)
export const grok: SearchService = {
  id: "grok",
  label: "Grok",
  variables: ["XAI_API_KEY"],
  base: "https://api.x.ai/v1",
  filters: ["domain_filter"],
  ask: (question, access) => ({
    path: "/responses",
    headers: bearer(access),
    body: {
      model: access.model,
      input: [{ role: "user", content: question.query }],
      tools: [
        {
          type: "web_search",
          ...((question.only || question.never) && {
            filters: { allowed_domains: question.only, excluded_domains: question.never },
          }),
        },
      ],
    },
  }),
  read(answer) {
    const parts = grokAnswer()
      .parse(answer)
      .output.filter(({ type }) => type === "message")
      .flatMap(({ content = [] }) => content)
    return {
      answer: parts.map(({ text = "" }) => text).join(""),
      hits: sources(parts.flatMap(({ annotations = [] }) => annotations)),
    }
  },
}

const kimiMessage = onFirstUse(() =>
  z.object({
    role: z.literal("assistant"),
    content: z.string().nullish(),
    tool_calls: z
      .array(
        z.object({
          id: z.string(),
          function: z.object({ name: z.string(), arguments: z.string() }),
        }),
      )
      .nullish(),
  }),
)
const kimiAnswer = onFirstUse(() =>
  z.object({ choices: z.array(z.object({ message: kimiMessage() })).min(1) }),
)
const kimiCall = (
  access: { key: string; base: string; model: string },
  messages: readonly unknown[],
): Call => ({
  path: "/chat/completions",
  headers: bearer(access),
  body: {
    model: access.model,
    messages,
    tools: [{ type: "builtin_function", function: { name: "$web_search" } }],
  },
})
export const kimi: SearchService = {
  id: "kimi",
  label: "Kimi",
  variables: ["KIMI_API_KEY", "MOONSHOT_API_KEY"],
  base: "https://api.moonshot.ai/v1",
  filters: ["domain_filter"],
  ask: (question, access) => kimiCall(access, [{ role: "user", content: request(question) }]),
  read(answer, question, access) {
    const { message } = kimiAnswer().parse(answer).choices[0]!
    if (!message.tool_calls?.length) return { answer: message.content ?? "", hits: [] }
    // Its search runs on its side: what it asks with is handed back as it is.
    const results = message.tool_calls.map(({ id, function: { name, arguments: content } }) => ({
      role: "tool",
      tool_call_id: id,
      name,
      content,
    }))
    const asked = { role: "user", content: request(question) }
    return { again: kimiCall(access, [asked, message, ...results]) }
  },
}
