import { expect, test } from "bun:test"
import type OpenAI from "openai"
import { pngOf } from "../../support/pictures.ts"
import { says, weather } from "../chat-gateway.ts"
import { startApi, type StartHost } from "./host.ts"

const system = (body: { messages: { role: string; content: string }[] }) =>
  body.messages.filter(({ role }) => role === "system").map(({ content }) => content)

/** OpenAI's library, driving the chat API. */
export const chatByOpenAi = (start: StartHost) => {
  test("an agent answers, with what its model counted", async () => {
    await using api = await startApi(start, [
      { text: "Hello there.", usage: { input: 100, output: 7, reasoning: 3, cacheRead: 60 } },
    ])
    const answer = await api.openai.chat.completions.create({
      model: "fased",
      messages: [{ role: "system", content: "Speak like a sailor." }, ...says("Hi")],
    })
    expect(answer.choices[0]).toMatchObject({
      index: 0,
      finish_reason: "stop",
      message: { role: "assistant", content: "Hello there." },
    })
    expect(answer.usage).toMatchObject({
      prompt_tokens: 100,
      completion_tokens: 7,
      total_tokens: 107,
      prompt_tokens_details: { cached_tokens: 60 },
      completion_tokens_details: { reasoning_tokens: 3 },
    })
    const [asked] = api.model.calls
    expect(system(asked!.body)[0]).toContain("Speak like a sailor.")
    expect(system(asked!.body)[0]).toContain("reached through fased")
  })

  test("a stream brings the role, the words, the end and what it cost", async () => {
    await using api = await startApi(start, ["One two three."])
    const stream = await api.openai.chat.completions.create({
      model: "fased/main",
      messages: says("Count"),
      stream: true,
      stream_options: { include_usage: true },
    })
    const chunks = await Array.fromAsync(stream)
    expect(chunks[0]!.choices[0]!.delta).toEqual({ role: "assistant", content: "" })
    const words = chunks.map(({ choices: [choice] }) => choice?.delta.content ?? "").join("")
    expect(words).toBe("One two three.")
    expect(chunks.at(-2)!.choices[0]).toMatchObject({ delta: {}, finish_reason: "stop" })
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { total_tokens: 15 } })
    expect(new Set(chunks.map(({ id }) => id)).size).toBe(1)
  })

  test("words come as the model says them", async () => {
    await using api = await startApi(start, [{ text: "first second", holdAfter: 1 }])
    const stream = await api.openai.chat.completions.create({
      model: "fased",
      messages: says("Go"),
      stream: true,
    })
    let text = ""
    for await (const { choices } of stream) {
      text += choices[0]?.delta.content ?? ""
      if (text) api.model.release()
    }
    expect(text).toBe("first second")
  })

  test("the client's own tools go round: the call, its result, the answer", async () => {
    await using api = await startApi(start, [
      { tools: [{ name: "get_weather", input: { city: "Oslo" }, id: "call_1" }] },
      "Rain in Oslo.",
    ])
    const messages: OpenAI.ChatCompletionMessageParam[] = says("Weather in Oslo?")
    const first = await api.openai.chat.completions.create({
      model: "fased",
      messages,
      tools: [weather],
    })
    const { message, finish_reason } = first.choices[0]!
    expect(finish_reason).toBe("tool_calls")
    expect(message.content).toBeNull()
    const [call] = message.tool_calls!
    expect(call).toMatchObject({ id: "call_1", function: { name: "get_weather" } })
    const second = await api.openai.chat.completions.create({
      model: "fased",
      messages: [...messages, message, { role: "tool", tool_call_id: call!.id, content: "rain" }],
      tools: [weather],
    })
    expect(second.choices[0]!.message.content).toBe("Rain in Oslo.")
    const { messages: read, tools } = api.model.calls[1]!.body
    expect(read.slice(1).map(({ role }: { role: string }) => role)).toEqual([
      "user",
      "assistant",
      "tool",
    ])
    expect(read.at(-1)).toMatchObject({ tool_call_id: "call_1", content: "rain" })
    const names = tools.map((tool: typeof weather) => tool.function.name)
    expect(names).toContain("get_weather")
    expect(names).toContain("session_status")
  })

  test("calls are streamed as they are written", async () => {
    await using api = await startApi(start, [
      { text: "Let me look.", tools: [{ name: "get_weather", input: { city: "Oslo" } }] },
    ])
    const stream = api.openai.chat.completions.stream({
      model: "fased",
      messages: says("Weather?"),
      tools: [weather],
    })
    const whole = await stream.finalChatCompletion()
    const { message, finish_reason } = whole.choices[0]!
    expect(finish_reason).toBe("tool_calls")
    expect(message.content).toBe("Let me look.")
    expect(
      JSON.parse(
        (message.tool_calls![0] as { function: { arguments: string } }).function.arguments,
      ),
    ).toEqual({
      city: "Oslo",
    })
  })

  test("an agent uses its own tools on the way to the client's", async () => {
    await using api = await startApi(start, [
      {
        tools: [
          { name: "session_status", input: {} },
          { name: "get_weather", input: { city: "Oslo" }, id: "call_9" },
        ],
      },
    ])
    const { choices } = await api.openai.chat.completions.create({
      model: "fased",
      messages: says("Weather?"),
      tools: [weather],
      user: "ada",
    })
    expect(choices[0]!.message.tool_calls!.map(({ id }) => id)).toEqual(["call_9"])
    const answer = await api.openai.chat.completions.create({
      model: "fased",
      messages: [{ role: "tool", tool_call_id: "call_9", content: "sun" }],
      tools: [weather],
      user: "ada",
    })
    expect(answer.choices[0]!.finish_reason).toBe("tool_calls")
    const results = api.model.calls[1]!.body.messages.filter(
      ({ role }: { role: string }) => role === "tool",
    )
    expect(results).toHaveLength(2)
    expect(results.at(-1)).toMatchObject({ tool_call_id: "call_9", content: "sun" })
  })

  test("a tool that has to be called is the only one offered; none is none", async () => {
    await using api = await startApi(start, ["Fine."])
    const create = (choice: OpenAI.ChatCompletionToolChoiceOption) =>
      api.openai.chat.completions.create({
        model: "fased",
        messages: says("Go"),
        tools: [weather],
        tool_choice: choice,
        parallel_tool_calls: false,
      })
    await create({ type: "function", function: { name: "get_weather" } })
    await create("none")
    const [forced, free] = api.model.calls.map(({ body }) => body)
    expect(forced.tools).toHaveLength(1)
    expect(forced.tool_choice).toEqual({ type: "function", function: { name: "get_weather" } })
    expect(forced.parallel_tool_calls).toBe(false)
    expect(JSON.stringify(free.tools)).not.toContain("get_weather")
  })

  test("how to write is passed on to the model", async () => {
    await using api = await startApi(start, ["{}"])
    const schema = { type: "object", properties: { a: { type: "number" } } }
    await api.openai.chat.completions.create({
      model: "fased",
      messages: says("Go"),
      temperature: 0.5,
      top_p: 0.9,
      max_completion_tokens: 77,
      seed: 4,
      stop: ["END"],
      response_format: { type: "json_schema", json_schema: { name: "answer", schema } },
    })
    expect(api.model.calls[0]!.body).toMatchObject({
      temperature: 0.5,
      top_p: 0.9,
      max_tokens: 77,
      seed: 4,
      stop: ["END"],
    })
    expect(JSON.stringify(api.model.calls[0]!.body.response_format)).toContain("json")
  })

  test("pictures reach the model, of an agent and by itself", async () => {
    const models = [{ id: "fake-1", contextWindow: 32_000, input: ["text", "image"] }]
    await using api = await startApi(start, ["A dot."], { provider: { models } })
    const url = `data:image/png;base64,${Buffer.from(await pngOf(20, 10)).toString("base64")}`
    const content = [
      { type: "text" as const, text: "What is this?" },
      { type: "image_url" as const, image_url: { url } },
    ]
    for (const model of ["fased", "fake/fake-1"])
      await api.openai.chat.completions.create({ model, messages: [{ role: "user", content }] })
    for (const { body } of api.model.calls)
      expect(JSON.stringify(body.messages.at(-1))).toContain("data:image/png;base64,")
  })

  test("files are read as text", async () => {
    await using api = await startApi(start, ["Read."])
    const data = `data:text/csv;base64,${Buffer.from("a,b\n1,2").toString("base64")}`
    await api.openai.chat.completions.create({
      model: "fased",
      messages: [
        {
          role: "user",
          content: [
            { type: "file", file: { filename: "table.csv", file_data: data } },
            { type: "text", text: "Sum it." },
          ],
        },
      ],
    })
    const asked = JSON.stringify(api.model.calls[0]!.body.messages.at(-1))
    expect(asked).toContain("table.csv")
    expect(asked).toContain("1,2")
  })

  test("who leaves stops the turn", async () => {
    await using api = await startApi(start, [{ text: "one two", holdAfter: 1 }])
    const stream = await api.openai.chat.completions.create({
      model: "fased",
      messages: says("Go"),
      stream: true,
    })
    for await (const { choices } of stream) if (choices[0]?.delta.content) break
    await api.model.hungUp()
  })

  test("who leaves stops a model that is asked by itself, and one that has not begun", async () => {
    await using api = await startApi(start, [
      { text: "one two", holdAfter: 1 },
      { holdRequest: true },
    ])
    const stream = await api.openai.chat.completions.create({
      model: "fake/fake-1",
      messages: says("Go"),
      stream: true,
    })
    for await (const { choices } of stream) if (choices[0]?.delta.content) break
    await api.model.hungUp()
    const leaving = new AbortController()
    const asked = api.openai.chat.completions
      .create({ model: "fake/fake-1", messages: says("Go") }, { signal: leaving.signal })
      .catch((error: Error) => error.message)
    await api.model.called(2)
    leaving.abort()
    expect(await asked).toContain("aborted")
    await api.model.hungUp(2)
  })

  test("what fails before the first word is a status, which the library retries by", async () => {
    await using api = await startApi(start, [{ fail: { status: 500, message: "boom" } }, "Better."])
    const answer = await api.another({ maxRetries: 2 }).chat.completions.create({
      model: "fake/fake-1",
      messages: says("Go"),
    })
    expect(answer.choices[0]!.message.content).toBe("Better.")
  })

  test("what fails in the middle is an error in the stream, and no answer", async () => {
    await using api = await startApi(start, [{ text: "one two three", failAfter: { pieces: 2 } }])
    for (const model of ["fased", "fake/fake-1"]) {
      const answer = await api.post({ model, messages: says("Go"), stream: true })
      const frames = (await answer.text()).trim().split("\n\n")
      expect(frames.at(-1)).toBe("data: [DONE]")
      expect(JSON.parse(frames.at(-2)!.slice(6)).error).toMatchObject({ type: "api_error" })
      expect(frames.join()).not.toContain('"finish_reason":"stop"')
    }
  })

  test("thinking is shown of a model by itself, and of an agent to those who ask", async () => {
    await using api = await startApi(start, [{ reasoning: "Hm.", text: "Yes." }])
    const thoughts = async (body: object) => {
      const answer = await (await api.post({ messages: says("Go"), ...body })).json()
      return answer.choices[0].message.reasoning_content
    }
    expect(await thoughts({ model: "fake/fake-1" })).toBe("Hm.")
    expect(await thoughts({ model: "fased", reasoning_effort: "low" })).toBe("Hm.")
    expect(await thoughts({ model: "fased" })).toBeUndefined()
  })

  test("a model by itself gets the conversation and nothing else", async () => {
    await using api = await startApi(start, ["Four."])
    await api.openai.chat.completions.create({
      model: "fake/fake-1",
      messages: [
        { role: "developer", content: "Be brief." },
        ...says("2+2?"),
        { role: "assistant", content: "Let me think." },
        ...says("Well?"),
      ],
      temperature: 0,
    })
    const { body } = api.model.calls[0]!
    expect(body.messages).toEqual([
      { role: "system", content: "Be brief." },
      { role: "user", content: "2+2?" },
      { role: "assistant", content: "Let me think." },
      { role: "user", content: "Well?" },
    ])
    expect(body.tools).toBeUndefined()
    expect(body.temperature).toBe(0)
  })

  test("another model takes over for one that fails", async () => {
    await using api = await startApi(
      start,
      [{ fail: { status: 503, message: "down" } }, "Second."],
      {
        provider: {
          models: [
            { id: "fake-1", contextWindow: 32_000 },
            { id: "fake-2", contextWindow: 32_000 },
          ],
        },
      },
    )
    const answer = await api.post({
      model: "fake/fake-1",
      models: ["fake/fake-2"],
      messages: says("Go"),
    })
    expect((await answer.json()).choices[0].message.content).toBe("Second.")
    expect(api.model.calls.map(({ body }) => body.model)).toEqual(["fake-1", "fake-2"])
  })
}
