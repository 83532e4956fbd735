import * as z from "zod"
import { type AgentsConfig, findAgent } from "../agents/config.ts"
import {
  type EmbeddingProvider,
  type MemorySearch,
  memorySearchOf,
} from "../agents/memory-search.ts"
import type { Env } from "../config/paths.ts"
import type { Clock } from "../kernel/clock.ts"
import { Fault } from "../kernel/fault.ts"
import { service } from "../kernel/service.ts"
import type { Models } from "../models/service.ts"
import type { Ledger } from "../usage/service.ts"
import type { EmbeddingWire, Purpose } from "./embedding-wires.ts"
import * as wires from "./embedding-wires.ts"
import { badEmbeddings, noEmbedder } from "./faults.ts"

/** Turns texts into vectors. */
export interface Embedder {
  provider: EmbeddingProvider
  model: string
  /** Vectors of another one cannot be compared with its own. */
  id: string
  /** One vector for each text, all of one length. Throws `models.*` faults. */
  embed(
    texts: readonly string[],
    options: { purpose: Purpose; signal: AbortSignal },
  ): Promise<Float32Array[]>
}

/** Why there is nobody, and what would change that. */
export interface Missing {
  missing: { message: string; hint?: string }
}

export interface Embedders {
  /** Who makes embeddings for an agent, with another model if one is named; or why nobody does. */
  of(agentId: string, model?: string): Embedder | Missing
}
export const Embedders = service<Embedders>("embedders")

interface Kind {
  /** As models know it. */
  provider: string
  model: string
  wire: EmbeddingWire
  /** For those that have no models to talk to. */
  home?: { baseUrl: string; variable: string }
}

const kinds: Readonly<Record<EmbeddingProvider, Kind>> = {
  local: { provider: "local", model: "default", wire: wires.openai },
  openai: { provider: "openai", model: "text-embedding-3-small", wire: wires.openai },
  gemini: { provider: "google", model: "gemini-embedding-001", wire: wires.gemini },
  voyage: {
    provider: "voyage",
    model: "voyage-4-large",
    wire: wires.voyage,
    home: { baseUrl: "https://api.voyageai.com/v1", variable: "VOYAGE_API_KEY" },
  },
  mistral: { provider: "mistral", model: "mistral-embed", wire: wires.mistral },
  ollama: { provider: "ollama", model: "nomic-embed-text", wire: wires.openai },
}

/** A subscription's sign-in is good for no embeddings, and a server that may not be there is asked for by name. */
const automatic = ["openai", "gemini", "voyage", "mistral"] as const

const most = { texts: 64, bytes: 64_000, answer: 32_000_000, tries: 3 }
const firstPauseMs = 500

interface Needs {
  config: () => AgentsConfig
  models: () => Models
  env: Env
  clock: Clock
  /** Where a gateway runs: the books of what models are called for. */
  ledger?: () => Ledger | undefined
}

/** The session that the books have memory under. */
const sessionKey = "memory"

export const createEmbedders = ({ config, models, env, clock, ledger }: Needs): Embedders => {
  const open = (name: EmbeddingProvider, search: MemorySearch, agentId: string, own?: string) => {
    const kind = kinds[name]
    const model = own ?? search.model ?? kind.model
    const reached = models().reach(kind.provider, {
      agentId,
      model,
      ...address(name, kind, search),
    })
    const called = { provider: kind.provider, model }

    const record = (startedAt: number, outcome: "ok" | "error", total?: number) => {
      const { cost } =
        models()
          .list({ all: true, provider: kind.provider })
          .find(({ id }) => id === model) ?? {}
      const none = { output: 0, cacheRead: 0, cacheWrite: 0 }
      ledger?.()?.record({
        who: { kind: "embedding", agentId, sessionKey },
        model: { ...called, api: "embeddings", cost },
        usage: total === undefined ? undefined : { ...none, input: total, totalTokens: total },
        startedAt,
        outcome,
      })
    }

    const once = async (texts: readonly string[], purpose: Purpose, signal: AbortSignal) => {
      const startedAt = clock.now()
      const response = await reached.fetch(`${reached.baseUrl}${kind.wire.path(model)}`, {
        method: "POST",
        headers: { "content-type": "application/json", accept: "application/json" },
        body: JSON.stringify(kind.wire.body(model, texts, purpose)),
        signal,
      })
      const text = await readText(response, name)
      if (!response.ok) {
        record(startedAt, "error")
        throw models().explain({ statusCode: response.status, ...errorIn(text) }, called)
      }
      const answer = parsed(text, name)
      record(startedAt, "ok", wires.tokensIn(answer))
      return vectorsOf(answer, texts.length, name, kind.wire)
    }

    const patiently = async (texts: readonly string[], purpose: Purpose, signal: AbortSignal) => {
      await ledger?.()?.admit({ agentId, sessionKey })
      for (let failed = 0; ;) {
        try {
          return await once(texts, purpose, signal)
        } catch (error) {
          const why = models().explain(error, called)
          const mayPass = why instanceof Fault && why.toWire().retryable
          if (!mayPass || ++failed >= most.tries || signal.aborted) throw why
          await pause(clock, firstPauseMs * 2 ** (failed - 1), signal)
        }
      }
    }

    return {
      provider: name,
      model,
      id: `${name}/${model}@${reached.baseUrl}`,
      async embed(texts, { purpose, signal }) {
        const vectors: Float32Array[] = []
        for (const batch of batches(texts))
          vectors.push(...(await patiently(batch, purpose, signal)))
        return vectors
      },
    } satisfies Embedder
  }

  const address = (name: EmbeddingProvider, kind: Kind, { remote, local }: MemorySearch) => {
    if (name === "local") return { baseUrl: localAddress(local) }
    const { baseUrl, apiKey: key, headers } = remote
    if (baseUrl || key)
      return { baseUrl, key, headers, keyName: "agents.defaults.memorySearch.remote.apiKey" }
    const { home } = kind
    const found = home && env[home.variable]?.trim()
    if (!home || !found) return { headers }
    return { baseUrl: home.baseUrl, key: found, headers, keyName: home.variable }
  }

  const attempt = (...wanted: Parameters<typeof open>) => {
    try {
      return open(...wanted)
    } catch (error) {
      if (error instanceof Fault) return { missing: error }
      throw error
    }
  }

  return {
    of(agentId, model) {
      const search = memorySearchOf(findAgent(config(), agentId), config())
      const { provider, fallback } = search
      if (provider === "none") return { missing: noEmbedder(chosenNone) }
      const { baseUrl, apiKey } = search.remote
      const named =
        provider !== "auto"
          ? provider
          : search.local
            ? "local"
            : baseUrl || apiKey
              ? "openai"
              : null
      const order = [
        ...(named ? [named] : automatic),
        ...(fallback === "none" || fallback === named ? [] : [fallback]),
      ]
      let first: Missing | undefined
      for (const name of order) {
        // A model's name means nothing to those that stand in.
        const settings = name === named || !named ? search : { ...search, model: undefined }
        const found = attempt(name, settings, agentId, model)
        if (!("missing" in found)) return found
        first ??= found
      }
      return named ? first! : { missing: noEmbedder(noneConnected) }
    },
  }
}

