import { expect, test } from "bun:test"
import { agents } from "../../src/agents/config.ts"
import { memorySearchOf } from "../../src/agents/memory-search.ts"
import { systemClock } from "../../src/kernel/clock.ts"
import { createEmbedders } from "../../src/memory/embedders.ts"
import { models as modelsSection } from "../../src/models/config.ts"
import { createModels } from "../../src/models/create.ts"
import { createDiscovery } from "../../src/models/discovery.ts"
import { createGuide } from "../../src/models/guide.ts"
import type { EndedCall, Ledger } from "../../src/usage/service.ts"

interface Seen {
  path: string
  headers: Headers
  // oxlint-disable-next-line typescript/no-explicit-any -- each wire has a shape of its own
  body: any
}

/** A service that answers each request with the next of `answers`, the last one for good. */
const fakeService = (...answers: ((body: Seen["body"]) => Response | object)[]) => {
  const seen: Seen[] = []
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    async fetch(request) {
      const body = await request.json()
      seen.push({ path: new URL(request.url).pathname, headers: request.headers, body })
      const answer = (answers.length > 1 ? answers.shift()! : answers[0]!)(body)
      return answer instanceof Response ? answer : Response.json(answer)
    },
  })
  return {
    seen,
    url: `http://127.0.0.1:${server.port}`,
    [Symbol.asyncDispose]: () => server.stop(true),
  }
}

const openaiAnswer = ({ input }: Seen["body"]) => ({
  // Out of order, as the wire allows.
  data: input.map((_: string, index: number) => ({ index, embedding: [index, 1] })).toReversed(),
})

const embeddersFor = (
  memorySearch: object,
  env: Record<string, string> = {},
  providers = {},
  ledger?: Ledger,
) => {
  const config = agents.schema.parse({ defaults: { memorySearch } })
  const models = createModels({
    config: () => modelsSection.schema.parse({ providers }),
    agents: () => config,
    env,
    clock: systemClock,
    guide: createGuide(),
    discovery: createDiscovery({ clock: systemClock }),
  })
  return createEmbedders({
    config: () => config,
    models: () => models,
    env,
    clock: systemClock,
    ledger: () => ledger,
  })
}

const embed = async (embedders: ReturnType<typeof embeddersFor>, texts: string[]) => {
  const found = embedders.of("main")
  if ("missing" in found) throw new Error(found.missing.message)
  const signal = new AbortController().signal
  const vectors = await found.embed(texts, { purpose: "query", signal })
  return vectors.map((vector) => [...vector])
}

test("nobody makes embeddings where nothing is connected, and it says what would change that", () => {
  const found = embeddersFor({}).of("main")
  expect(found).toMatchObject({
    missing: { message: "No embeddings can be made: no provider of embeddings is connected." },
  })
})

test.each([
  [{ OPENAI_API_KEY: "sk-a", GEMINI_API_KEY: "b" }, "openai"],
  [{ MISTRAL_API_KEY: "c", GEMINI_API_KEY: "b" }, "gemini"],
  [{ VOYAGE_API_KEY: "d", MISTRAL_API_KEY: "c" }, "voyage"],
  [{ MISTRAL_API_KEY: "c" }, "mistral"],
])("of those connected the first is taken: %p", (env, provider) => {
  expect(embeddersFor({}, env).of("main")).toMatchObject({ provider })
})

test("a server of one's own goes first, and a file for it is refused with what to do", async () => {
  await using service = fakeService(openaiAnswer)
  const local = { modelPath: `${service.url}/v1/` }
  expect(await embed(embeddersFor({ local }, { OPENAI_API_KEY: "sk-a" }), ["a", "b"])).toEqual([
    [0, 1],
    [1, 1],
  ])
  const [{ path, headers, body }] = service.seen as [Seen]
  expect({ path, body }).toEqual({
    path: "/v1/embeddings",
    body: { model: "default", input: ["a", "b"], encoding_format: "float" },
  })
  expect(headers.get("authorization")).toBeNull()

  const found = embeddersFor({ local: { modelPath: "~/models/bge.gguf" } }).of("main")
  expect(found).toMatchObject({ missing: { hint: expect.stringContaining("llama-server") } })
})

test("another address gets the key that was written for it, never the provider's own", async () => {
  await using service = fakeService(openaiAnswer)
  const env = { OPENAI_API_KEY: "sk-own" }
  const remote = { baseUrl: `${service.url}/v1`, headers: { "x-account": "7" } }
  await embed(embeddersFor({ provider: "openai", remote }, env), ["a"])
  await embed(embeddersFor({ provider: "openai", remote: { ...remote, apiKey: "sk-b" } }, env), [
    "a",
  ])
  expect(service.seen.map(({ headers }) => headers.get("authorization"))).toEqual([
    null,
    "Bearer sk-b",
  ])
  expect(service.seen[0]!.headers.get("x-account")).toBe("7")
})

