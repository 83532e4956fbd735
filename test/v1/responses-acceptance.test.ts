/** The acceptance cases of the OpenResponses specification, and its shapes for every answer. */
import { describe, expect, test } from "bun:test"
import type { Script } from "../support/fake-model.ts"
import { startResponses } from "./responses-gateway.ts"
import { responseResource, streamEvent } from "./responses-schema.ts"

const user = (content: unknown) => ({ type: "message", role: "user", content })
const heart =
  "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
const weather = {
  type: "function",
  name: "get_weather",
  description: "Get the current weather for a location",
  parameters: {
    type: "object",
    properties: { location: { type: "string" } },
    required: ["location"],
  },
}
const callsWeather: Script = { tools: [{ name: "get_weather", input: { location: "Paris" } }] }

const cases: { name: string; body: object; turn?: Script; type?: string }[] = [
  { name: "a text answer", body: { input: [user("Say hello.")] } },
  { name: "input that is only text", body: { input: "Say hello." } },
  {
    name: "a system prompt",
    body: { input: [{ role: "system", content: "Speak like a pirate." }, user("Say hello.")] },
  },
  {
    name: "a tool call",
    body: { input: [user("What is the weather in Paris?")], tools: [weather] },
    turn: callsWeather,
    type: "function_call",
  },
  {
    name: "a picture",
    body: {
      input: [
        user([
          { type: "input_text", text: "What is this?" },
          { type: "input_image", image_url: heart },
        ]),
      ],
    },
  },
  {
    name: "several turns",
    body: {
      input: [
        user("My name is Alice."),
        { type: "message", role: "assistant", content: "Hello Alice!" },
        user("What is my name?"),
      ],
    },
  },
  {
    name: "thinking",
    body: { input: "Think.", reasoning: { effort: "low", summary: "auto" } },
    turn: { reasoning: "Let me see.", text: "Done." },
    type: "reasoning",
  },
]

describe.each(cases)("$name", ({ body, turn = "Hello there, you.", type = "message" }) => {
  test("is answered with a whole response", async () => {
    await using api = await startResponses({ turns: [turn] })
    const response = responseResource.parse(await api.ask({ model: "fased", ...body }))
    expect(response.status).toBe("completed")
    expect(response.output.map((item) => item.type)).toContain(type as "message")
    expect(response.usage).toMatchObject({ input_tokens: 10, output_tokens: 5, total_tokens: 15 })
  })

  test("is streamed as events that make up the same response", async () => {
    await using api = await startResponses({ turns: [turn] })
    const events = await api.stream({ model: "fased", ...body })
    for (const { name, data } of events) expect(streamEvent.parse(data).type).toBe(name as "error")
    expect(events.map(({ data }) => data.sequence_number)).toEqual([...events.keys()])
    expect(events.slice(0, 2).map(({ name }) => name)).toEqual([
      "response.created",
      "response.in_progress",
    ])
    const { response } = events.at(-1)!.data
    expect(events.at(-1)!.name).toBe("response.completed")
    const done = events.filter(({ name }) => name === "response.output_item.done")
    expect(done.map(({ data }) => data.item)).toEqual(response.output)
    expect(response.output.map((item: { type: string }) => item.type)).toContain(type)
  })
})

test("text comes in the order that the specification gives", async () => {
  await using api = await startResponses({ turns: ["Hello there."] })
  const names = (await api.stream({ input: "Hi" })).map(({ name }) => name)
  expect(names.filter((name, at) => name !== names[at - 1])).toEqual([
    "response.created",
    "response.in_progress",
    "response.output_item.added",
    "response.content_part.added",
    "response.output_text.delta",
    "response.output_text.done",
    "response.content_part.done",
    "response.output_item.done",
    "response.completed",
  ])
})

test("calls come as arguments that add up, each item by itself", async () => {
  const turn = {
    text: "One moment.",
    tools: [
      { name: "get_weather", input: { location: "Paris" } },
      { name: "get_weather", input: { location: "Rome" } },
    ],
  }
  await using api = await startResponses({ turns: [turn] })
  const events = await api.stream({ input: "Weather?", tools: [weather] })
  const { output } = events.at(-1)!.data.response
  expect(output.map((item: { type: string }) => item.type)).toEqual([
    "message",
    "function_call",
    "function_call",
  ])
  for (const { id, arguments: whole, status } of output.slice(1)) {
    const deltas = events.filter(
      ({ name, data }) => name === "response.function_call_arguments.delta" && data.item_id === id,
    )
    expect(deltas.map(({ data }) => data.delta).join("")).toBe(whole)
    expect(status).toBe("completed")
  }
})