const chosenNone = {
  what: "agents.defaults.memorySearch.provider is none",
  next: "Memory is searched by words alone, as was chosen.",
}
const noneConnected = {
  what: "no provider of embeddings is connected",
  next: "Memory is searched by words alone. For meaning too: connect openai, gemini, voyage or mistral, or choose ollama: fased config set agents.defaults.memorySearch.provider ollama",
}

const localAddress = (path: string | undefined) => {
  if (path && /^https?:\/\//.test(path) && URL.canParse(path)) return path
  throw noEmbedder({
    what: path
      ? "agents.defaults.memorySearch.local.modelPath is a file, and fased runs no models itself"
      : "agents.defaults.memorySearch.local.modelPath says no address",
    next: "Start a server for it, e.g. llama-server --embeddings -m <file>, and give its address: fased config set agents.defaults.memorySearch.local.modelPath http://127.0.0.1:8080/v1",
  })
}

/** As many texts at once as services take. */
function* batches(texts: readonly string[]) {
  for (let from = 0; from < texts.length;) {
    let to = from
    let bytes = 0
    while (to < texts.length && to - from < most.texts) {
      bytes += Buffer.byteLength(texts[to]!)
      if (to > from && bytes > most.bytes) break
      to++
    }
    yield texts.slice(from, to)
    from = to
  }
}

const vectorsOf = (answer: unknown, count: number, provider: string, wire: EmbeddingWire) => {
  const numbers = read(answer, provider, wire)
  const length = numbers[0]?.length
  if (numbers.length !== count || !length || numbers.some((one) => one.length !== length))
    throw badEmbeddings({ provider, what: `${numbers.length} vectors for ${count} texts` })
  return numbers.map((one) => Float32Array.from(one))
}

const otherShape = "something in another shape"

const parsed = (text: string, provider: string): unknown => {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw badEmbeddings({ provider, what: otherShape }, error)
  }
}

const read = (answer: unknown, provider: string, wire: EmbeddingWire) => {
  try {
    return wire.read(answer)
  } catch (error) {
    if (!(error instanceof z.ZodError)) throw error
    throw badEmbeddings({ provider, what: otherShape }, error)
  }
}

const readText = async (response: Response, provider: string) => {
  const parts: Uint8Array[] = []
  let bytes = 0
  for await (const part of response.body ?? []) {
    bytes += part.length
    if (bytes > most.answer) throw badEmbeddings({ provider, what: "more than 32 MB" })
    parts.push(part)
  }
  return Buffer.concat(parts).toString("utf8")
}

const errorIn = (text: string): { message: string; data?: unknown } => {
  try {
    return { message: "", data: JSON.parse(text) as unknown }
  } catch {
    return { message: text.slice(0, 500) }
  }
}

const pause = (clock: Clock, ms: number, signal: AbortSignal) =>
  new Promise<void>((resolve) => {
    const done = () => {
      cancel()
      signal.removeEventListener("abort", done)
      resolve()
    }
    const cancel = clock.after(ms, done)
    signal.addEventListener("abort", done, { once: true })
  })
