import { expect, test } from "bun:test"
import { fakeModel } from "../support/fake-model.ts"
import { collect, modelsFor, says } from "./models-for.ts"

const asked = async (
  api: "openai-completions" | "openai-responses" | "anthropic-messages",
  agents: unknown,
  { agentId, call = {}, as = "fake" }: { agentId?: string; call?: object; as?: string } = {},
) => {
  await using server = fakeModel()
  const config = { providers: { [as]: server.provider(api) } }
  const { language } = await modelsFor({ config, agents }).open(`${as}/fake-1`, { agentId })
  await collect((await language.doStream({ prompt: says("hi"), ...call })).stream)
  return server.calls[0]!
}

const agents = {
  defaults: {
    models: {
      "Fake/fake-1": { params: { temperature: 0.2, top_p: 0.5, max_tokens: 77, thinking: "high" } },
    },
  },
  list: [{ id: "main" }, { id: "ada", params: { temperature: 0.9, service_hint: "x" } }],
}

test("what the config says of a model goes with each call, and of an agent before it", async () => {
  const plain = (await asked("openai-completions", agents)).body
  expect(plain).toMatchObject({ temperature: 0.2, top_p: 0.5, max_tokens: 77 })
  expect(plain).not.toHaveProperty("thinking")
  const ada = (await asked("openai-completions", agents, { agentId: "ada" })).body
  expect(ada).toMatchObject({ temperature: 0.9, top_p: 0.5, service_hint: "x" })
})

test("a call that says otherwise wins", async () => {
  const { body } = await asked("openai-completions", agents, { call: { temperature: 1 } })
  expect(body).toMatchObject({ temperature: 1, top_p: 0.5 })
})

test("a provider's own settings reach it by its wire", async () => {
  const own = { defaults: { models: { "fake/fake-1": { params: { safetyIdentifier: "ada" } } } } }
  expect((await asked("openai-responses", own)).body.safety_identifier).toBe("ada")
})

test("the long context is asked for where it may be, and never with a subscription's token", async () => {
  const long = { defaults: { models: { "fake/fake-1": { params: { context1m: true } } } } }
  const { headers, body } = await asked("anthropic-messages", long)
  expect(headers["anthropic-beta"]).toContain("context-1m-2025-08-07")
  expect(JSON.stringify(body)).not.toContain("context1m")
  await using server = fakeModel()
  const provider = { ...server.provider("anthropic-messages"), apiKey: "sk-ant-oat01-x" }
  const models = modelsFor({ config: { providers: { fake: provider } }, agents: long })
  const { language, contextWindow } = await models.open("fake/fake-1")
  expect(contextWindow).toBe(32_000)
  await collect((await language.doStream({ prompt: says("hi") })).stream)
  expect(server.calls[0]!.headers["anthropic-beta"] ?? "").not.toContain("context-1m")
})
