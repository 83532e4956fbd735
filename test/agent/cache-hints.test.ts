import { expect, test } from "bun:test"
import { withCacheHints } from "../../src/agent/cache-hints.ts"
import type { OpenModel } from "../../src/models/service.ts"
import { startConversation } from "../support/conversation.ts"
import { fakeModel } from "../support/fake-model.ts"

const prompt = [
  { role: "system" as const, content: "You are Ada." },
  { role: "user" as const, content: [{ type: "text" as const, text: "one" }] },
  { role: "assistant" as const, content: [{ type: "text" as const, text: "two" }] },
  { role: "user" as const, content: [{ type: "text" as const, text: "three" }] },
]
const hints = (model: Partial<OpenModel>) => withCacheHints(prompt, model as OpenModel, "session-1")
const marksOf = (model: Partial<OpenModel>) =>
  hints(model).prompt.map(({ providerOptions }) => providerOptions?.anthropic?.cacheControl)

const claude = { provider: "anthropic", model: "claude", api: "anthropic-messages" } as const
const gpt = { provider: "openai", model: "gpt", api: "openai-responses" } as const

test("Anthropic gets marks on the system prompt and the newest message", () => {
  const mark = { type: "ephemeral" }
  expect(marksOf(claude)).toEqual([mark, undefined, undefined, mark] as never)
  const [long] = marksOf({ ...claude, params: { cacheRetention: "long" } })
  expect(long).toEqual({ type: "ephemeral", ttl: "1h" })
})

test("OpenAI gets a name all calls of the session share", () => {
  expect(hints(gpt).providerOptions).toEqual({ openai: { promptCacheKey: "session-1" } })
  const long = hints({ ...gpt, params: { cacheRetention: "long" } })
  expect(long.providerOptions?.openai).toMatchObject({ promptCacheRetention: "24h" })
})

test("with none, and for those that know nothing of it, nothing is said", () => {
  for (const model of [
    { ...claude, params: { cacheRetention: "none" } },
    { ...gpt, params: { cacheRetention: "none" } },
    { provider: "ollama", model: "m", api: "openai-completions" } as const,
  ])
    expect(hints(model)).toEqual({ prompt })
})

test("the marks are on Anthropic's wire", async () => {
  await using server = fakeModel({ turns: ["Hello."] })
  await using place = await startConversation(["unused"], {
    models: { providers: { fake: server.provider("anthropic-messages") } },
  })
  await place.chat.ask("hi")
  const { body } = server.calls[0]!
  expect(body.system.at(-1).cache_control).toEqual({ type: "ephemeral" })
  expect(body.messages.at(-1).content.at(-1).cache_control).toEqual({ type: "ephemeral" })
})
