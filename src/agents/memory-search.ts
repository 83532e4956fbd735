import * as z from "zod"
import { onFirstUse } from "../kernel/later.ts"
import type { Agent, AgentsConfig } from "./config.ts"

export const embeddingProviders = [
  "local",
  "openai",
  "gemini",
  "voyage",
  "mistral",
  "ollama",
] as const
export type EmbeddingProvider = (typeof embeddingProviders)[number]

const onOff = (description: string) => z.boolean().optional().describe(description)
const share = (description: string) => z.number().min(0).max(1).optional().describe(description)
const text = (description: string) => z.string().trim().min(1).optional().describe(description)

const remote = onFirstUse(() =>
  z
    .strictObject({
      baseUrl: z
        .url({ protocol: /^https?$/ })
        .optional()
        .describe("Address of the embedding service, if not the provider's own."),
      apiKey: z.string().optional().meta({
        description: "Its key, if not the one that models of the provider are called with.",
        secret: true,
      }),
      headers: z
        .record(z.string(), z.string().meta({ description: "The header's value.", secret: true }))
        .optional()
        .describe("More HTTP headers for each call."),
    })
    .optional()
    .describe("Where embeddings come from."),
)

const hybrid = onFirstUse(() =>
  z
    .strictObject({
      enabled: onOff(
        "Go by words and meaning together; default: on. Off: by meaning, if it can be.",
      ),
      vectorWeight: share("How much meaning counts; default: 0.7."),
      textWeight: share("How much words count; default: 0.3."),
      candidateMultiplier: z
        .int()
        .min(1)
        .max(20)
        .optional()
        .describe("Candidates from each side for one result; default: 4."),
      mmr: z
        .strictObject({
          enabled: onOff("Prefer results that differ from each other; default: off."),
          lambda: share("1: only what fits best. 0: only what differs most. Default: 0.7."),
        })
        .optional()
        .describe("Variety of results."),
      temporalDecay: z
        .strictObject({
          enabled: onOff("Let daily notes count less as they age; default: off."),
          halfLifeDays: z
            .number()
            .positive()
            .max(36_500)
            .optional()
            .describe("Days after which a note counts half; default: 30."),
        })
        .optional()
        .describe("Age of results."),
    })
    .optional()
    .describe("How words and meaning are weighed."),
)

/** `agents.defaults.memorySearch`, and of one agent (contract 18 §14). */
export const memorySearchSettings = onFirstUse(() =>
  z
    .strictObject({
      enabled: onOff(
        "Keep an index of the agent's memory and offer the memory tools; default: on.",
      ),
      extraPaths: z
        .array(z.string().trim().min(1))
        .optional()
        .describe("More folders or Markdown files to search, besides those of the workspace."),
      provider: z
        .enum(["auto", "none", ...embeddingProviders])
        .optional()
        .describe("Who makes embeddings; auto: the first that is connected. none: words alone."),
      model: text("Model that makes embeddings; default: the provider's usual one."),
      fallback: z
        .enum(["none", ...embeddingProviders])
        .optional()
        .describe("Who makes embeddings where the provider is not connected; default: none."),
      remote: remote(),
      local: z
        .strictObject({
          modelPath: text("Address of a server on this machine that speaks OpenAI's embeddings."),
        })
        .optional()
        .describe("Embeddings from a server of your own."),
      store: z
        .strictObject({
          path: z
            .string()
            .trim()
            .includes("{agentId}", "must hold {agentId}, so that no two agents share one")
            .optional()
            .describe("File of the index; {agentId} stands for the agent."),
        })
        .optional()
        .describe("Where the index is."),
      query: z
        .strictObject({
          maxResults: z
            .int()
            .min(1)
            .max(50)
            .optional()
            .describe("Results when none are asked for; default: 6."),
          minScore: share("Results below this are left out; default: 0.35."),
          hybrid: hybrid(),
        })
        .optional()
        .describe("How the index is searched."),
      cache: z
        .strictObject({
          enabled: onOff("Keep embeddings of text that is gone, in case it returns; default: on."),
          maxEntries: z
            .int()
            .min(0)
            .max(1_000_000)
            .optional()
            .describe("At most so many; default: 50000."),
        })
        .optional()
        .describe("Embeddings that are kept."),
      sync: z
        .strictObject({
          watch: onOff("Follow changes as they happen; default: on."),
          watchDebounceMs: z
            .int()
            .min(100)
            .max(600_000)
            .optional()
            .describe("How long files must hold still; default: 1500."),
          onSearch: onOff("Look for changes before each search; default: on."),
          onSessionStart: onOff("Look for changes when a session begins; default: on."),
        })
        .optional()
        .describe("When the index is brought up to date."),
    })
    .optional()
    .describe("How the agent's memory is searched."),
)
type Written = NonNullable<z.infer<ReturnType<typeof memorySearchSettings>>>

