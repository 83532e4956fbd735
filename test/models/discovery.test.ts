import { expect, test } from "bun:test"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createDiscovery } from "../../src/models/discovery.ts"
import { readListing, readOllamaModel } from "../../src/models/found.ts"
import { fakeKey, fakeModel } from "../support/fake-model.ts"
import { turnableClock } from "../support/turnable-clock.ts"
import { modelsFor } from "./models-for.ts"

const folder = () => {
  const path = mkdtempSync(join(tmpdir(), "fased-discovery-"))
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) }
}

test("what a provider says it has is there at once, and still there after a restart", async () => {
  using home = folder()
  await using server = fakeModel({ offers: ["fake-1", "fake-2", "text-embedding-9"] })
  const file = join(home.path, "cache", "models.json")
  const config = {
    providers: { mine: { ...server.provider("openai-completions"), models: [] } },
  }
  const clock = turnableClock()
  const first = modelsFor({ config, discovery: createDiscovery({ file, clock }) })
  const ids = (models: typeof first) => models.list({ provider: "mine" }).map(({ id }) => id)
  expect(ids(first)).toEqual([])
  expect(await first.refresh("mine")).toEqual([{ provider: "mine", models: 2 }])
  expect(ids(first)).toEqual(["fake-1", "fake-2"])
  expect(server.asked[0]!.headers.authorization).toBe(`Bearer ${fakeKey}`)
  const second = modelsFor({ config, discovery: createDiscovery({ file, clock }) })
  expect(second.list({ provider: "mine" })).toMatchObject([
    { id: "fake-1", origin: "discovered" },
    { id: "fake-2" },
  ])
  expect(await Bun.file(file).text()).not.toContain(fakeKey)
})

test("the config's word on a model stands, and another address has another list", async () => {
  await using server = fakeModel({ offers: ["fake-1", "other"] })
  const clock = turnableClock()
  const discovery = createDiscovery({ clock })
  const config = { providers: { mine: server.provider("openai-completions") } }
  const models = modelsFor({ config, discovery })
  await models.refresh("mine")
  expect(models.list({ provider: "mine" })).toMatchObject([
    { id: "fake-1", origin: "configured", contextWindow: 32_000 },
    { id: "other", origin: "discovered" },
  ])
  const moved = { providers: { mine: { baseUrl: "http://127.0.0.1:9/v1" } } }
  expect(modelsFor({ config: moved, discovery }).list({ provider: "mine" })).toEqual([])
  const replaced = modelsFor({ config: { ...config, mode: "replace" }, discovery })
  expect(replaced.list({ provider: "mine" })).toHaveLength(1)
})

test("a list that cannot be had leaves the one from before, and says why", async () => {
  await using server = fakeModel({ offers: ["fake-1"] })
  const discovery = createDiscovery({ clock: turnableClock() })
  const config = { providers: { mine: { ...server.provider("openai-completions"), models: [] } } }
  const models = modelsFor({ config, discovery })
  await models.refresh("mine")
  await server.close()
  const [failed] = await models.refresh("mine")
  expect(failed).toMatchObject({ provider: "mine", error: { code: "models.unreachable" } })
  expect(models.list({ provider: "mine" })).toHaveLength(1)
  expect(await models.refresh("openai")).toMatchObject([
    { error: { code: "models.not-connected" } },
  ])
})

test("a list in another shape is said to be one, and a broken file is none", async () => {
  using home = folder()
  const file = join(home.path, "models.json")
  writeFileSync(file, '{"version":1,"providers":{"x":')
  const discovery = createDiscovery({ file, clock: turnableClock() })
  expect(discovery.of("x", "http://127.0.0.1:9/v1")).toEqual([])
  await using server = fakeModel({ pages: { "/v1/models": { hello: "there" } } })
  const config = { providers: { mine: { ...server.provider("openai-completions"), models: [] } } }
  expect(await modelsFor({ config, discovery }).refresh("mine")).toMatchObject([
    { error: { code: "models.garbled" } },
  ])
})

test("Ollama is found by its bare address, with what each model can do", async () => {
  await using server = fakeModel({ offers: ["llama3.2:latest", "nomic-embed-text"] })
  const config = { providers: { ollama: { baseUrl: server.url, auth: "none" } } }
  const models = modelsFor({ config })
  await models.refresh("ollama")
  expect(models.list({ provider: "ollama" })).toMatchObject([{ id: "llama3.2:latest" }])
  expect(server.asked[0]!.path).toBe("/api/tags")
  const { language } = await models.open("ollama/llama3.2:latest")
  const { stream } = await language.doStream({
    prompt: [{ role: "user", content: [{ type: "text", text: "hi" }] }],
  })
  for await (const part of stream) if (part.type === "error") throw part.error
  expect(server.calls[0]!.path).toBe("/v1/chat/completions")
})

