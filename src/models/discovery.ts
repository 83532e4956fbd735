import { readFileSync } from "node:fs"
import * as z from "zod"
import type { Clock } from "../kernel/clock.ts"
import { writeFileAtomic } from "../store/files.ts"
import type { Entered } from "./auth/connect.ts"
import type { KnownProvider } from "./catalog.ts"
import type { Connection } from "./connection.ts"
import { explain } from "./explain.ts"
import { garbled } from "./faults.ts"
import type { FoundModel } from "./found.ts"
import { providerFetch } from "./provider-fetch.ts"
import { wireFor } from "./providers/by-api.ts"

/** What providers said they have, kept from one start to the next. */
export interface Discovery {
  /** Moves on with every list that came in. */
  readonly version: number
  /** What the provider said when it was last asked at this address. */
  of(provider: string, baseUrl: string): readonly FoundModel[]
  /** When that was. */
  askedAt(provider: string): number | undefined
  /** True for a list that was asked for once and has grown old. */
  isStale(provider: KnownProvider): boolean
  /** Asks the provider for its list. Throws `models.*` faults; what was known before stays then. */
  refresh(provider: KnownProvider, by: Entered): Promise<readonly FoundModel[]>
}

interface Kept {
  baseUrl: string
  at: number
  models: FoundModel[]
}

const keptFile = z.object({
  version: z.literal(1),
  providers: z.record(
    z.string(),
    z.object({
      baseUrl: z.string(),
      at: z.number(),
      models: z.array(z.looseObject({ id: z.string(), name: z.string() })),
    }),
  ),
})

const hour = 3_600_000
/** What runs on a person's own machine changes with a word; a provider's offer by the month. */
const lastsMs = ({ local }: KnownProvider) => (local ? hour / 12 : 24 * hour)
const patienceMs = 10_000
const mostBytes = 8_000_000

/** `file` may be missing or broken: a list that cannot be read is one nobody asked for yet. */
export const createDiscovery = ({
  file,
  clock,
}: {
  /** Nothing is kept without it. */
  file?: string
  clock: Clock
}): Discovery => {
  let version = 0
  let kept: Map<string, Kept> | undefined
  const read = () => (kept ??= new Map(Object.entries(file ? readKept(file) : {})))

  return {
    get version() {
      return version
    },
    of(provider, baseUrl) {
      const found = read().get(provider)
      return found?.baseUrl === baseUrl ? found.models : []
    },
    askedAt: (provider) => read().get(provider)?.at,
    isStale(provider) {
      const found = read().get(provider.id)
      return found !== undefined && clock.now() - found.at > lastsMs(provider)
    },
    async refresh(provider, by) {
      const models = await ask(provider, by, clock)
      read().set(provider.id, { baseUrl: provider.baseUrl!, at: clock.now(), models })
      version++
      if (file)
        writeFileAtomic(file, JSON.stringify({ version: 1, providers: Object.fromEntries(read()) }))
      return models
    },
  }
}

const readKept = (file: string): Record<string, Kept> => {
  try {
    return keptFile.parse(JSON.parse(readFileSync(file, "utf8"))).providers as Record<string, Kept>
  } catch {
    return {}
  }
}

const ask = async (
  { id, listKind = "openai" }: KnownProvider,
  { connection, secret }: Entered,
  clock: Clock,
): Promise<FoundModel[]> => {
  // Most starts never come to this.
  const { listAddress, readListing, readOllamaModel } = await import("./found.ts")
  const called = { provider: id, model: "*" }
  const { keyHeader } = wireFor(connection.api, false)
  const call = providerFetch({
    secret,
    connection,
    called,
    keyHeader,
    patience: { answerMs: patienceMs, silenceMs: patienceMs },
    clock,
  })
  const json = async (url: string, init: RequestInit = {}) => {
    const headers = { accept: "application/json", "anthropic-version": "2023-06-01" }
    const response = await call(url, { ...init, headers })
    const text = await readText(response)
    if (!response.ok)
      throw explain({ statusCode: response.status, ...errorIn(text) }, called, connection)
    return JSON.parse(text) as unknown
  }
  const list = async (kind: typeof listKind) =>
    readListing(kind, await json(listAddress(kind, connection.baseUrl)))
  try {
    if (listKind === "ollama")
      return await describeAll(await list("ollama"), connection, {
        json,
        read: readOllamaModel,
      })
    // An older LM Studio has only OpenAI's list.
    if (listKind === "lmstudio") return await list("lmstudio").catch(() => list("openai"))
    return await list(listKind)
  } catch (error) {
    if (error instanceof z.ZodError || error instanceof SyntaxError)
      throw garbled({ ...called, what: "a list of models in another shape" })
    throw explain(error, called, connection)
  }
}

/** Ollama's list has only names; each model says itself what it can do. */
const describeAll = async (
  models: readonly FoundModel[],
  { baseUrl }: Connection,
  {
    json,
    read,
  }: {
    json: (url: string, init: RequestInit) => Promise<unknown>
    read: (model: FoundModel, body: unknown) => FoundModel | null
  },
) => {
  const address = new URL("/api/show", baseUrl).href
  const described = await Promise.all(
    models.slice(0, 50).map(async (model) => {
      try {
        const body = JSON.stringify({ model: model.id })
        return read(model, await json(address, { method: "POST", body }))
      } catch {
        return model
      }
    }),
  )
  return described.filter((model) => model !== null)
}

const readText = async (response: Response) => {
  const parts: Uint8Array[] = []
  let bytes = 0
  for await (const part of response.body ?? []) {
    bytes += part.length
    if (bytes > mostBytes) throw new SyntaxError("too long")
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