/** All of it, as it holds for one agent. */
export interface MemorySearch {
  enabled: boolean
  extraPaths: readonly string[]
  provider: NonNullable<Written["provider"]>
  model?: string
  fallback: NonNullable<Written["fallback"]>
  remote: NonNullable<Written["remote"]>
  /** The address of a server on this machine. */
  local?: string
  store?: string
  query: { maxResults: number; minScore: number }
  hybrid: {
    enabled: boolean
    vectorWeight: number
    textWeight: number
    candidateMultiplier: number
    mmr: { enabled: boolean; lambda: number }
    temporalDecay: { enabled: boolean; halfLifeDays: number }
  }
  /** Embeddings kept of text that is gone. */
  cacheEntries: number
  sync: { watch: boolean; watchDebounceMs: number; onSearch: boolean; onSessionStart: boolean }
}

/** The agent's own settings over the shared ones over the usual ones. */
export const memorySearchOf = (agent: Agent, { defaults }: AgentsConfig): MemorySearch => {
  const own = agent.memorySearch ?? {}
  const shared = defaults.memorySearch ?? {}
  const hybrid = { ...shared.query?.hybrid, ...own.query?.hybrid }
  const cache = { enabled: true, maxEntries: 50_000, ...shared.cache, ...own.cache }
  return {
    enabled: own.enabled ?? shared.enabled ?? true,
    extraPaths: own.extraPaths ?? shared.extraPaths ?? [],
    provider: own.provider ?? shared.provider ?? "auto",
    model: own.model ?? shared.model,
    fallback: own.fallback ?? shared.fallback ?? "none",
    remote: { ...shared.remote, ...own.remote },
    local: own.local?.modelPath ?? shared.local?.modelPath,
    store: own.store?.path ?? shared.store?.path,
    query: {
      maxResults: own.query?.maxResults ?? shared.query?.maxResults ?? 6,
      minScore: own.query?.minScore ?? shared.query?.minScore ?? 0.35,
    },
    hybrid: {
      enabled: hybrid.enabled ?? true,
      vectorWeight: hybrid.vectorWeight ?? 0.7,
      textWeight: hybrid.textWeight ?? 0.3,
      candidateMultiplier: hybrid.candidateMultiplier ?? 4,
      mmr: {
        enabled: false,
        lambda: 0.7,
        ...shared.query?.hybrid?.mmr,
        ...own.query?.hybrid?.mmr,
      },
      temporalDecay: {
        enabled: false,
        halfLifeDays: 30,
        ...shared.query?.hybrid?.temporalDecay,
        ...own.query?.hybrid?.temporalDecay,
      },
    },
    cacheEntries: cache.enabled ? cache.maxEntries : 0,
    sync: {
      watch: true,
      watchDebounceMs: 1500,
      onSearch: true,
      onSessionStart: true,
      ...shared.sync,
      ...own.sync,
    },
  }
}
