import { describe, expect, test } from "bun:test"
import { createOpenAI } from "@ai-sdk/openai"
import { createOpenResponses } from "@ai-sdk/open-responses"
import {
  Agent,
  OpenAIResponsesModel,
  run,
  setTracingDisabled,
  tool as agentTool,
} from "@openai/agents"
import { generateText, stepCountIs, streamText, tool } from "ai"
import { APIError, BadRequestError, NotFoundError, type OpenAI } from "openai"
import { zodTextFormat } from "openai/helpers/zod"
import { z } from "zod"
import type { Script } from "../../support/fake-model.ts"
import { pdf } from "../../support/pdf.ts"
import { startApi, type StartHost } from "./host.ts"

setTracingDisabled(true)

const callsAdd: Script = { tools: [{ id: "call_7", name: "add", input: { a: 1, b: 2 } }] }
const add = {
  description: "Adds two numbers.",
  inputSchema: z.object({ a: z.number(), b: z.number() }),
}
const numbers = { type: "object", properties: { a: { type: "number" }, b: { type: "number" } } }

interface Place {
  baseURL: string
  token: string
}

const types = { "a.html": "text/html", "a.pdf": "application/pdf" }

/** Its promises are none that the test runner knows. */
const failure = (asked: PromiseLike<unknown>) =>
  asked.then(
    () => "no failure",
    (error: unknown) => error,
  )

