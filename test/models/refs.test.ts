import { expect, test } from "bun:test"
import { guideProvider } from "../../src/models/guide.ts"
import { parseRef } from "../../src/models/ref.ts"
import catalog from "../../src/models/catalog.json"
import { modelsFor } from "./models-for.ts"

test("a reference splits at the first slash, with the provider in lower case", () => {
  expect(parseRef("OpenAI/gpt-5.5")).toEqual({ provider: "openai", model: "gpt-5.5" })
  expect(parseRef("openrouter/meta/llama-3")).toEqual({
    provider: "openrouter",
    model: "meta/llama-3",
  })
  expect(parseRef(" Z.AI/glm-5 ")).toEqual({ provider: "zai", model: "glm-5" })
  expect(parseRef("sonnet")).toEqual({ name: "sonnet" })
  expect(parseRef("constructor/x")).toEqual({ provider: "constructor", model: "x" })
  expect(modelsFor({}).aliases().get("tostring")).toBeUndefined()
})

test("every alias leads to a model of the catalog", () => {
  const refs = Object.entries(catalog.providers).flatMap(([provider, { models }]) =>
    models.map(({ id }) => `${provider}/${id}`),
  )
  for (const target of Object.values(catalog.aliases)) expect(refs).toContain(target)
})

test("aliases and bare names find their model", async () => {
  const models = modelsFor({ env: { ANTHROPIC_API_KEY: "sk-ant-1" }, defaultModel: "Sonnet" })
  expect(models.defaultRef()).toBe("anthropic/claude-sonnet-4-5")
  expect(await models.open("opus")).toMatchObject({
    provider: "anthropic",
    model: "claude-opus-4-6",
  })
  expect(await models.open("claude-haiku-4-5")).toMatchObject({ model: "claude-haiku-4-5" })
  expect(await models.open()).toMatchObject({ model: "claude-sonnet-4-5", contextWindow: 200_000 })
})

test("without a choice, the first provider with a key is the default, else the guide", async () => {
  expect(modelsFor({}).defaultRef()).toBe("fased/guide")
  expect(modelsFor({ env: { OPENAI_API_KEY: "  " } }).defaultRef()).toBe("fased/guide")
  expect(modelsFor({ env: { GEMINI_API_KEY: "g-1" } }).defaultRef()).toBe(
    "google/gemini-3-pro-preview",
  )
  const both = { GOOGLE_API_KEY: "g-1", OPENAI_API_KEY: "o-1" }
  expect(modelsFor({ env: both }).defaultRef()).toBe("openai/gpt-5.5")
  const own = { mine: { baseUrl: "http://127.0.0.1:9/v1", models: [{ id: "a/b" }] } }
  expect(modelsFor({ config: { providers: own }, env: both }).defaultRef()).toBe("mine/a/b")
  expect(modelsFor({ config: { mode: "replace" }, env: both }).defaultRef()).toBe("fased/guide")
  expect(await modelsFor({}).open()).toMatchObject({ provider: guideProvider, model: "guide" })
})

test("an unknown model is refused with what is close to it", async () => {
  const models = modelsFor({
    config: {
      providers: { mock: { baseUrl: "http://127.0.0.1:9/v1", models: [{ id: "mock-64" }] } },
    },
  })
  await expect(models.open("mock/mock-65")).rejects.toMatchObject({
    code: "models.unknown",
    message: 'No model is called "mock/mock-65". Close to it: mock/mock-64.',
    data: { near: ["mock/mock-64"] },
  })
  for (const ref of ["nobody/x", "mock/", "/", "fased/other", "__proto__/x", "gibberish"])
    await expect(models.open(ref)).rejects.toMatchObject({ code: "models.unknown", status: 404 })
})

test("a provider without a key says which variable or command would connect it", async () => {
  await expect(modelsFor({}).open("anthropic/claude-opus-4-6")).rejects.toMatchObject({
    code: "models.not-connected",
    hint: expect.stringContaining("ANTHROPIC_API_KEY"),
  })
  await expect(modelsFor({}).open("openai/gpt-5.5")).rejects.toMatchObject({
    hint: expect.stringContaining("fased secrets set models.providers.openai.apiKey"),
  })
})

test("a custom provider that lost its address is refused, never sent to a default host", async () => {
  for (const api of [
    "openai-completions",
    "openai-responses",
    "anthropic-messages",
    "google-generative-ai",
  ]) {
    const models = modelsFor({ config: { providers: { mine: { api, apiKey: "secret-1" } } } })
    await expect(models.open("mine/any")).rejects.toMatchObject({
      code: "models.not-connected",
      hint: expect.stringContaining("models.providers.mine.baseUrl"),
    })
  }
})

test("a custom provider's key comes from its own variable", () => {
  const config = { providers: { "my-llm.v2": { baseUrl: "https://llm.example.com/v1" } } }
  const of = (env: Record<string, string>) => modelsFor({ config, env }).status()[0]
  expect(of({})).toMatchObject({
    status: "missing",
    next: expect.stringContaining("MY_LLM_V2_API_KEY"),
  })
  expect(of({ MY_LLM_V2_API_KEY: "k" })).toMatchObject({
    source: "env",
    detail: "MY_LLM_V2_API_KEY",
  })
  expect(of({ OPENAI_API_KEY: "k" })).toMatchObject({ status: "missing" })
})

test("a key with a line break in it is refused without being shown", async () => {
  const models = modelsFor({ env: { OPENAI_API_KEY: "sk-first\nsecond" } })
  const fault = (await models.open("openai/gpt-5.5").catch((error: unknown) => error)) as Error
  expect(fault).toMatchObject({ code: "models.not-connected" })
  expect(fault.message).toContain("OPENAI_API_KEY")
  expect(JSON.stringify([fault, fault.message])).not.toContain("second")
})

test("a proxy that took a built-in name does not get the built-in models", () => {
  const openai = { baseUrl: "http://127.0.0.1:9/v1", models: [{ id: "proxied" }] }
  const models = modelsFor({ config: { providers: { openai } } })
  expect(models.list({ provider: "openai", all: true }).map(({ id }) => id)).toEqual(["proxied"])
})

test("a connected built-in provider takes models this build has not heard of", async () => {
  const models = modelsFor({ env: { OPENAI_API_KEY: "sk-1" } })
  expect(await models.open("openai/gpt-99")).toMatchObject({
    model: "gpt-99",
    contextWindow: 128_000,
  })
})