test("Gemini is asked in its own way, with its key in its own header", async () => {
  await using service = fakeService(({ requests }) => ({
    embeddings: requests.map(() => ({ values: [1, 2] })),
  }))
  const providers = { google: { baseUrl: `${service.url}/v1beta`, apiKey: "g-key" } }
  expect(await embed(embeddersFor({ provider: "gemini" }, {}, providers), ["a"])).toEqual([[1, 2]])
  expect(service.seen[0]).toMatchObject({
    path: "/v1beta/models/gemini-embedding-001:batchEmbedContents",
    body: { requests: [{ model: "models/gemini-embedding-001", taskType: "RETRIEVAL_QUERY" }] },
  })
  expect(service.seen[0]!.headers.get("x-goog-api-key")).toBe("g-key")
})

test("many texts go in several calls, in order", async () => {
  await using service = fakeService(({ input }) => ({
    data: input.map((text: string) => ({ embedding: [Number(text)] })),
  }))
  const texts = Array.from({ length: 150 }, (_, at) => String(at))
  const vectors = await embed(embeddersFor({ local: { modelPath: service.url } }), texts)
  expect(vectors.flat()).toEqual(texts.map(Number))
  expect(service.seen.map(({ body }) => body.input.length)).toEqual([64, 64, 22])
})

test("a service that is busy is asked again", async () => {
  const busy = () => Response.json({ error: { message: "slow down" } }, { status: 429 })
  await using service = fakeService(busy, openaiAnswer)
  expect(await embed(embeddersFor({ local: { modelPath: service.url } }), ["a"])).toEqual([[0, 1]])
  expect(service.seen).toHaveLength(2)
})

test.each<[string, (body: Seen["body"]) => Response | object]>([
  ["a page", () => new Response("<html>hello</html>")],
  ["another shape", () => ({ vectors: [] })],
  ["too few vectors", () => ({ data: [] })],
  ["vectors of several lengths", () => ({ data: [{ embedding: [1] }, { embedding: [1, 2] }] })],
])("an answer that is %s is no embedding", async (_, answer) => {
  await using service = fakeService(answer)
  const embedders = embeddersFor({ local: { modelPath: service.url } })
  await expect(embed(embedders, ["a", "b"])).rejects.toMatchObject({
    code: "memory.bad-embeddings",
  })
})

test("who stands in is asked where the chosen one is not connected, with a model of its own", () => {
  const found = embeddersFor(
    { provider: "voyage", model: "voyage-code", fallback: "mistral" },
    { MISTRAL_API_KEY: "c" },
  ).of("main")
  expect(found).toMatchObject({ provider: "mistral", model: "mistral-embed" })
})

test("an agent's own settings go over the shared ones", () => {
  const config = agents.schema.parse({
    defaults: { memorySearch: { enabled: false, query: { hybrid: { vectorWeight: 0.9 } } } },
    list: [{ id: "work", memorySearch: { enabled: true, query: { minScore: 0.1 } } }],
  })
  expect(memorySearchOf(config.list[0]!, config)).toMatchObject({
    enabled: true,
    query: { minScore: 0.1, maxResults: 6 },
    hybrid: { vectorWeight: 0.9, textWeight: 0.3 },
  })
})

test("embeddings are in the books, and are not made when a budget is spent", async () => {
  await using service = fakeService((body) => ({
    ...openaiAnswer(body),
    usage: { total_tokens: 7 },
  }))
  const calls: EndedCall[] = []
  let spent = false
  const ledger: Ledger = {
    admit: async () => {
      if (spent) throw new Error("spent")
    },
    record: (call) => (calls.push(call), { billing: "unpriced" }),
    standing: async () => [],
  }
  const embedders = embeddersFor({ local: { modelPath: service.url } }, {}, {}, ledger)
  await embed(embedders, ["a", "b"])
  expect(calls).toMatchObject([
    {
      who: { kind: "embedding", agentId: "main", sessionKey: "memory" },
      usage: { input: 7, output: 0, totalTokens: 7 },
      outcome: "ok",
    },
  ])
  spent = true
  await expect(embed(embedders, ["c"])).rejects.toThrow("spent")
  expect(service.seen).toHaveLength(1)
})
