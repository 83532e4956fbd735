import { expect, test } from "bun:test"
import { Fault, toWireError } from "../../src/kernel/fault.ts"
import { type Api, fakeKey, fakeModel, type Turn } from "../support/fake-model.ts"
import { collect, failureOf, modelsFor, says } from "./models-for.ts"
import { turnableClock } from "../support/turnable-clock.ts"

const apis: Api[] = [
  "openai-completions",
  "openai-responses",
  "anthropic-messages",
  "google-generative-ai",
]

const failWith = async (api: Api, turn: Turn, more: object = {}) => {
  await using server = fakeModel({ turns: [turn] })
  const models = modelsFor({
    config: { mode: "replace", providers: { fake: { ...server.provider(api), ...more } } },
  })
  const { language } = await models.open("fake/fake-1")
  const failure = await failureOf(() => language.doStream({ prompt: says("hi") }))
  expect(server.calls).toHaveLength(1)
  expect(failure).toBeInstanceOf(Fault)
  return failure as Fault
}

const refusals: [string, Turn["fail"], string][] = [
  [
    "401",
    { status: 401, message: `Incorrect API key provided: ${fakeKey}.` },
    "models.unauthorized",
  ],
  ["403", { status: 403, message: "not for you" }, "models.forbidden"],
  ["404", { status: 404, message: "no such model" }, "models.not-offered"],
  ["402", { status: 402, message: "pay first" }, "models.out-of-credit"],
  ["429", { status: 429, headers: { "retry-after": "7" } }, "models.rate-limited"],
  ["429 without credit", { status: 429, code: "insufficient_quota" }, "models.out-of-credit"],
  ["400", { status: 400, message: "temperature is too hot" }, "models.bad-request"],
  [
    "400 for length",
    { status: 400, message: "This model's maximum context length is 8192 tokens" },
    "models.context-overflow",
  ],
  ["500", { status: 500 }, "models.unavailable"],
  ["503", { status: 503 }, "models.overloaded"],
  ["529", { status: 529, message: "Overloaded" }, "models.overloaded"],
  [
    "a redirect",
    { status: 307, headers: { location: "http://127.0.0.1:1/" } },
    "models.bad-request",
  ],
]

for (const api of apis)
  for (const [name, fail, code] of refusals)
    test(`${api}: ${name} becomes ${code}, asked once, with nothing secret in it`, async () => {
      const fault = await failWith(api, { fail })
      expect(fault.code).toBe(code)
      expect(fault.hint).toBeTruthy()
      const shown = JSON.stringify([fault.message, fault.hint, fault.toWire(), fault.data])
      expect(shown).not.toContain(fakeKey)
      expect(shown).not.toContain("sk-fake")
    })

test("a 429 says how long to wait, for people and for programs", async () => {
  const fault = await failWith("openai-completions", {
    fail: { status: 429, headers: { "retry-after": "7" } },
  })
  expect(fault.message).toContain("for 7 s")
  expect(toWireError(fault)).toMatchObject({ retryable: true, details: { retryAfterMs: 7000 } })
})

test("a refused key names the setting it came from", async () => {
  const fault = await failWith("openai-completions", { fail: { status: 401 } })
  expect(fault.hint).toContain("models.providers.fake.apiKey")
})

test("a provider's words are cut at 300 characters and lose control characters and headers' values", async () => {
  const message = `\u001b[31mbad\u0007 thing with tenant-secret-9 ${"x ".repeat(400)}`
  const fault = await failWith(
    "openai-completions",
    { fail: { status: 400, message } },
    { headers: { "x-tenant": "tenant-secret-9" } },
  )
  const { said } = fault.data as { said: string }
  expect(said.length).toBeLessThanOrEqual(300)
  expect(said).toContain("bad")
  expect(said).not.toMatch(/[\u0000-\u001f]/)
  expect(said).not.toContain("tenant-secret-9")
})

test("an HTML error page is not quoted", async () => {
  const fault = await failWith("anthropic-messages", {
    fail: { status: 502, page: "<!doctype html><h1>it broke</h1>" },
  })
  expect(fault.message).toStartWith("fake failed on its side (HTTP 502).")
  expect(fault.message).not.toContain("it broke")
})

