import { expect, test } from "bun:test"
import { z } from "zod"
import { thinkingLevels } from "../../src/kernel/channel.ts"
import catalog from "../../src/models/catalog.json"
import { apis } from "../../src/models/config.ts"
import { parseRef, providerId, wireName } from "../../src/models/ref.ts"
import { modelsFor } from "./models-for.ts"

const price = z.number().min(0).max(1000)
const bundled = z.strictObject({
  id: z.string().min(1),
  name: z.string().min(1),
  contextWindow: z.int().min(8000),
  maxTokens: z.int().positive().optional(),
  reasoning: z.boolean(),
  input: z.array(z.enum(["text", "image"])),
  thinking: z.array(z.enum(thinkingLevels)).nonempty().optional(),
  recommended: z.boolean().optional(),
  cost: z
    .strictObject({ input: price, output: price, cacheRead: price, cacheWrite: price })
    .optional(),
})
const provider = z.strictObject({
  label: z.string().min(1),
  baseUrl: z.url().optional(),
  addressShape: z.string().optional(),
  api: z.enum(apis),
  env: z.array(z.string().regex(/^[A-Z][A-Z0-9_]+$/)).nonempty(),
  models: z.array(bundled),
  local: z.boolean().optional(),
  ownChat: z.boolean().optional(),
  images: z.boolean().optional(),
  thinking: z.enum(["binary", "fixed", "openrouter", "qwen"]).optional(),
  keyPrefix: z.string().optional(),
  discovery: z.enum(["openai", "anthropic", "google", "ollama", "lmstudio"]).optional(),
  params: z.record(z.string(), z.unknown()).optional(),
  prefixes: z.record(z.string(), z.string()).optional(),
})

test.each(Object.entries(catalog.providers))(
  "%s is described in the catalog's own terms",
  (id, entry) => {
    expect(id).toMatch(/^[a-z0-9][a-z0-9._-]*$/)
    const { baseUrl, addressShape, models, local } = provider.parse(entry)
    expect(baseUrl ?? addressShape).toBeDefined()
    if (!local && baseUrl) expect(baseUrl).toStartWith("https://")
    const ids = models.map((model) => model.id)
    expect(new Set(ids).size).toBe(ids.length)
    for (const { maxTokens = 1, contextWindow, cost } of models) {
      expect(maxTokens).toBeLessThanOrEqual(contextWindow)
      if (cost) expect(cost.cacheRead).toBeLessThanOrEqual(cost.input)
    }
  },
)

test("other names of providers lead to known ones, and never to another one's own name", () => {
  for (const [alias, id] of Object.entries(catalog.providerAliases)) {
    expect(Object.keys(catalog.providers)).toContain(id)
    expect(Object.keys(catalog.providers)).not.toContain(alias)
  }
  expect([" Z-AI ", "z.ai", "ZAI"].map(providerId)).toEqual(["zai", "zai", "zai"])
})

test("a name without its maker gets it where the provider wants it", () => {
  expect(wireName("openrouter", "auto")).toBe("openrouter/auto")
  expect(wireName("openrouter", "qwen/qwen3:free")).toBe("qwen/qwen3:free")
  expect(wireName("vercel-ai-gateway", "claude-opus-4-6")).toBe("anthropic/claude-opus-4-6")
  expect(wireName("openai", "gpt-5")).toBe("gpt-5")
  expect(wireName("__proto__", "x")).toBe("x")
  expect(parseRef("huggingface/deepseek-ai/DeepSeek-R1:fastest")).toEqual({
    provider: "huggingface",
    model: "deepseek-ai/DeepSeek-R1:fastest",
  })
})

test("a key of another plan is told from one that fits before anything is sent", () => {
  const of = (env: Record<string, string>, id: string) =>
    modelsFor({ env })
      .status()
      .find(({ provider }) => provider === id)
  expect(of({ QIANFAN_API_KEY: "sk-1" }, "qianfan")).toMatchObject({
    status: "missing",
    detail: "the key in QIANFAN_API_KEY does not begin with bce-v3/, as keys of Qianfan do",
  })
  expect(of({ QIANFAN_API_KEY: "bce-v3/x" }, "qianfan")).toMatchObject({ status: "ok" })
})

test("a provider whose address only the account's owner knows says what it looks like", () => {
  const status = modelsFor({ env: { CLOUDFLARE_AI_GATEWAY_API_KEY: "c" } }).status()
  expect(status.find(({ provider }) => provider === "cloudflare-ai-gateway")).toMatchObject({
    status: "missing",
    next: expect.stringContaining("gateway.ai.cloudflare.com/v1/<account>/<gateway>/anthropic"),
  })
})
