import { expect, test } from "bun:test"
import type { z } from "zod"
import { agents } from "../../src/agents/config.ts"
import { resolvePaths } from "../../src/config/paths.ts"
import type { Settings } from "../../src/config/settings.ts"
import type { CallContext } from "../../src/kernel/method.ts"
import type { SecretUse } from "../../src/kernel/secret.ts"
import { assignedKnown, connected, defaultUsable } from "../../src/models/checks.ts"
import { authStatus } from "../../src/models/auth/methods.ts"
import { list } from "../../src/models/methods.ts"
import type { Directory } from "../../src/sessions/directory.ts"
import { turnableClock } from "../support/turnable-clock.ts"
import { authWith, bookOn, freshStore } from "./auth/sign-ins.ts"
import { modelsFor } from "./models-for.ts"

const noSignIns = authWith(await bookOn(freshStore()))

const context = (models: ReturnType<typeof modelsFor>, refs: readonly SecretUse[] = []) => ({
  models,
  auth: noSignIns,
  agents: agents.schema.parse({}),
  directory: {} as Directory,
  settings: { current: () => ({ refs }) } as unknown as Settings,
  clock: turnableClock(),
  paths: resolvePaths({ HOME: "/home/ada" }),
  ...({ caller: { scopes: new Set(["read"]) } } as unknown as CallContext),
})

const listed = async (setting: Parameters<typeof modelsFor>[0], params = {}) =>
  list.result.parse(await list.handle(list.params.parse(params), context(modelsFor(setting))))

test("models.list shows what can be called, and more on request", async () => {
  expect((await listed({})).models).toMatchObject([
    { id: "guide", provider: "fased", available: true, assignedRoles: ["primary"] },
  ])
  const all = await listed({}, { all: true })
  expect(all.models.filter(({ available }) => !available).length).toBeGreaterThan(5)
  const missing = await listed({}, { available: false })
  expect(missing.models.every(({ available }) => !available)).toBe(true)
  const google = await listed({ env: { GEMINI_API_KEY: "g" } }, { provider: "Gemini" })
  expect(google.models.every(({ provider }) => provider === "google")).toBe(true)
  expect(google.models.length).toBeGreaterThan(1)
})

test("models.list gives prices with includeMetadata only", async () => {
  const cost = { input: 1, output: 2, cacheRead: 0, cacheWrite: 0 }
  const config = {
    providers: { mine: { baseUrl: "http://127.0.0.1:9/v1", models: [{ id: "m", cost }] } },
  }
  expect((await listed({ config })).models[0]).not.toHaveProperty("metadata")
  expect((await listed({ config }, { includeMetadata: true })).models[0]).toMatchObject({
    id: "m",
    catalogSource: "configured",
    metadata: { cost },
  })
})

test("models.auth.status says where keys come from, never what they are", async () => {
  const models = modelsFor({
    env: { OPENAI_API_KEY: "sk-very-secret-1" },
    config: { providers: { anthropic: { apiKey: "sk-very-secret-2" } } },
  })
  const result = authStatus.result.parse(await authStatus.handle({}, context(models)))
  expect(JSON.stringify(result)).not.toContain("very-secret")
  const of = (id: string) => result.providers.find(({ provider }) => provider === id)
  expect(of("openai")).toMatchObject({
    status: "static",
    effective: { kind: "env", detail: "OPENAI_API_KEY" },
  })
  expect(of("anthropic")).toMatchObject({
    effective: { kind: "models.json", detail: "models.providers.anthropic.apiKey" },
  })
  expect(of("google")).toMatchObject({ status: "missing", effective: { kind: "missing" } })
  expect(of("fased")).toMatchObject({ status: "static", effective: { kind: "local" } })
})

test("models.auth.status says of a key that is kept elsewhere what refers to it", async () => {
  const models = modelsFor({
    config: { providers: { "my.host": hosted, openai: { apiKey: "k" } } },
  })
  const path = 'models.providers["my.host"].apiKey'
  const refs = [{ path, ref: { source: "exec" as const, provider: "vault", id: "prod/key" } }]
  const { providers } = (await authStatus.handle({}, context(models, refs))) as Status
  const detail = (id: string) => providers.find(({ provider }) => provider === id)?.effective.detail
  expect(detail("my.host")).toBe("a reference (exec:vault:prod/key)")
  expect(detail("openai")).toBe("models.providers.openai.apiKey")
})

const hosted = { baseUrl: "https://my.host/v1", apiKey: "k" }
type Status = z.infer<typeof authStatus.result>

test("the checks find a missing model and a default that cannot be called", async () => {
  const nothing = modelsFor({})
  expect(await connected.detect({ models: nothing })).not.toBeNull()
  expect(await defaultUsable.detect({ models: nothing })).toBeNull()
  const wrong = modelsFor({ defaultModel: "openai/gpt-5.5" })
  const finding = await defaultUsable.detect({ models: wrong })
  expect(defaultUsable.explain(finding!)).toBe(
    "The default model is openai/gpt-5.5, and it cannot be called: it has no key.",
  )
  expect(defaultUsable.next!(finding!)).toContain("OPENAI_API_KEY")
  const right = modelsFor({ defaultModel: "openai/gpt-5.5", env: { OPENAI_API_KEY: "sk-1" } })
  expect(await connected.detect({ models: right })).toBeNull()
  expect(await defaultUsable.detect({ models: right })).toBeNull()
})

test("a model in the settings that is none is named before a turn comes to it", async () => {
  const config = {
    defaults: { model: { primary: "openai/gpt-5.5", fallbacks: ["opus", "nobody/x"] } },
    list: [{ id: "ada", taskModels: { coding: "nonsense" } }],
  }
  const models = modelsFor({ agents: config })
  const finding = await assignedKnown.detect({ models, agents: agents.schema.parse(config) })
  expect(finding!.unknown.map(({ ref }) => ref)).toEqual(["nobody/x", "nonsense"])
  expect(assignedKnown.explain(finding!)).toContain('No model is called "nobody/x".')
  const fine = { defaults: { model: "sonnet" } }
  const told = { models: modelsFor({ agents: fine }), agents: agents.schema.parse(fine) }
  expect(await assignedKnown.detect(told)).toBeNull()
})