test("the wire format ollama is understood as other programs write it", async () => {
  await using server = fakeModel({ offers: ["llama3.2"] })
  const config = { providers: { box: { baseUrl: `${server.url}/`, api: "ollama", auth: "none" } } }
  const models = modelsFor({ config })
  await models.refresh("box")
  expect(server.asked[0]!.path).toBe("/api/tags")
  const { language, api } = await models.open("box/llama3.2")
  expect(api).toBe("openai-completions")
  const prompt = [{ role: "user" as const, content: [{ type: "text" as const, text: "hi" }] }]
  for await (const part of (await language.doStream({ prompt })).stream)
    if (part.type === "error") throw part.error
  expect(server.calls[0]!.path).toBe("/v1/chat/completions")
})

test("a server of one's own that nobody looked for is no model to fall back to", async () => {
  const models = modelsFor({})
  expect(models.defaultRef()).toBe("fased/guide")
  expect(models.status().find(({ provider }) => provider === "ollama")).toMatchObject({
    status: "missing",
    next: expect.stringContaining("fased models connect ollama"),
  })
  // Named by hand it is the operator's word.
  expect(await models.open("ollama/llama3.2")).toMatchObject({ provider: "ollama" })
})

test("OpenRouter's list brings prices, contexts and what is free", () => {
  const [model] = readListing("openai", {
    data: [
      {
        id: "meta/llama-4:free",
        name: "Llama 4",
        created: 1_700_000_000,
        context_length: 131_072,
        architecture: { input_modalities: ["text", "image"] },
        supported_parameters: ["tools", "reasoning"],
        top_provider: { max_completion_tokens: 8192 },
        pricing: { prompt: "0.000003", completion: "0.000015", input_cache_read: "0.0000003" },
      },
    ],
  })
  expect(model).toEqual({
    id: "meta/llama-4:free",
    name: "Llama 4",
    createdAt: 1_700_000_000_000,
    contextWindow: 131_072,
    maxTokens: 8192,
    reasoning: true,
    input: ["text", "image"],
    cost: { input: 3, output: 15, cacheRead: 0.3, cacheWrite: 0 },
  })
})

test("names with control characters and endless ones are left out of a list", () => {
  const data = ["ok", "a\u001b[31m", "x".repeat(300), "line\nbreak", ""].map((id) => ({ id }))
  expect(readListing("openai", { data }).map(({ id }) => id)).toEqual(["ok"])
})

test("an Ollama model says what it can do", () => {
  const body = {
    capabilities: ["completion", "vision", "thinking"],
    model_info: { "qwen.context_length": 262_144 },
  }
  expect(readOllamaModel({ id: "q", name: "q" }, body)).toEqual({
    id: "q",
    name: "q",
    contextWindow: 32_768,
    reasoning: true,
    input: ["text", "image"],
  })
  expect(readOllamaModel({ id: "e", name: "e" }, { capabilities: ["embedding"] })).toBeNull()
})

test("a list that has grown old is asked for again while nobody waits, and a failure is not repeated at once", async () => {
  await using server = fakeModel({ offers: ["fake-1"] })
  const clock = turnableClock()
  const discovery = createDiscovery({ clock })
  const config = { providers: { mine: { ...server.provider("openai-completions"), models: [] } } }
  const models = modelsFor({ config, discovery, clock })
  models.keepFresh()
  expect(server.asked).toHaveLength(0)
  await models.refresh("mine")
  clock.turn(23 * 3_600_000)
  models.keepFresh()
  expect(server.asked).toHaveLength(1)
  clock.turn(2 * 3_600_000)
  models.keepFresh()
  models.keepFresh()
  const renewed = () => discovery.askedAt("mine") === clock.now()
  while (!renewed()) await Bun.sleep(1)
  expect(server.asked).toHaveLength(2)
})

test("Ollama is looked for when its variable says that it is there", async () => {
  const models = modelsFor({ env: { OLLAMA_API_KEY: "any" } })
  expect(models.status().find(({ provider }) => provider === "ollama")).toMatchObject({
    status: "ok",
  })
})
