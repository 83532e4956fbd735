import * as z from "zod"
import { onFirstUse } from "../kernel/later.ts"

/** What a text is embedded for; some models tell a question from what may answer it. */
export type Purpose = "query" | "document"

/** How one kind of service is asked for embeddings. */
export interface EmbeddingWire {
  path: (model: string) => string
  body: (model: string, texts: readonly string[], purpose: Purpose) => unknown
  /** In the order of the texts. Throws a ZodError for another shape. */
  read: (answer: unknown) => number[][]
}

const vector = onFirstUse(() => z.array(z.number()))

const openaiAnswer = onFirstUse(() =>
  z.object({
    data: z.array(z.object({ embedding: vector(), index: z.int().optional() })),
  }),
)

/** OpenAI's wire format, which nearly all others speak. */
export const openai: EmbeddingWire = {
  path: () => "/embeddings",
  body: (model, input) => ({ model, input, encoding_format: "float" }),
  read: (answer) =>
    openaiAnswer()
      .parse(answer)
      .data.map((one, at) => ({ ...one, index: one.index ?? at }))
      .toSorted((a, b) => a.index - b.index)
      .map(({ embedding }) => embedding),
}

const counted = onFirstUse(() => z.object({ usage: z.object({ total_tokens: z.int() }) }))

/** Tokens that were read, where the service says how many. */
export const tokensIn = (answer: unknown): number | undefined =>
  counted().safeParse(answer).data?.usage.total_tokens

export const mistral: EmbeddingWire = {
  ...openai,
  body: (model, input) => ({ model, input }),
}

export const voyage: EmbeddingWire = {
  ...openai,
  body: (model, input, purpose) => ({ model, input, input_type: purpose }),
}

const geminiAnswer = onFirstUse(() =>
  z.object({ embeddings: z.array(z.object({ values: vector() })) }),
)

export const gemini: EmbeddingWire = {
  path: (model) => `/models/${encodeURIComponent(model)}:batchEmbedContents`,
  body: (model, texts, purpose) => ({
    requests: texts.map((text) => ({
      model: `models/${model}`,
      content: { parts: [{ text }] },
      taskType: purpose === "query" ? "RETRIEVAL_QUERY" : "RETRIEVAL_DOCUMENT",
    })),
  }),
  read: (answer) =>
    geminiAnswer()
      .parse(answer)
      .embeddings.map(({ values }) => values),
}
