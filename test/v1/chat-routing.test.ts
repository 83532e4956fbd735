import { describe, expect, test } from "bun:test"
import { list } from "../../src/sessions/methods.ts"
import { pngClaiming } from "../support/pictures.ts"
import { says, startChatApi } from "./chat-gateway.ts"

const agents = {
  agents: {
    defaults: { skipBootstrap: true, model: "fake/fake-1" },
    list: [{ id: "main", default: true }, { id: "coder" }],
  },
}
const sessionsOf = async (api: Awaited<ReturnType<typeof startChatApi>>) => {
  const { sessions } = await api.gateway.client.call(list, {})
  return sessions.map(({ key }) => key)
}

test("who says nothing of a session gets one for the request, which is in no list after it", async () => {
  await using api = await startChatApi(["Hello."])
  for (const _ of [1, 2]) await api.post({ model: "fased", messages: says("Hi") })
  expect(api.model.calls[1]!.body.messages).toHaveLength(2)
  const gone = async () => (await sessionsOf(api)).length === 0
  while (!(await gone())) await new Promise(setImmediate)
})

test("a user's conversation goes on, and is not told to the model twice", async () => {
  await using api = await startChatApi(["Hello Ada.", "You are Ada."])
  const ask = (messages: object[]) => api.post({ model: "fased", user: "ada@home", messages })
  await ask(says("I am Ada."))
  await ask([...says("I am Ada."), { role: "assistant", content: "Hello Ada." }, ...says("Who?")])
  const { messages } = api.model.calls[1]!.body
  expect(messages.slice(1).map(({ content }: { content: string }) => content)).toEqual([
    "I am Ada.",
    "Hello Ada.",
    "Who?",
  ])
  expect(await sessionsOf(api)).toEqual(["agent:main:openai-user:ada@home"])
})

test("the agent is named by the model, then by the header", async () => {
  await using api = await startChatApi(["Hello."], { config: agents })
  const ask = (model: string, headers: Record<string, string> = {}) =>
    api.post({ model, user: "u", messages: says("Hi") }, headers)
  for (const model of ["fased/coder", "fased:coder", "agent:coder", "openclaw/coder"])
    expect((await ask(model)).status).toBe(200)
  await ask("fased", { "x-fased-agent-id": "coder" })
  await ask("fased", { "x-openclaw-agent-id": "Coder" })
  expect(await sessionsOf(api)).toEqual(["agent:coder:openai-user:u"])
  await ask("fased/main", { "x-fased-agent-id": "coder" })
  expect(await sessionsOf(api)).toContain("agent:main:openai-user:u")
})

test("a session that is named is the one, and tells the agent", async () => {
  await using api = await startChatApi(["Hello."], { config: agents })
  const ask = (model: string, key: string) =>
    api.post({ model, messages: says("Hi") }, { "x-fased-session-key": key })
  await ask("fased", "agent:coder:notes")
  await ask("fased/coder", "work")
  expect((await sessionsOf(api)).toSorted()).toEqual(["agent:coder:notes", "agent:coder:work"])
})

