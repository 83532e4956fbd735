import { expect, test } from "bun:test"
import type { LanguageModelV4FunctionTool } from "@ai-sdk/provider"
import { type Api, fakeKey, fakeModel, type Script } from "../support/fake-model.ts"
import { collect, modelsFor, partOf, says, textOf } from "./models-for.ts"

const apis: Api[] = [
  "openai-completions",
  "openai-responses",
  "anthropic-messages",
  "google-generative-ai",
]

const weather: LanguageModelV4FunctionTool = {
  type: "function",
  name: "weather",
  description: "The weather in a city.",
  inputSchema: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
}

const open = async (api: Api, turns: Script[], more: object = {}) => {
  const server = fakeModel({ turns })
  const models = modelsFor({
    config: { mode: "replace", providers: { fake: { ...server.provider(api), ...more } } },
  })
  const { language } = await models.open("fake/fake-1")
  return { server, language, models }
}

for (const api of apis) {
  test(`${api}: text arrives word by word, with usage at the end`, async () => {
    const { server, language } = await open(api, [
      { text: "The quick brown fox.", usage: { input: 12, output: 7 } },
    ])
    await using _ = server
    const { stream } = await language.doStream({ prompt: says("hi") })
    const parts = await collect(stream)
    expect(textOf(parts)).toBe("The quick brown fox.")
    expect(parts.filter(({ type }) => type === "text-delta").length).toBeGreaterThanOrEqual(4)
    const finish = partOf(parts, "finish")!
    expect(finish.finishReason.unified).toBe("stop")
    expect(finish.usage.inputTokens.total).toBe(12)
    expect(finish.usage.outputTokens.total).toBe(7)
    expect(partOf(parts, "error")).toBeUndefined()
  })

  test(`${api}: a tool call arrives whole, and its result goes back`, async () => {
    const { server, language } = await open(api, [
      { tools: [{ name: "weather", input: { city: "Graz" } }] },
      "Sunny in Graz.",
    ])
    await using _ = server
    const prompt = says("weather in Graz?")
    const first = await collect((await language.doStream({ prompt, tools: [weather] })).stream)
    const call = partOf(first, "tool-call")!
    expect(call.toolName).toBe("weather")
    expect(JSON.parse(call.input)).toEqual({ city: "Graz" })
    expect(partOf(first, "finish")!.finishReason.unified).toBe("tool-calls")

    const { toolCallId, toolName } = call
    const second = await language.doStream({
      tools: [weather],
      prompt: [
        ...prompt,
        {
          role: "assistant",
          content: [{ type: "tool-call", toolCallId, toolName, input: { city: "Graz" } }],
        },
        {
          role: "tool",
          content: [
            {
              type: "tool-result",
              toolCallId,
              toolName,
              output: { type: "text", value: "sun, 21°" },
            },
          ],
        },
      ],
    })
    expect(textOf(await collect(second.stream))).toBe("Sunny in Graz.")
    expect(JSON.stringify(server.calls[1]!.body)).toContain("sun, 21°")
  })

  test(`${api}: thinking is kept apart from the answer`, async () => {
    const { server, language } = await open(api, [{ reasoning: "Let me see.", text: "Yes." }])
    await using _ = server
    const parts = await collect((await language.doStream({ prompt: says("hm?") })).stream)
    const thought = parts
      .map((part) => (part.type === "reasoning-delta" ? part.delta : ""))
      .join("")
    expect(thought).toBe("Let me see.")
    expect(textOf(parts)).toBe("Yes.")
  })

  test(`${api}: an abort reaches the provider and surfaces as an abort`, async () => {
    const { server, language } = await open(api, [
      { text: "one two three four five six", holdAfter: 4 },
    ])
    await using _ = server
    const stop = new AbortController()
    const failed = (async () => {
      const { stream } = await language.doStream({ prompt: says("hi"), abortSignal: stop.signal })
      for await (const part of stream) if (part.type === "text-delta") stop.abort()
    })().catch((error: unknown) => error)
    expect(((await failed) as Error).name).toBe("AbortError")
    await server.hungUp()
  })

  test(`${api}: an abort before the first word is an abort as well`, async () => {
    const { server, language } = await open(api, [{ holdRequest: true }])
    await using _ = server
    const stop = new AbortController()
    const failed = Promise.resolve(
      language.doStream({ prompt: says("hi"), abortSignal: stop.signal }),
    ).catch((error: unknown) => error)
    await server.called()
    stop.abort()
    expect(((await failed) as Error).name).toBe("AbortError")
    await server.hungUp()
  })

  test(`${api}: the key travels in one header, with the configured ones beside it`, async () => {
    const { server, language } = await open(api, ["ok"], { headers: { "x-team": "blue" } })
    await using _ = server
    await collect((await language.doStream({ prompt: says("hi") })).stream)
    const { headers } = server.calls[0]!
    const carrying = Object.entries(headers).filter(([, value]) => value.includes(fakeKey))
    expect(carrying).toHaveLength(1)
    expect(headers["x-team"]).toBe("blue")
    expect(JSON.stringify(headers)).not.toContain("see-provider-fetch")
  })
}

test("authHeader sends the key as a bearer token to a server with a header of its own", async () => {
  const { server, language } = await open("anthropic-messages", ["ok"], { authHeader: true })
  await using _ = server
  await collect((await language.doStream({ prompt: says("hi") })).stream)
  expect(server.calls[0]!.headers.authorization).toBe(`Bearer ${fakeKey}`)
  expect(server.calls[0]!.headers["x-api-key"]).toBeUndefined()
})

test("a local server without a key is called without one, whatever the environment holds", async () => {
  await using server = fakeModel({ turns: ["ok"] })
  process.env.ANTHROPIC_API_KEY = "sk-ant-must-not-leave"
  try {
    const { apiKey: _unused, ...provider } = server.provider("anthropic-messages")
    const models = modelsFor({ config: { mode: "replace", providers: { local: provider } } })
    const { language } = await models.open("local/fake-1")
    await collect((await language.doStream({ prompt: says("hi") })).stream)
    expect(JSON.stringify(server.calls[0]!.headers)).not.toContain("must-not-leave")
  } finally {
    delete process.env.ANTHROPIC_API_KEY
  }
})

test("a configured maxTokens is asked for; the caller's own wish wins", async () => {
  await using server = fakeModel({ turns: ["ok"] })
  const provider = server.provider("openai-completions")
  const models = modelsFor({
    config: { providers: { fake: { ...provider, models: [{ id: "fake-1", maxTokens: 321 }] } } },
  })
  const { language } = await models.open("fake/fake-1")
  await collect((await language.doStream({ prompt: says("hi") })).stream)
  await collect((await language.doStream({ prompt: says("hi"), maxOutputTokens: 9 })).stream)
  expect(server.calls.map(({ body }) => body.max_tokens)).toEqual([321, 9])
})

test("300 answers that are still under way keep nobody else waiting", async () => {
  const slow = Array.from({ length: 300 }, () => ({ text: "One two.", holdAfter: 1 }))
  await using server = fakeModel({ turns: [...slow, "Here."] })
  const models = modelsFor({
    config: { mode: "replace", providers: { fake: server.provider("openai-completions") } },
  })
  const { language } = await models.open("fake/fake-1")
  const ask = () => language.doStream({ prompt: says("hi") })
  const underWay = await Promise.all(slow.map(ask))
  expect(textOf(await collect((await ask()).stream))).toBe("Here.")
  await Promise.all(underWay.map(({ stream }) => stream.cancel()))
})
