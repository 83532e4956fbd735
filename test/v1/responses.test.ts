import { describe, expect, test } from "bun:test"
import type { Script } from "../support/fake-model.ts"
import type { Json } from "./responses-client.ts"
import { startResponses } from "./responses-gateway.ts"

const add = {
  type: "function",
  name: "add",
  description: "Adds two numbers.",
  parameters: { type: "object", properties: { a: { type: "number" }, b: { type: "number" } } },
}
const callsAdd: Script = { tools: [{ id: "call_7", name: "add", input: { a: 1, b: 2 } }] }
const textOf = (response: Json) => response.output[0].content[0].text

test("it is not there unless the config says so", async () => {
  await using api = await startResponses({ endpoint: { enabled: false } })
  expect((await api.send({ input: "Hi" })).status).toBe(404)
  expect((await api.call("/v1/responses/resp_1")).status).toBe(404)
})

test("without the secret it answers nothing", async () => {
  await using api = await startResponses()
  const answer = await api.send({ input: "Hi" }, { headers: { authorization: "Bearer no" } })
  expect(answer.status).toBe(401)
  expect((await answer.json()).error.type).toBe("authentication_error")
  expect(api.model.calls).toBeEmpty()
})

test("instructions and system messages reach the model as such, words as words", async () => {
  await using api = await startResponses()
  await api.ask({
    instructions: "Answer in French.",
    input: [
      { role: "developer", content: [{ type: "input_text", text: "Be brief." }] },
      { role: "user", content: "One" },
      { role: "assistant", content: [{ type: "output_text", text: "Un" }] },
      { type: "reasoning", id: "rs_1", summary: [] },
      { role: "user", content: [{ type: "input_text", text: "Two" }] },
    ],
  })
  expect(api.told()).toContain("Answer in French.\n\nBe brief.")
  expect(api.heard()).toEqual([
    { role: "user", content: "One" },
    { role: "assistant", content: "Un" },
    { role: "user", content: "Two" },
  ])
})

test("wishes reach the model, and are told again in the response", async () => {
  await using api = await startResponses()
  const schema = { type: "object", properties: { a: { type: "string" } } }
  const response = await api.ask({
    input: "Hi",
    temperature: 0.3,
    top_p: 0.9,
    max_output_tokens: 77,
    parallel_tool_calls: false,
    text: { format: { type: "json_schema", name: "out", schema, strict: true } },
    metadata: { run: "1" },
    truncation: "auto",
    safety_identifier: "s",
    unknown_field: true,
  })
  const { body } = api.model.calls[0]!
  expect(body).toMatchObject({ temperature: 0.3, top_p: 0.9, max_tokens: 77 })
  expect(body.response_format.type).toMatch(/^json/)
  expect(response).toMatchObject({
    temperature: 0.3,
    max_output_tokens: 77,
    parallel_tool_calls: false,
    metadata: { run: "1" },
    truncation: "auto",
    safety_identifier: "s",
    text: { format: { type: "json_schema", name: "out", schema } },
  })
})