/** The clients that people have, driving the Responses API. */
export const responsesByClients = (start: StartHost) => {
  describe("openai", () => {
    test("asks, reads and deletes", async () => {
      await using api = await startApi(start, ["Hello there."])
      const response = await api.openai.responses.create({ model: "fased", input: "Hi" })
      expect(response.output_text).toBe("Hello there.")
      expect((await api.openai.responses.retrieve(response.id)).output_text).toBe("Hello there.")
      await api.openai.responses.delete(response.id)
      expect(await failure(api.openai.responses.retrieve(response.id))).toBeInstanceOf(
        NotFoundError,
      )
    })

    test("hands in a page and a PDF, of which the model reads the text", async () => {
      await using api = await startApi(start, ["Read.", "Read."])
      const files = {
        "a.html": `<html><body><article><h1>News</h1><p>${"tea ".repeat(200)}</p></article></body></html>`,
        "a.pdf": pdf(Array(60).fill("word").join(") Tj 0 -1 Td (")),
      }
      for (const [filename, text] of Object.entries(files)) {
        const file_data = `data:${types[filename as keyof typeof files]};base64,${btoa(text)}`
        const content = [
          { type: "input_file" as const, filename, file_data },
          { type: "input_text" as const, text: "What is in it?" },
        ]
        await api.openai.responses.create({ model: "fased", input: [{ role: "user", content }] })
      }
      const [page, document] = api.model.calls.map(({ body }) => JSON.stringify(body.messages))
      expect(page).toContain("tea tea")
      expect(page).not.toContain("<article>")
      expect(document).toContain("[page 1 of 1]")
    })

    test("says what the model counted, thinking included, over all calls of a turn", async () => {
      const usage = { input: 100, output: 7, reasoning: 3, cacheRead: 60 }
      await using api = await startApi(start, [
        { tools: [{ name: "session_status", input: {} }], usage },
        { text: "Fine.", usage },
      ])
      const response = await api.openai.responses.create({ model: "fased", input: "Well?" })
      expect(response.usage).toEqual({
        input_tokens: 200,
        input_tokens_details: { cached_tokens: 120, cache_write_tokens: 0 },
        output_tokens: 14,
        output_tokens_details: { reasoning_tokens: 6 },
        total_tokens: 214,
      })
    })

    test("lists what a response answered, page by page", async () => {
      await using api = await startApi(start, [callsAdd, "It is 3.", "It still is."])
      const tools = [{ type: "function" as const, name: "add", parameters: numbers, strict: false }]
      const { responses } = api.openai
      const first = await responses.create({ model: "fased", input: "1 + 2?", tools })
      const second = await responses.create({
        model: "fased",
        previous_response_id: first.id,
        tools,
        input: [{ type: "function_call_output", call_id: "call_7", output: "3" }],
      })
      const third = await responses.create({
        model: "fased",
        previous_response_id: second.id,
        input: "Sure?",
      })
      const page = await responses.inputItems.list(third.id, { order: "asc", limit: 2 })
      const items = await Array.fromAsync(page)
      expect(items).toMatchObject([
        { type: "message", role: "user", content: [{ type: "input_text", text: "1 + 2?" }] },
        { ...first.output[0]! },
        { type: "function_call_output", call_id: "call_7" },
        { ...second.output[0]! },
        { type: "message", role: "user", content: [{ text: "Sure?" }] },
      ])
      expect(new Set(items.map(({ id }) => id)).size).toBe(5)
      const newest = await responses.inputItems.list(third.id, { limit: 1 })
      expect(newest.data[0]!.id).toBe(items.at(-1)!.id)
      const unknown = responses.inputItems.list("resp_nope")
      expect(await failure(unknown)).toBeInstanceOf(NotFoundError)
      const wrong = responses.inputItems.list(third.id, { limit: 1000 })
      expect(await failure(wrong)).toBeInstanceOf(BadRequestError)
    })

    test("streams, and puts the same response together from the events", async () => {
      await using api = await startApi(start, [{ reasoning: "Hm.", text: "one two three" }])
      const stream = api.openai.responses.stream({
        model: "fased",
        input: "Count",
        reasoning: { effort: "low", summary: "auto" },
      })
      let heard = ""
      stream.on("response.output_text.delta", ({ delta }) => (heard += delta))
      const response = await stream.finalResponse()
      expect(heard).toBe("one two three")
      expect(response.output_text).toBe("one two three")
      expect(response.output.map(({ type }) => type)).toEqual(["reasoning", "message"])
    })

    test("makes the calls of a stream and goes on", async () => {
      await using api = await startApi(start, [callsAdd, "It is 3."])
      const tools = [{ type: "function" as const, name: "add", parameters: numbers, strict: false }]
      const stream = api.openai.responses.stream({ model: "fased", input: "1 + 2?", tools })
      const { id, output } = await stream.finalResponse()
      const call = output.find((item) => item.type === "function_call")!
      expect(JSON.parse(call.arguments)).toEqual({ a: 1, b: 2 })
      const second = await api.openai.responses.create({
        model: "fased",
        previous_response_id: id,
        tools,
        input: [{ type: "function_call_output", call_id: call.call_id, output: "3" }],
      })
      expect(second.output_text).toBe("It is 3.")
    })

    test("sends what came back, thoughts and calls and all", async () => {
      await using api = await startApi(start, [
        { reasoning: "Hm.", ...(callsAdd as object) },
        "It is 3.",
      ])
      const tools = [{ type: "function" as const, name: "add", parameters: numbers, strict: false }]
      const first = await api.openai.responses.create({
        model: "fased",
        input: "1 + 2?",
        tools,
        store: false,
        reasoning: { summary: "auto" },
      })
      const second = await api.openai.responses.create({
        model: "fased",
        tools,
        store: false,
        input: [
          { role: "user", content: "1 + 2?" },
          ...(first.output as OpenAI.Responses.ResponseInputItem[]),
          { type: "function_call_output", call_id: "call_7", output: "3" },
        ],
      })
      expect(second.output_text).toBe("It is 3.")
    })

    test("reads an answer in a shape", async () => {
      await using api = await startApi(start, ['{"city":"Paris"}'])
      const shape = zodTextFormat(z.object({ city: z.string() }), "place")
      const { output_parsed } = await api.openai.responses.parse({
        model: "fased",
        input: "Where?",
        text: { format: shape },
      })
      expect(output_parsed).toEqual({ city: "Paris" })
      expect(api.model.calls[0]!.body.response_format).toBeDefined()
    })

    test("is told what is wrong, in the request and in the stream", async () => {
      await using api = await startApi(start, [{ text: "one two three", failAfter: { pieces: 1 } }])
      const wrong = api.openai.responses.create({ model: "fased", input: "Hi", temperature: 7 })
      expect(await failure(wrong)).toBeInstanceOf(BadRequestError)
      const stream = await api.openai.responses.create({
        model: "fased",
        input: "Hi",
        stream: true,
      })
      const reading = (async () => {
        for await (const _ of stream);
      })()
      expect(await failure(reading)).toBeInstanceOf(APIError)
    })

    test("stops the turn by hanging up", async () => {
      await using api = await startApi(start, [{ text: "one two three", holdAfter: 1 }])
      const stream = await api.openai.responses.create({
        model: "fased",
        input: "Hi",
        stream: true,
      })
      for await (const { type } of stream) if (type === "response.output_text.delta") break
      stream.controller.abort()
      await api.model.hungUp()
    })
  })

  describe.each([
    ["@ai-sdk/openai", ({ baseURL, token }: Place) => createOpenAI({ baseURL, apiKey: token })],
    [
      "@ai-sdk/open-responses",
      ({ baseURL, token }: Place) =>
        createOpenResponses({ name: "fased", url: `${baseURL}/responses`, apiKey: token }),
    ],
  ])("ai with %s", (_, provider) => {
    test("answers, tools and all", async () => {
      await using api = await startApi(start, [callsAdd, "It is 3."])
      const { text, steps } = await generateText({
        model: provider(api)("fased"),
        prompt: "1 + 2?",
        tools: { add: tool({ ...add, execute: ({ a, b }) => a + b }) },
        stopWhen: stepCountIs(3),
      })
      expect(text).toBe("It is 3.")
      expect(steps.map(({ finishReason }) => finishReason)).toEqual(["tool-calls", "stop"])
      expect(api.heard()).toMatchObject([
        { role: "user" },
        { role: "assistant", tool_calls: [{ id: "call_7" }] },
        { role: "tool", content: "3" },
      ])
    })

    test("streams", async () => {
      await using api = await startApi(start, ["one two three"])
      const { textStream, usage, finishReason } = streamText({
        model: provider(api)("fased"),
        system: "Count.",
        prompt: "Go",
      })
      let heard = ""
      for await (const delta of textStream) heard += delta
      expect(heard).toBe("one two three")
      expect(await finishReason).toBe("stop")
      expect(await usage).toMatchObject({ inputTokens: 10, outputTokens: 5 })
      expect(api.told()).toContain("Count.")
    })
  })

  describe("@openai/agents", () => {
    const assistant = (openai: OpenAI) =>
      new Agent({
        name: "Adder",
        instructions: "Add.",
        model: new OpenAIResponsesModel(openai, "fased"),
        tools: [
          agentTool({
            name: "add",
            description: "Adds two numbers.",
            parameters: z.object({ a: z.number(), b: z.number() }),
            execute: ({ a, b }) => String(a + b),
          }),
        ],
      })

    test("runs its tools", async () => {
      await using api = await startApi(start, [callsAdd, "It is 3."])
      const { finalOutput } = await run(assistant(api.openai), "1 + 2?")
      expect(finalOutput).toBe("It is 3.")
      expect(api.told()).toContain("Add.")
    })

    test("runs its tools from a stream", async () => {
      await using api = await startApi(start, [callsAdd, "It is 3."])
      const result = await run(assistant(api.openai), "1 + 2?", { stream: true })
      await result.completed
      expect(result.finalOutput).toBe("It is 3.")
    })
  })
}
