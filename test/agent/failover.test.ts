/** Contract 17 §4–5 on a gateway: which profile and which model answers when one fails. */
import { describe, expect, test } from "bun:test"
import { listen, textOf } from "../support/chat.ts"
import { type Call, fakeModel, type Script, type Turn } from "../support/fake-model.ts"
import { startGateway } from "../support/gateway.ts"

const keyOf = ({ headers }: Call) => (headers.authorization ?? "").replace("Bearer ", "")

/** `one` with profiles a and b, whose turns go by the key they come with; `two` has a key of its own. */
const start = async (
  byKey: { a?: Script; b?: Script; c?: Script; two?: Script },
  {
    profiles = ["a", "b"],
    config = {},
    fallbacks = ["two/fake-1"],
    home,
  }: { profiles?: string[]; config?: object; fallbacks?: string[]; home?: string } = {},
) => {
  const tried: string[] = []
  const script: Script = (call, index) => {
    const name = keyOf(call).replace("sk-key-of-", "") as "a" | "b" | "c"
    tried.push(name)
    const turn = byKey[name] ?? `From ${name}.`
    return typeof turn === "function" ? turn(call, index) : turn
  }
  const two: Script = (call, index) => {
    tried.push("two")
    const turn = byKey.two ?? "From two."
    return typeof turn === "function" ? turn(call, index) : turn
  }
  const models = { one: fakeModel({ turns: [script] }), two: fakeModel({ turns: [two] }) }
  const { apiKey: _, ...one } = models.one.provider("openai-completions")
  const gateway = await startGateway({
    home,
    config: {
      agents: { defaults: { skipBootstrap: true, model: { primary: "one/fake-1", fallbacks } } },
      models: {
        mode: "replace",
        providers: { one, two: models.two.provider("openai-completions") },
      },
      auth: { order: { one: profiles.map((name) => `one:${name}`) } },
      ...config,
    },
  })
  for (const name of profiles)
    await gateway.client.request("models.auth.store", {
      profileId: `one:${name}`,
      provider: "one",
      mode: "api_key",
      secret: `sk-key-of-${name}`,
    })
  const status = async () => {
    const { providers } = (await gateway.client.request("models.auth.status", {})) as {
      providers: {
        provider: string
        profiles: { profileId: string; unusableKind?: string; unusableReason?: string }[]
      }[]
    }
    return providers.find(({ provider }) => provider === "one")!.profiles
  }
  return {
    gateway,
    tried,
    models,
    status,
    /** What rests, and why. */
    resting: async () =>
      Object.fromEntries(
        (await status()).flatMap(({ profileId, unusableKind, unusableReason }) =>
          unusableKind ? [[profileId, `${unusableKind}: ${unusableReason}`]] : [],
        ),
      ),
    chat: listen(gateway.client),
    async [Symbol.asyncDispose]() {
      for (const model of [models.one, models.two]) model.release()
      await gateway[Symbol.asyncDispose]()
      for (const model of [models.one, models.two]) await model.close()
    },
  }
}

const fail = (status: number, more: object = {}): Turn => ({ fail: { status, ...more } })

/** What is tried when the first profile fails so, and what rests afterwards. */
const table: [string, Turn, string[], Record<string, string>][] = [
  ["a refused key", fail(401), ["a", "b"], { "one:a": "cooldown: auth" }],
  ["a forbidden model", fail(403), ["a", "b"], { "one:a": "cooldown: auth" }],
  ["no credit", fail(402), ["a", "b"], { "one:a": "disabled: billing" }],
  ["a rate limit", fail(429), ["a", "b"], { "one:a": "cooldown: rate" }],
  ["an overload", fail(503), ["a", "b"], { "one:a": "cooldown: overload" }],
  ["a missing model", fail(404), ["a", "b"], { "one:a": "cooldown: model-not-found" }],
  ["an outage", fail(500), ["a", "b"], {}],
  ["a refused request", fail(400), ["a", "b"], {}],
  ["nonsense", { raw: { body: "data: {nonsense\n\n" } }, ["a", "b"], {}],
]

describe("the next profile answers after", () => {
  for (const [name, turn, tried, resting] of table)
    test(name, async () => {
      await using place = await start({ a: turn })
      expect(textOf(await place.chat.ask("hi"))).toBe("From b.")
      expect(place.tried).toEqual(tried)
      expect(await place.resting()).toEqual(resting)
    })
})

