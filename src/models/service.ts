import type { LanguageModelV4 } from "@ai-sdk/provider"
import { service } from "../kernel/service.ts"
import type { Api, ModelsConfig } from "./config.ts"

/** A model as people and clients see it. */
export interface ModelEntry {
  /** The id within its provider; may contain `/`. */
  id: string
  name: string
  provider: string
  contextWindow?: number
  maxTokens?: number
  reasoning?: boolean
  input?: ("text" | "image")[]
  /** US dollars per million tokens. */
  cost?: { input: number; output: number; cacheRead: number; cacheWrite: number }
  /** Written in the config file, or known to this build. */
  origin: "configured" | "built-in"
  /** True when its provider has what it needs to be called. */
  available: boolean
}

/** Where a provider stands. */
export interface ProviderStatus {
  provider: string
  status: "ok" | "missing"
  /** Where the credential comes from, never the credential. */
  source: "config" | "env" | "none-needed" | "missing"
  /** The variable or setting it is in, or what is missing. */
  detail: string
  /** The command or variable that would connect it. */
  next?: string
  models: number
}

/** A model picked for a turn, ready to stream. */
export interface OpenModel {
  provider: string
  /** Without the provider. */
  model: string
  contextWindow: number
  /** The wire format it is spoken to in; absent for the embedded model. */
  api?: Api
  /** What it can read, as far as that is known. */
  input?: readonly ("text" | "image")[]
  /** The most one answer may hold, when the provider has to be told. */
  maxOutputTokens?: number
  /** Fails with a `models.*` fault that says what happened and what to do. */
  language: LanguageModelV4
}

export interface Models {
  /** `provider/model`, an alias, or nothing for the configured default. Throws `models.unknown`, `models.not-connected`. */
  open(ref?: string): Promise<OpenModel>
  /** The default reference: configured, else the first provider that has a key, else `fased/guide`. */
  defaultRef(): string
  list(filter?: { provider?: string; all?: boolean }): ModelEntry[]
  status(): ProviderStatus[]
  /** Is to hear of each new config: a key does not follow its provider to another address by itself. */
  reconfigured(before: ModelsConfig, after: ModelsConfig): void
  /** Turns whatever a provider threw into a `models.*` fault; faults and aborts pass through. */
  explain(error: unknown, model: { provider: string; model: string }): unknown
}
export const Models = service<Models>("models")
