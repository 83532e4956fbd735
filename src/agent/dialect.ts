import type { OpenModel } from "../models/service.ts"

/** What has to be known of a model to write a transcript so that it takes it. */
export type Reader = Pick<OpenModel, "provider" | "model" | "api" | "input">

/** The ways of a provider with a transcript (contract 16 §5). */
export interface Dialect {
  /** A call's id as this provider takes it; the same one always becomes the same. */
  callId(id: string): string
  /** Takes two messages of the user in a row badly. */
  alternates: boolean
  /** Takes a transcript that begins with an answer badly. */
  userFirst: boolean
  /** Takes pictures in a tool's result. Elsewhere they follow it as the user's. */
  seesResults: boolean
  /** What of the metadata a provider signed its own parts with may go back to it. */
  metadata(value: Record<string, unknown>): Record<string, unknown> | undefined
}

const anyId = (id: string) => id
const asItWas = (value: Record<string, unknown>) => value

/** A short name made of `id`: the same for the same, another for another. */
const digest = (id: string, length: number) =>
  (Bun.hash(id).toString(36) + Bun.hash.wyhash(id, 1n).toString(36))
    .padStart(length, "0")
    .slice(0, length)

const matching = (allowed: RegExp, length: number) => (id: string) =>
  allowed.test(id) ? id : digest(id, length)

const usual: Dialect = {
  callId: anyId,
  alternates: false,
  userFirst: false,
  seesResults: false,
  metadata: asItWas,
}

const anthropic: Dialect = {
  ...usual,
  callId: matching(/^[a-zA-Z0-9_-]{1,64}$/, 20),
  alternates: true,
  seesResults: true,
}

const google: Dialect = {
  ...usual,
  callId: matching(/^[a-zA-Z0-9]{1,64}$/, 20),
  alternates: true,
  userFirst: true,
  seesResults: true,
}

const mistral: Dialect = { ...usual, callId: matching(/^[a-zA-Z0-9]{9}$/, 9), alternates: true }

/** Gemini behind OpenRouter refuses a signature that is not base64. */
const openRouterGemini: Dialect = {
  ...usual,
  metadata: (value) => withoutBadSignatures(value) as Record<string, unknown> | undefined,
}

const base64 = /^[A-Za-z0-9+/]+={0,2}$/
const isSignature = (name: string) => /^thought_?signature$/i.test(name)

const withoutBadSignatures = (value: unknown): unknown => {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name, text]) => !isSignature(name) || base64.test(String(text)))
      .map(([name, inner]) => [name, withoutBadSignatures(inner)]),
  )
}

const minimax = /^minimax/i

export const dialectOf = ({ provider, model, api }: Reader): Dialect => {
  if (api === "anthropic-messages" || minimax.test(provider)) return anthropic
  if (api === "google-generative-ai") return google
  if (provider === "mistral" || (provider === "openrouter" && model.startsWith("mistralai/")))
    return mistral
  if (provider === "openrouter" && /(?:^|\/)gemini/i.test(model)) return openRouterGemini
  return api === "openai-responses" ? { ...usual, seesResults: true } : usual
}