describe("what cannot be", () => {
  const cases: [string, object, Record<string, string>, number, string][] = [
    ["an agent there is not", { model: "fased/nobody" }, {}, 400, "v1.unknown-agent"],
    ["one in the header", {}, { "x-fased-agent-id": "nobody" }, 400, "v1.unknown-agent"],
    [
      "one in a session's key",
      {},
      { "x-fased-session-key": "agent:nobody:x" },
      400,
      "v1.unknown-agent",
    ],
    [
      "the gateway's own sessions",
      {},
      { "x-fased-session-key": "cron:1" },
      400,
      "v1.reserved-session",
    ],
    [
      "a subagent's",
      {},
      { "x-fased-session-key": "agent:main:subagent:1" },
      400,
      "v1.reserved-session",
    ],
    ["in other letters", {}, { "x-fased-session-key": "SubAgent:1" }, 400, "v1.reserved-session"],
    ["a path for a key", {}, { "x-fased-session-key": "../x" }, 400, "sessions.bad-key"],
    ["a model nobody knows", { model: "gpt-99" }, {}, 404, "model_not_found"],
    ["one of a provider nobody knows", { model: "x/y" }, {}, 404, "model_not_found"],
    ["one in the header", {}, { "x-fased-model": "x/y" }, 404, "model_not_found"],
    [
      "nothing asked",
      { messages: [{ role: "system", content: "x" }] },
      {},
      400,
      "v1.nothing-asked",
    ],
    ["only spaces", { messages: says("  ") }, {}, 400, "v1.nothing-asked"],
    ["several answers", { n: 3 }, {}, 400, "invalid_request"],
  ]
  test("is refused in OpenAI's words", async () => {
    await using api = await startChatApi(["Hello."], { config: agents })
    for (const [what, body, headers, status, code] of cases) {
      const answer = await api.post({ model: "fased", messages: says("Hi"), ...body }, headers)
      const { error } = await answer.json()
      expect([what, answer.status, error.code]).toEqual([what, status, code])
      expect(error.type).toBe("invalid_request_error")
    }
    expect(api.model.calls).toHaveLength(0)
  })

  test("names the field", async () => {
    await using api = await startChatApi(["Hello."])
    const answer = await api.post({
      messages: [{ role: "user", content: [{ type: "image_url", image_url: { url: 4 } }] }],
    })
    const { error } = await answer.json()
    expect(error.param).toBe("messages[0].content[0].image_url.url")
    for (const body of ["{", "[]", "null", '{"messages":[]}'])
      expect((await api.post(body)).status).toBe(400)
  })

  test("a picture from a private network, or one that is none", async () => {
    await using api = await startChatApi(["Hello."])
    const send = async (url: string) => {
      const image = { type: "image_url", image_url: { url } }
      return (await api.post({ messages: [{ role: "user", content: [image] }] })).status
    }
    expect(await send(`${api.url}health`)).toBe(403)
    expect(await send("file:///etc/passwd")).toBe(400)
    expect(await send("data:image/png;base64,aGVsbG8=")).toBe(400)
    expect(await send("data:image/png,hello")).toBe(400)
    expect(await send(`data:image/png;base64,${"A".repeat(15_000_000)}`)).toBe(413)
    const bomb = Buffer.from(await pngClaiming(30_000, 30_000)).toString("base64")
    expect(await send(`data:image/png;base64,${bomb}`)).toBe(413)
  })

  test("a body that is too long, a wrong method, a stranger", async () => {
    await using api = await startChatApi(["Hello."], { chatCompletions: { maxBodyBytes: 1000 } })
    expect((await api.post({ messages: says("x".repeat(2000)) })).status).toBe(413)
    expect((await api.get("v1/chat/completions")).status).toBe(405)
    const stranger = await api.post({ messages: says("Hi") }, { authorization: "Bearer wrong" })
    expect(stranger.status).toBe(401)
    expect((await stranger.json()).error).toMatchObject({
      type: "authentication_error",
      code: "invalid_api_key",
    })
  })
})

test("it is not there unless it is switched on", async () => {
  await using api = await startChatApi(["Hello."], { chatCompletions: { enabled: false } })
  expect((await api.post({ messages: says("Hi") })).status).toBe(404)
  expect((await api.get("v1/models")).status).toBe(404)
})

test("words that look like a command are words", async () => {
  await using api = await startChatApi(["A reply."])
  for (const text of ["/help", "/new", "stop", "/think high"]) {
    const answer = await api.post({ model: "fased", user: "u", messages: says(text) })
    expect((await answer.json()).choices[0].message.content).toBe("A reply.")
  }
  expect(api.model.calls.at(-1)!.body.messages.at(-1).content).toBe("/think high")
})

test("the same request once more gets the same answer", async () => {
  await using api = await startChatApi(["First.", "Second."])
  const ask = async (stream: boolean) => {
    const body = { model: "fased", messages: says("Hi"), stream }
    return (await api.post(body, { "idempotency-key": "k1" })).text()
  }
  const [one, two] = [JSON.parse(await ask(false)), JSON.parse(await ask(false))]
  expect(two).toEqual(one)
  expect(await ask(true)).toContain('"content":"First."')
  expect(api.model.calls).toHaveLength(1)
})

