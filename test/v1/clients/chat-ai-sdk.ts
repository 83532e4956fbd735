import { expect, test } from "bun:test"
import { createOpenAICompatible } from "@ai-sdk/openai-compatible"
import { generateText, jsonSchema, Output, stepCountIs, streamText, tool } from "ai"
import { startApi, type StartHost } from "./host.ts"

const providerOf = ({ baseURL, token }: { baseURL: string; token: string }) =>
  createOpenAICompatible({
    name: "gateway",
    baseURL,
    apiKey: token,
    includeUsage: true,
    supportsStructuredOutputs: true,
  })

/** Vercel's AI SDK, driving the chat API. */
export const chatByAiSdk = (start: StartHost) => {
  test("the AI SDK streams from an agent, usage included", async () => {
    await using api = await startApi(start, [{ reasoning: "Hm.", text: "Hello from here." }])
    const { textStream, usage, finishReason } = streamText({
      model: providerOf(api)("fased"),
      prompt: "Hi",
    })
    expect((await Array.fromAsync(textStream)).join("")).toBe("Hello from here.")
    expect(await finishReason).toBe("stop")
    expect((await usage).outputTokens).toBe(5)
  })

  test("the AI SDK runs its tools, step by step", async () => {
    await using api = await startApi(start, [
      { tools: [{ name: "add", input: { a: 2, b: 3 } }] },
      "It is 5.",
    ])

    const { text, steps } = await generateText({
      model: providerOf(api)("fased"),
      prompt: "2+3?",
      tools: {
        add: tool({
          description: "Adds.",
          inputSchema: jsonSchema<{ a: number; b: number }>({
            type: "object",
            properties: { a: { type: "number" }, b: { type: "number" } },
          }),
          execute: async ({ a, b }) => a + b,
        }),
      },
      stopWhen: stepCountIs(3),
    })
    expect(text).toBe("It is 5.")
    expect(steps[0]!.toolResults[0]).toMatchObject({ output: 5 })
  })

  test("the AI SDK gets an object in its shape", async () => {
    await using api = await startApi(start, ['{"city":"Oslo"}'])
    const schema = jsonSchema<{ city: string }>({
      type: "object",
      properties: { city: { type: "string" } },
    })
    const { output } = await generateText({
      model: providerOf(api)("fake/fake-1"),
      output: Output.object({ schema }),
      prompt: "Where?",
    })
    expect(JSON.stringify(api.model.calls[0]!.body.response_format)).toContain("json")
    expect(output).toEqual({ city: "Oslo" })
  })
}