describe("a client's tool", () => {
  test("is called, and the answer goes on from its output with previous_response_id", async () => {
    await using api = await startResponses({ turns: [callsAdd, "It is 3."] })
    const first = await api.ask({ input: "1 + 2?", tools: [add] })
    expect(first.output).toMatchObject([
      { type: "function_call", call_id: "call_7", name: "add", arguments: '{"a":1,"b":2}' },
    ])
    const second = await api.ask({
      previous_response_id: first.id,
      tools: [add],
      input: [{ type: "function_call_output", call_id: "call_7", output: "3" }],
    })
    expect(textOf(second)).toBe("It is 3.")
    expect(api.heard()).toMatchObject([
      { role: "user", content: "1 + 2?" },
      { role: "assistant", tool_calls: [{ id: "call_7", function: { name: "add" } }] },
      { role: "tool", tool_call_id: "call_7", content: "3" },
    ])
  })

  test("may be told of with its call in the input, and in the shape of the chat API", async () => {
    await using api = await startResponses({ turns: ["3"] })
    const { type, ...nested } = add
    const response = await api.ask({
      tools: [{ type, function: nested }],
      store: false,
      input: [
        { role: "user", content: "1 + 2?" },
        { type: "function_call", call_id: "c", name: "add", arguments: "{}" },
        {
          type: "function_call_output",
          call_id: "c",
          output: [{ type: "input_text", text: "three" }],
        },
      ],
    })
    expect(response.tools).toEqual([{ ...add, strict: null }])
    expect(api.heard().at(-1)).toMatchObject({ role: "tool", content: "three" })
  })

  test("has to have been called before its output comes", async () => {
    await using api = await startResponses()
    const answer = await api.send({
      input: [{ type: "function_call_output", call_id: "nobody", output: "3" }],
    })
    expect(answer.status).toBe(400)
    expect((await answer.json()).error).toMatchObject({ param: "input[0].call_id" })
    expect(api.model.calls).toBeEmpty()
  })

  test("in a session of a user the call is known without being told again", async () => {
    await using api = await startResponses({ turns: [callsAdd, "It is 3."] })
    await api.ask({ user: "ada", store: false, input: "1 + 2?", tools: [add] })
    await api.ask({
      user: "ada",
      store: false,
      tools: [add],
      input: [{ type: "function_call_output", call_id: "call_7", output: "3" }],
    })
    expect(api.heard().at(-1)).toMatchObject({ role: "tool", tool_call_id: "call_7" })
  })

  test("can be demanded, left out, or picked from those that are given", async () => {
    await using api = await startResponses()
    const other = { ...add, name: "other" }
    const offered = async (tool_choice: unknown) => {
      await api.ask({ input: "Hi", tools: [add, other], tool_choice })
      const { tools = [], tool_choice: choice } = api.model.calls.at(-1)!.body
      const names = tools.map((tool: Json) => tool.function.name)
      return { names: names.filter((name: string) => /^(add|other)$/.test(name)), choice }
    }
    expect(await offered("none")).toMatchObject({ names: [] })
    expect(await offered("required")).toEqual({ names: ["add", "other"], choice: "required" })
    expect((await offered({ type: "function", name: "add" })).choice).toEqual({
      type: "function",
      function: { name: "add" },
    })
    const allowed = {
      type: "allowed_tools",
      mode: "auto",
      tools: [{ type: "function", name: "add" }],
    }
    expect((await offered(allowed)).names).toEqual(["add"])
  })
})

describe("what was stored", () => {
  test("can be read and deleted, and is then gone for those that go on from it", async () => {
    await using api = await startResponses()
    const response = await api.ask({ input: "Hi" })
    const path = `/v1/responses/${response.id}`
    expect(await (await api.call(path)).json()).toEqual(response)
    expect(await (await api.call(path, { method: "DELETE" })).json()).toEqual({
      id: response.id,
      object: "response",
      deleted: true,
    })
    expect((await api.call(path)).status).toBe(404)
    const answer = await api.send({ input: "More", previous_response_id: response.id })
    expect(answer.status).toBe(404)
    expect((await answer.json()).error).toMatchObject({
      message: expect.stringContaining(response.id),
      param: "previous_response_id",
    })
  })

  test("is not kept when that is not wanted", async () => {
    await using api = await startResponses()
    const { id, store } = await api.ask({ input: "Hi", store: false })
    expect(store).toBeFalse()
    expect((await api.call(`/v1/responses/${id}`)).status).toBe(404)
  })

  test("is there for those that go on from a response, however many came before", async () => {
    await using api = await startResponses({
      turns: (["one", "two", "three"] as const).map((text) => text),
    })
    let previous: string | undefined
    for (const input of ["1", "2", "3"]) {
      const body = { input, previous_response_id: previous, instructions: `Only now: ${input}` }
      previous = (await api.ask(body)).id
    }
    expect(api.heard()).toEqual([
      { role: "user", content: "1" },
      { role: "assistant", content: "one" },
      { role: "user", content: "2" },
      { role: "assistant", content: "two" },
      { role: "user", content: "3" },
    ])
    expect(api.told()).toContain("Only now: 3")
    expect(api.told()).not.toContain("Only now: 1")
  })

  test("is another's when the agent or the user is another", async () => {
    await using api = await startResponses({
      agents: { list: [{ id: "main", default: true }, { id: "other" }] },
    })
    const { id } = await api.ask({ input: "Hi", user: "ada" })
    const status = async (body: object) =>
      (await api.send({ input: "More", previous_response_id: id, ...body })).status
    expect(await status({ user: "ada" })).toBe(200)
    expect(await status({ user: "bob" })).toBe(404)
    expect(await status({})).toBe(404)
    expect(await status({ user: "ada", model: "fased/other" })).toBe(404)
  })

  test("is found by the id of an item, which stands for the item itself", async () => {
    await using api = await startResponses({ turns: [callsAdd, "3"] })
    const first = await api.ask({ input: "1 + 2?", tools: [add] })
    const body = (id: string) => ({
      tools: [add],
      input: [
        { role: "user", content: "1 + 2?" },
        { type: "item_reference", id },
        { type: "function_call_output", call_id: "call_7", output: "3" },
      ],
    })
    await api.ask(body(first.output[0].id))
    expect(api.heard().map(({ role }: Json) => role)).toEqual(["user", "assistant", "tool"])
    expect((await api.send(body("msg_nobody"))).status).toBe(404)
  })
})