test("when every profile of a provider fails, the next model answers", async () => {
  await using place = await start({ a: fail(429), b: fail(401) })
  expect(textOf(await place.chat.ask("hi"))).toBe("From two.")
  expect(place.tried).toEqual(["a", "b", "two"])
  const fallbacks = place.chat.agent.filter(({ data }) => data.phase === "fallback")
  expect(fallbacks.map(({ data }) => [data.from, data.to])).toEqual([["one/fake-1", "two/fake-1"]])
})

test("what rests is passed over, and the profile that answered is kept to", async () => {
  await using place = await start({ a: fail(429) })
  await place.chat.ask("hi")
  place.tried.length = 0
  expect(textOf(await place.chat.ask("again"))).toBe("From b.")
  expect(textOf(await place.chat.ask("and again"))).toBe("From b.")
  expect(place.tried).toEqual(["b", "b"])
})

test("an overloaded provider is tried by one more profile, then another model is", async () => {
  await using place = await start(
    { a: fail(529), b: fail(529), c: "From c." },
    { profiles: ["a", "b", "c"] },
  )
  expect(textOf(await place.chat.ask("hi"))).toBe("From two.")
  expect(place.tried).toEqual(["a", "b", "two"])
})

test("when all fail, all is told, and when the first is ready again", async () => {
  await using place = await start({ a: fail(429), b: fail(401), two: fail(500) })
  const end = await place.chat.ask("hi")
  expect(end).toMatchObject({ state: "error", errorCode: "models.exhausted" })
  for (const said of ["one/fake-1 by one:a (rate limit)", "one:b (refused", "two/fake-1"])
    expect(end.errorMessage).toContain(said)
  place.tried.length = 0
  const again = await place.chat.ask("again")
  expect(place.tried).toEqual(["two"])
  expect(JSON.stringify(again)).toMatch(/ready again in \d+ s|one:a \(rests\)/)
})

test("the log says what a provider refused, without the place in fased where it was noticed", async () => {
  await using place = await start({ a: fail(401), b: fail(401), two: fail(401) })
  await place.chat.ask("hi")
  const { lines } = (await place.gateway.client.request("logs.tail", {})) as { lines: string[] }
  const told = lines.filter((line) => line.includes("turn failed"))
  expect(told).toHaveLength(1)
  expect(told[0]).toContain("two/fake-1")
  expect(told[0]).not.toContain("stack")
})

test("a conversation that is too long is nobody's fault: nothing rests and no other key is tried", async () => {
  const message = "This model's maximum context length is 8192 tokens"
  await using place = await start({ a: fail(400, { message }), b: fail(400, { message }) })
  await place.chat.ask("hi")
  expect(place.tried).not.toContain("b")
  expect(place.tried).not.toContain("two")
  expect(await place.resting()).toEqual({})
})

test("once it has begun to speak a break is the turn's end: nobody else is asked", async () => {
  await using place = await start({ a: { text: "one two three", holdAfter: 1, cutAfter: 1 } })
  // The words have to be heard before the connection breaks, however busy the machine is.
  place.gateway.client.on("chat", (payload) => {
    if ((payload as { state: string }).state === "delta") place.models.one.release()
  })
  expect(await place.chat.ask("hi")).toMatchObject({
    state: "error",
    errorCode: "models.cut-off",
  })
  expect(place.tried).toEqual(["a"])
})

test("an abort is nobody's failure", async () => {
  await using place = await start({ a: { holdRequest: true } })
  const { runId } = await place.chat.send("hi")
  await place.models.one.called()
  await place.chat.abort(runId)
  expect((await place.chat.ended(runId)).state).toBe("aborted")
  expect(place.tried).toEqual(["a"])
  expect(await place.resting()).toEqual({})
})

test("rests outlast a restart", async () => {
  const { temporaryHome } = await import("../support/gateway.ts")
  await using home = await temporaryHome()
  {
    await using place = await start({ a: fail(402) }, { home: home.path })
    await place.chat.ask("hi")
  }
  const second = await startGateway({ home: home.path })
  const { providers } = (await second.client.request("models.auth.status", {})) as {
    providers: { provider: string; profiles: object[] }[]
  }
  await second[Symbol.asyncDispose]()
  expect(providers.find(({ provider }) => provider === "one")!.profiles).toMatchObject([
    { profileId: "one:b" },
    { profileId: "one:a", unusableKind: "disabled", unusableReason: "billing" },
  ])
})
