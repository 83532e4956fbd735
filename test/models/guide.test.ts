import { describe, expect, test } from "bun:test"
import type { LanguageModelV4FunctionTool, LanguageModelV4Prompt } from "@ai-sdk/provider"
import fc from "fast-check"
import { createGuide } from "../../src/models/guide.ts"
import { topicOf } from "../../src/models/guide-topics.ts"
import { collect, partOf, says, textOf } from "./models-for.ts"

const guide = createGuide()
const gateway: LanguageModelV4FunctionTool = {
  type: "function",
  name: "gateway",
  description: "This gateway.",
  inputSchema: { type: "object", properties: { action: { type: "string" } } },
}

const state = {
  version: "0.1.0",
  url: "http://127.0.0.1:18789/",
  configPath: "/home/ada/.fased/fased.json",
  stateDir: "/home/ada/.fased",
  logFile: "/home/ada/.fased/logs/fased.log",
  uptimeMs: 3 * 3_600_000,
  model: { default: "fased/guide", connected: [] as string[] },
  channels: [],
  sessions: { count: 2 },
  findings: [
    {
      id: "models.connected",
      severity: "hint",
      title: "A language model is connected",
      explain: "No language model is connected; the built-in guide answers.",
      next: "Set OPENAI_API_KEY, or: fased secrets set models.providers.openai.apiKey",
    },
  ],
}

/** Plays the agent: runs the tool the guide asks for, and returns what it says then. */
const ask = async (text: string, result: unknown = state, tools = [gateway]) => {
  const prompt: LanguageModelV4Prompt = says(text)
  const first = await collect((await guide.doStream({ prompt, tools })).stream)
  const call = partOf(first, "tool-call")
  if (!call) return textOf(first)
  expect(partOf(first, "finish")!.finishReason.unified).toBe("tool-calls")
  expect(JSON.parse(call.input)).toEqual({ action: "status" })
  const { toolCallId, toolName } = call
  prompt.push(
    { role: "assistant", content: [{ type: "tool-call", toolCallId, toolName, input: {} }] },
    {
      role: "tool",
      content: [
        {
          type: "tool-result",
          toolCallId,
          toolName,
          output: {
            type: "text",
            value: typeof result === "string" ? result : JSON.stringify(result),
          },
        },
      ],
    },
  )
  const second = await collect((await guide.doStream({ prompt, tools })).stream)
  expect(partOf(second, "tool-call")).toBeUndefined()
  expect(partOf(second, "finish")!.finishReason.unified).toBe("stop")
  return textOf(second)
}

const topics: [string, string][] = [
  ["hello", "greeting"],
  ["Hi there!", "greeting"],
  ["", "greeting"],
  ["what can you do?", "help"],
  ["help", "help"],
  ["What is fased?", "help"],
  ["how do I get started", "help"],
  ["who are you?", "who"],
  ["Are you ChatGPT?", "who"],
  ["are you a real person", "who"],
  ["is everything ok?", "status"],
  ["what's wrong", "status"],
  ["status", "status"],
  ["how do I connect a model", "model"],
  ["where do I put my OpenAI API key?", "model"],
  ["use claude", "model"],
  ["can I run ollama locally", "model"],
  ["add telegram", "channels"],
  ["how do I connect my Telegram bot token", "channels"],
  ["does it work with WhatsApp?", "channels"],
  ["install it as a service", "service"],
  ["keep it running after reboot", "service"],
  ["open the dashboard", "dashboard"],
  ["where are the logs?", "logs"],
  ["where is the config file", "config"],
  ["change a setting", "config"],
  ["show my sessions", "sessions"],
  ["is this secure?", "security"],
  ["where is my token", "security"],
  ["how do I stop you", "stop"],
  ["thanks!", "thanks"],
  ["here is my key sk-proj-abcdefghij0123456789", "key-pasted"],
  ["Write a poem about the sea and the moon", "fallback"],
  ["why is the sky blue", "fallback"],
]

for (const [text, id] of topics)
  test(`“${text}” is about ${id}`, () => expect(topicOf(text).id).toBe(id))