for (const api of apis) {
  test(`${api}: pieces that are not JSON are garbled`, async () => {
    const fault = await failWith(api, { raw: { body: "data: {oops\n\ndata: ]]\n\n" } })
    expect(fault.code).toBe("models.garbled")
  })

  test(`${api}: a web page instead of a stream is garbled or cut off, never an empty success`, async () => {
    const fault = await failWith(api, { raw: { body: "<html>login</html>", type: "text/html" } })
    expect(["models.garbled", "models.cut-off"]).toContain(fault.code)
  })

  test(`${api}: a connection cut in mid-answer is cut off`, async () => {
    const fault = await failWith(api, { text: "one two three four five", cutAfter: 3 })
    expect(fault.code).toBe("models.cut-off")
  })

  test(`${api}: an answer that just ends is cut off`, async () => {
    const fault = await failWith(api, { text: "one two three four five", endAfter: 3 })
    expect(fault.code).toBe("models.cut-off")
  })

  test(`${api}: no answer in time is a timeout`, async () => {
    const clock = turnableClock()
    await using server = fakeModel({ turns: [{ holdRequest: true }] })
    const models = modelsFor({ config: { providers: { fake: server.provider(api) } }, clock })
    const { language } = await models.open("fake/fake-1")
    const failure = failureOf(() => language.doStream({ prompt: says("hi") }))
    await server.called()
    clock.turn(180_000)
    expect(await failure).toMatchObject({ code: "models.timeout", data: { started: false } })
    await server.hungUp()
  })

  test(`${api}: silence in mid-answer is a timeout, and the provider is let go`, async () => {
    const clock = turnableClock()
    await using server = fakeModel({ turns: [{ text: "one two three four five", holdAfter: 4 }] })
    const models = modelsFor({ config: { providers: { fake: server.provider(api) } }, clock })
    const { language } = await models.open("fake/fake-1")
    const { stream } = await language.doStream({ prompt: says("hi") })
    const failures: unknown[] = []
    void failureOf(async () => ({ stream })).then((error) => failures.push(error))
    // The clock only counts while a read waits, so it is turned until one does.
    while (!failures.length) {
      clock.turn(120_000)
      await Bun.sleep(0)
    }
    expect(failures[0]).toMatchObject({ code: "models.timeout", data: { started: true } })
    await server.hungUp()
  })

  test(`${api}: a reader that walks away lets the provider go`, async () => {
    await using server = fakeModel({ turns: [{ text: "one two three four five", holdAfter: 4 }] })
    const models = modelsFor({ config: { providers: { fake: server.provider(api) } } })
    const { language } = await models.open("fake/fake-1")
    const { stream } = await language.doStream({ prompt: says("hi") })
    for await (const part of stream) if (part.type === "text-delta") break
    await server.hungUp()
  })
}

test("an error in the middle of a stream becomes its own fault", async () => {
  const frames = [
    'event: error\ndata: {"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}\n\n',
    'event: error\ndata: {"type":"error","error":{"type":"rate_limit_error","message":"slow down"}}\n\n',
  ]
  const codes: string[] = []
  for (const body of frames)
    codes.push((await failWith("anthropic-messages", { raw: { body } })).code)
  const completions =
    'data: {"error":{"message":"slow down","type":"x","code":"rate_limit_exceeded"}}\n\n'
  codes.push((await failWith("openai-completions", { raw: { body: completions } })).code)
  expect(codes).toEqual(["models.overloaded", "models.rate-limited", "models.rate-limited"])
})

test("nobody listening is unreachable, with the address and the setting", async () => {
  const closed = fakeModel()
  const provider = closed.provider("openai-completions")
  await closed.close()
  const models = modelsFor({ config: { providers: { fake: provider } } })
  const { language } = await models.open("fake/fake-1")
  const fault = (await failureOf(() => language.doStream({ prompt: says("hi") }))) as Fault
  expect(fault.code).toBe("models.unreachable")
  expect(fault.message).toContain(closed.url)
  expect(fault.hint).toContain("models.providers.fake.baseUrl")
})

test("a name that does not resolve is unreachable", async () => {
  const models = modelsFor({
    config: { providers: { far: { baseUrl: "http://nowhere.invalid/v1", apiKey: "k-12345" } } },
  })
  const { language } = await models.open("far/any")
  expect(await failureOf(() => language.doStream({ prompt: says("hi") }))).toMatchObject({
    code: "models.unreachable",
  })
})

test("allowPrivateNetwork: false refuses an address on this machine before anything is sent", async () => {
  await using server = fakeModel()
  const provider = {
    ...server.provider("openai-completions"),
    request: { allowPrivateNetwork: false },
  }
  const models = modelsFor({ config: { providers: { fake: provider } } })
  const { language } = await models.open("fake/fake-1")
  expect(await failureOf(() => language.doStream({ prompt: says("hi") }))).toMatchObject({
    code: "models.private-address",
  })
  expect(server.calls).toHaveLength(0)
})

test("explain leaves faults, aborts and our own bugs alone", async () => {
  const models = modelsFor({})
  const called = { provider: "openai", model: "gpt-5.5" }
  const abort = new DOMException("stop", "AbortError")
  const bug = new TypeError("undefined is not a function")
  expect(models.explain(abort, called)).toBe(abort)
  expect(models.explain(bug, called)).toBe(bug)
  const fault = await models.open("nobody/nothing").catch((error: unknown) => error)
  expect(models.explain(fault, called)).toBe(fault)
})

test("a failing turn leaves the model usable", async () => {
  await using server = fakeModel({ turns: [{ fail: { status: 500 } }, "fine again"] })
  const models = modelsFor({
    config: { providers: { fake: server.provider("openai-completions") } },
  })
  const { language } = await models.open("fake/fake-1")
  await failureOf(() => language.doStream({ prompt: says("hi") }))
  const parts = await collect((await language.doStream({ prompt: says("hi") })).stream)
  expect(parts.at(-1)!.type).toBe("finish")
})
