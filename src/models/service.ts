import type { LanguageModelV4 } from "@ai-sdk/provider"
import type { Fault } from "../kernel/fault.ts"
import { service } from "../kernel/service.ts"
import type { Way } from "./auth/ways.ts"
import type { Origin } from "./catalog.ts"
import type { Choice, Wish } from "./choose.ts"
import type { Api, ModelsConfig } from "./config.ts"
import type { Reached, ReachOptions } from "./reach.ts"
import type { Thinking } from "./thinking.ts"

/** A model as people and clients see it. */
export interface ModelEntry {
  /** The id within its provider; may contain `/`. */
  id: string
  name: string
  provider: string
  contextWindow?: number
  maxTokens?: number
  reasoning?: boolean
  input?: readonly ("text" | "image")[]
  /** US dollars per million tokens. */
  cost?: { input: number; output: number; cacheRead: number; cacheWrite: number }
  origin: Origin
  /** What to begin with, of all that its provider has. */
  recommended?: boolean
  /** When the provider says that it came, in milliseconds. */
  createdAt?: number
  /** The wire format and the address it is called at; absent for the embedded model. */
  api?: Api
  baseUrl?: string
  /** True when its provider has what it needs to be called. */
  available: boolean
}

/** Where a provider stands. */
export interface ProviderStatus {
  provider: string
  status: "ok" | "missing"
  /** Where the credential comes from, never the credential. */
  source: "profiles" | "config" | "env" | "none-needed" | "missing"
  /** The profiles, the variable or the setting it is in, or what is missing. */
  detail: string
  /** The command or variable that would connect it. */
  next?: string
  label: string
  models: number
  /** A server that people run themselves. */
  local: boolean
}

/** What is known of a provider's models, and from where. */
export interface CatalogStatus {
  provider: string
  label: string
  connected: boolean
  configured: number
  discovered: number
  builtIn: number
  /** When the provider was last asked for its list. */
  askedAt?: number
}

/** What came of asking a provider for its list. */
export type Refreshed = { provider: string; models: number } | { provider: string; error: unknown }

export interface OpenOptions {
  /** Whose settings hold for the model. */
  agentId?: string
  /** One of `ways`; default: the best of them. */
  way?: Way
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
  /** How it can think, for `thinkingFor`; absent for the embedded model. */
  thinking?: Thinking
  /** US dollars per million tokens, where they are known. */
  cost?: ModelEntry["cost"]
  /** What the config says of it, `cacheRetention` and the like; what the wire takes is sent already. */
  params?: Readonly<Record<string, unknown>>
  /** The profile or key it is called by; absent where none is needed. */
  way?: Way
  /** Fails with a `models.*` fault that says what happened and what to do. */
  language: LanguageModelV4
}

export interface Models {
  /** `provider/model`, an alias, or nothing for the configured default. Throws `models.unknown`, `models.not-connected`. */
  open(ref?: string, options?: OpenOptions): Promise<OpenModel>
  /**
   * By which profiles or keys a model can be called for an agent, best first, those that rest last;
   * none where none is needed or there is none. With `profile` only that one, for its provider.
   * Throws `models.unknown`, `models.unknown-profile`.
   */
  ways(ref: string | undefined, options: { agentId?: string; profile?: string }): Way[]
  /** The guarded way to a provider for what is not a language model. Throws `models.not-connected`. */
  reach(provider: string, options: ReachOptions): Reached
  /** Take note of how a call went, so that a profile that fails rests and one that answers does not. */
  worked(way: Way): void
  failed(way: Way, error: Fault): Promise<void>
  /** How many more profiles to try when a provider is overloaded, and the pause before each. */
  overload(): { rotations: number; backoffMs: number }
  /** The models of one run, best first, and why. Throws for an override that cannot be had. */
  choose(wish: Wish): Choice
  /** The reference, if it means a model and may be chosen. Throws `models.unknown`, `models.not-allowed`. */
  check(typed: string): string
  /** The one model that a few letters mean. Throws what `check` throws, and `models.unclear`. */
  match(typed: string): string
  /** Short names and what they stand for. */
  aliases(): ReadonlyMap<string, string>
  /** What people may choose from: the list in the config, else all that is connected. */
  choices(): ModelEntry[]
  catalog(): CatalogStatus[]
  /** Asks one provider, or every connected one, which models it has. Never throws. */
  refresh(provider?: string): Promise<Refreshed[]>
  /** Asks again, in the background, for lists that have grown old. */
  keepFresh(): void
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