describe("what cannot be done is refused by name", () => {
  test.each([
    [{}, "input"],
    [{ input: "Hi", background: true }, "background"],
    [{ input: "Hi", conversation: "conv_1" }, "conversation"],
    [{ input: "Hi", tools: [{ type: "web_search" }] }, "tools[0].type"],
    [{ input: "Hi", temperature: 9 }, "temperature"],
    [{ input: [{ type: "shell_call" }] }, "input[0].type"],
    [{ input: [{ role: "user", content: [{ type: "input_audio" }] }] }, "input[0].content[0].type"],
  ])("%j", async (body, param) => {
    await using api = await startResponses()
    const answer = await api.send(body)
    expect(answer.status).toBe(400)
    const { error } = await answer.json()
    expect(error).toMatchObject({ type: "invalid_request_error", param })
    expect(error.message).not.toBeEmpty()
  })

  test.each([
    ["no JSON", "{"],
    ["nothing", ""],
    ["a list", "[]"],
    ["very deep JSON", "[".repeat(100_000)],
  ])("a body that is %s", async (_, body) => {
    await using api = await startResponses()
    const answer = await api.call("/v1/responses", { method: "POST", body })
    expect(answer.status).toBe(400)
  })

  test("more items than anyone says", async () => {
    await using api = await startResponses()
    const call = { type: "function_call", call_id: "c", name: "add", arguments: "{}" }
    const answer = await api.send({ input: Array.from({ length: 100_000 }, () => call) })
    expect(answer.status).toBe(400)
    expect((await answer.json()).error.param).toBe("input")
  })

  test("an answer at the end of the input", async () => {
    await using api = await startResponses()
    const answer = await api.send({ input: [{ role: "assistant", content: "Yes." }] })
    expect(answer.status).toBe(400)
  })
})

describe("an answer that does not come to its end", () => {
  test("is refused with the status of what went wrong, streamed or not", async () => {
    const fail = { fail: { status: 400, message: "no such thing" } }
    await using api = await startResponses({ turns: [fail] })
    for (const stream of [false, true]) {
      const answer = await api.send({ input: "Hi", stream })
      expect(answer.status).toBeGreaterThanOrEqual(400)
      expect((await answer.json()).error.message).not.toBeEmpty()
    }
  })

  test("fails in the stream once it has begun, with what was said", async () => {
    await using api = await startResponses({
      turns: [{ text: "one two three", failAfter: { pieces: 2 } }],
    })
    const events = await api.stream({ input: "Hi" })
    expect(events.at(-2)).toMatchObject({ name: "error", data: { error: { type: "api_error" } } })
    const { response } = events.at(-1)!.data
    expect(events.at(-1)!.name).toBe("response.failed")
    expect(response).toMatchObject({ status: "failed", error: { message: expect.any(String) } })
    expect(response.output[0]).toMatchObject({
      status: "incomplete",
      content: [{ text: "one two" }],
    })
    expect((await api.call(`/v1/responses/${response.id}`)).status).toBe(404)
  })

  test("stops the turn when the client hangs up", async () => {
    await using api = await startResponses({ turns: [{ text: "one two three", holdAfter: 1 }] })
    const gone = new AbortController()
    const answer = await api.send({ input: "Hi", stream: true }, { signal: gone.signal })
    await answer.body!.getReader().read()
    gone.abort()
    await api.model.hungUp()
  })
})