describe("every answer", () => {
  for (const [text] of topics)
    test(`to “${text}” ends with something to run`, async () => {
      const answer = await ask(text)
      expect(answer).toMatch(/```sh\nfased /)
      expect(answer.trimEnd()).toEndWith("```")
      expect(answer).not.toMatch(/undefined|\[object|NaN/)
    })

  test("stands without the tool", async () => {
    for (const [text] of topics) {
      const answer = await ask(text, state, [])
      expect(answer).toMatch(/```sh\nfased /)
      expect(answer).not.toMatch(/undefined|\[object|NaN/)
    }
  })

  test("names only commands that exist today", async () => {
    const known =
      /^fased (?:status|health|configure --section model$|models (?:list|status)|config (?:get|set) |logs --follow|dashboard|agent --message |sessions|secrets set |gateway (?:status|run|install)|doctor|channels (?:add|status|login)|plugins install )/
    for (const [text] of topics)
      for (const block of (await ask(text)).matchAll(/```sh\n([^`]+)```/g))
        for (const command of block[1]!.trim().split("\n")) expect(command).toMatch(known)
  })
})

test("the guide says that it is not a language model", async () => {
  expect(await ask("who are you")).toContain("I am not a language model")
  expect(await ask("hello")).toContain("not a language model")
  expect(await ask("tell me a joke about cats")).toContain("not a language model")
})

test("a status answer is made of the gateway's own facts", async () => {
  const answer = await ask("status")
  expect(answer).toContain("fased 0.1.0 is up for 3 hours at http://127.0.0.1:18789/")
  expect(answer).toContain("Sessions: 2")
  expect(answer).toContain("No language model is connected")
  expect(answer).toEndWith(
    "Set OPENAI_API_KEY, or:\n\n```sh\nfased secrets set models.providers.openai.apiKey\n```",
  )
})

test("the worst finding comes first", async () => {
  const findings = [
    ...state.findings,
    { id: "x", severity: "error", title: "t", explain: "The disk is full.", next: "fased doctor" },
  ]
  const answer = await ask("is everything ok?", { ...state, findings })
  expect(answer).toMatch(/\*\*Broken:\*\* The disk is full[^]*\*\*Tip:\*\* No language model/)
  expect(answer).toEndWith("```sh\nfased doctor\n```")
  expect(await ask("hello", { ...state, findings })).toContain("**Next:** The disk is full.")
})

test("a chat network is connected by its own command, and people are let in by another", async () => {
  const answer = await ask("connect Discord please")
  expect(answer).toContain("fased channels add discord")
  expect(answer).toContain("fased pairing approve")
  expect(await ask("and WhatsApp?")).toContain("fased plugins install whatsapp")
})

test("a connected model is named, so that someone can pick it", async () => {
  const model = { default: "fased/guide", connected: ["fased", "openai"] }
  const answer = await ask("write me an essay on trees", { ...state, model, findings: [] })
  expect(answer).toContain("one is connected: `openai`")
  expect(answer).toContain("fased config set agents.defaults.model")
})

test("a pasted key is not repeated", async () => {
  const answer = await ask("my key is sk-ant-api03-abcdefghijklmnop")
  expect(answer).not.toContain("abcdefghijklmnop")
  expect(answer).toContain("revoke it")
  expect(answer).toContain("ANTHROPIC_API_KEY")
})

test("the guide asks once: a refused or broken tool is answered without it", async () => {
  for (const odd of [
    "not json",
    "null",
    "[]",
    '"text"',
    { findings: "none", model: 7, uptimeMs: -1 },
  ])
    expect(await ask("status", odd)).toContain("fased")
})

test("a tool that may not be called is not called", async () => {
  const { stream } = await guide.doStream({
    prompt: says("status"),
    tools: [gateway],
    toolChoice: { type: "none" },
  })
  expect(partOf(await collect(stream), "tool-call")).toBeUndefined()
})

test("a question asked again later asks the gateway again", async () => {
  const prompt: LanguageModelV4Prompt = [
    ...says("status"),
    {
      role: "assistant",
      content: [{ type: "tool-call", toolCallId: "1", toolName: "gateway", input: {} }],
    },
    {
      role: "tool",
      content: [
        {
          type: "tool-result",
          toolCallId: "1",
          toolName: "gateway",
          output: { type: "json", value: {} },
        },
      ],
    },
    { role: "assistant", content: [{ type: "text", text: "It is up." }] },
    ...says("and now?  status"),
  ]
  const parts = await collect((await guide.doStream({ prompt, tools: [gateway] })).stream)
  expect(partOf(parts, "tool-call")).toBeDefined()
})

test("words stream one by one, and an abort stops them", async () => {
  const stop = new AbortController()
  const { stream } = await guide.doStream({ prompt: says("thanks"), abortSignal: stop.signal })
  const words: string[] = []
  const reading = (async () => {
    for await (const part of stream)
      if (part.type === "text-delta" && words.push(part.delta) === 3) stop.abort()
  })()
  expect(((await reading.catch((error: unknown) => error)) as Error).name).toBe("AbortError")
  expect(words.length).toBeLessThan(6)
})

test("the guide counts no tokens, and answers doGenerate with the same words", async () => {
  const streamed = await collect((await guide.doStream({ prompt: says("thanks") })).stream)
  const whole = await guide.doGenerate({ prompt: says("thanks") })
  expect(whole.content).toEqual([{ type: "text", text: textOf(streamed) }])
  expect(partOf(streamed, "finish")!.usage.outputTokens.total).toBe(0)
})

test("any text and any tool result get an answer, quickly", async () => {
  await fc.assert(
    fc.asyncProperty(fc.string({ maxLength: 400 }), fc.jsonValue(), async (text, result) => {
      const answer = await ask(text, JSON.stringify(result))
      expect(answer.length).toBeGreaterThan(20)
    }),
    { numRuns: 200 },
  )
})