test("the agent's model can be another for one request", async () => {
  await using api = await startChatApi(["Hello."], {
    provider: {
      models: [
        { id: "fake-1", contextWindow: 32_000 },
        { id: "fake-2", contextWindow: 32_000 },
      ],
    },
  })
  await api.post({ model: "fased", messages: says("Hi") }, { "x-fased-model": "fake/fake-2" })
  expect(api.model.calls[0]!.body.model).toBe("fake-2")
  expect(api.model.calls[0]!.body.messages[0].content).toContain("reached through fased")
})

test("only models of the list may be chosen, in whatever way", async () => {
  await using api = await startChatApi(["Hello."], {
    defaults: { models: { "fake/fake-1": {} } },
    provider: {
      models: [
        { id: "fake-1", contextWindow: 32_000 },
        { id: "fake-2", contextWindow: 32_000 },
      ],
    },
  })
  const status = async (body: object, headers = {}) =>
    (await api.post({ messages: says("Hi"), ...body }, headers)).status
  expect(await status({ model: "fake/fake-2" })).toBe(403)
  expect(await status({ model: "fake/fake-1", models: ["fake/fake-2"] })).toBe(403)
  expect(await status({ model: "fased" }, { "x-fased-model": "fake/fake-2" })).toBe(403)
  expect(await status({ model: "fake/fake-1" })).toBe(200)
})

test("models are listed: agents first, then what can be called", async () => {
  await using api = await startChatApi(["Hello."], { config: agents })
  const ids = (await api.openai.models.list()).data.map(({ id }) => id)
  expect(ids.slice(0, 4)).toEqual(["fased", "fased/main", "fased/coder", "fake/fake-1"])
  expect(await api.openai.models.retrieve("fake/fake-1")).toMatchObject({ owned_by: "fake" })
  expect((await api.get("v1/models/nope")).status).toBe(404)
  expect((await api.get("v1/models/fased%2Fcoder")).status).toBe(200)
})

test("a provider that asks to slow down is told with the time to wait", async () => {
  await using api = await startChatApi([
    { fail: { status: 429, message: "slow down", headers: { "retry-after": "7" } } },
  ])
  const answer = await api.post({ model: "fake/fake-1", messages: says("Hi") })
  expect(answer.status).toBe(429)
  expect(answer.headers.get("retry-after")).toBe("7")
  expect((await answer.json()).error).toMatchObject({
    type: "rate_limited",
    code: "rate_limit_exceeded",
  })
})

test("a stream that was refused before its first word takes no place any more", async () => {
  await using api = await startChatApi([{ fail: { status: 401, message: "no such key" } }], {
    config: {
      gateway: {
        http: { maxConcurrent: 1, endpoints: { chatCompletions: { enabled: true } } },
      },
    },
  })
  const ask = () => api.post({ model: "fake/fake-1", stream: true, messages: says("Hi.") })
  const first = await ask()
  expect(first.status).not.toBe(429)
  await first.text()
  expect((await ask()).status).toBe(first.status)
})

test("a client that hangs up is no failure of the gateway's", async () => {
  await using api = await startChatApi([{ text: "one two three", holdAfter: 1 }])
  const stop = new AbortController()
  const stream = await api.openai.chat.completions.create(
    { model: "fake/fake-1", stream: true, messages: says("Hi.") },
    { signal: stop.signal },
  )
  for await (const { choices } of stream) if (choices[0]?.delta.content) stop.abort()
  await api.model.hungUp()
  await api.get("v1/models")
  const { lines } = (await api.gateway.client.request("logs.tail", {})) as { lines: string[] }
  expect(lines.filter((line) => line.includes('"error"'))).toEqual([])
})

test.each([
  [{ model: "fased" }, "messages: is missing"],
  [{ model: "fased", messages: [{ content: "Hi" }] }, "messages[0].role: is missing"],
])("%j is told what it lacks", async (body, message) => {
  await using api = await startChatApi([])
  const answer = await api.post(body)
  expect([answer.status, (await answer.json()).error.message]).toEqual([400, message])
})