test("a model itself answers without the agent's prompt and tools", async () => {
  await using api = await startResponses({ turns: ["Raw."] })
  const response = await api.ask({ model: "fake/fake-1", instructions: "Be raw.", input: "Hi" })
  expect(textOf(response)).toBe("Raw.")
  expect(api.model.calls[0]!.body.messages).toEqual([
    { role: "system", content: "Be raw." },
    { role: "user", content: "Hi" },
  ])
})

describe("who answers, and where", () => {
  const agents = { list: [{ id: "main", default: true }, { id: "other" }] }

  test("an agent by the model's name or by a header, the name first", async () => {
    await using api = await startResponses({ agents })
    const { call, told } = api
    const ask = async (model: string, headers: Record<string, string> = {}) => {
      const body = JSON.stringify({ model, input: "Hi" })
      await call("/v1/responses", { method: "POST", body, headers })
      return /^You are (\w+)/.exec(told())?.[1]
    }
    expect(await ask("fased")).toBe("main")
    expect(await ask("openclaw:other")).toBe("other")
    expect(await ask("fased", { "x-openclaw-agent-id": "other" })).toBe("other")
    expect(await ask("fased/main", { "x-fased-agent-id": "other" })).toBe("main")
  })

  test("a session of one's own, where it goes on without being told again", async () => {
    await using api = await startResponses({ turns: ["one", "two"] })
    const headers = { "x-fased-session-key": "notes" }
    for (const input of ["1", "2"])
      await api.call("/v1/responses", {
        method: "POST",
        headers,
        body: JSON.stringify({ input, store: false }),
      })
    expect(api.heard().map(({ content }: Json) => content)).toEqual(["1", "one", "2"])
    const { sessions } = (await api.gateway.client.request("sessions.list", {})) as Json
    expect(sessions.map(({ key }: Json) => key)).toEqual(["agent:main:notes"])
  })

  test("the same idempotency key gets the same answer, once", async () => {
    await using api = await startResponses({ turns: ["first", "second"] })
    const init = { headers: { "idempotency-key": "k1" } }
    const body = JSON.stringify({ input: "Hi" })
    const texts = []
    for (let times = 0; times < 2; times++) {
      const answer = await api.call("/v1/responses", { method: "POST", body, ...init })
      texts.push(textOf(await answer.json()))
    }
    expect(texts).toEqual(["first", "first"])
    expect(api.model.calls).toHaveLength(1)
  })
})

test("an answer that was cut short says why", async () => {
  const raw = {
    type: "text/event-stream",
    body: [
      { choices: [{ index: 0, delta: { role: "assistant", content: "Once upon" } }] },
      { choices: [{ index: 0, delta: {}, finish_reason: "length" }] },
    ]
      .map(
        (chunk) =>
          `data: ${JSON.stringify({ id: "c", object: "chat.completion.chunk", created: 1, model: "m", ...chunk })}\n\n`,
      )
      .concat("data: [DONE]\n\n")
      .join(""),
  }
  await using api = await startResponses({ turns: [{ raw }] })
  const events = await api.stream({ input: "A tale", max_output_tokens: 2 })
  expect(events.at(-1)).toMatchObject({
    name: "response.incomplete",
    data: {
      response: {
        status: "incomplete",
        incomplete_details: { reason: "max_output_tokens" },
        output: [{ status: "incomplete", content: [{ text: "Once upon" }] }],
      },
    },
  })
})
