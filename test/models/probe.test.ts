import { expect, test } from "bun:test"
import { systemClock } from "../../src/kernel/clock.ts"
import { inTurns, probeModel } from "../../src/models/probe.ts"
import { fakeModel, type Script } from "../support/fake-model.ts"
import { turnableClock } from "../support/turnable-clock.ts"
import { modelsFor } from "./models-for.ts"

const limits = { timeoutMs: 5_000, maxTokens: 16 }
const probed = async (turn: Script, more: object = {}) => {
  await using server = fakeModel({ turns: [turn] })
  const models = modelsFor({
    config: { providers: { fake: server.provider("openai-completions") } },
  })
  const probe = await probeModel(
    "fake/fake-1",
    { ...limits, ...more },
    { models, clock: systemClock },
  )
  return { probe, calls: server.calls }
}

test("a model that answers is said to, after one small call", async () => {
  const { probe, calls } = await probed("ready")
  expect(probe).toMatchObject({ ref: "fake/fake-1", ok: true })
  expect(calls).toHaveLength(1)
  expect(calls[0]!.body.max_tokens).toBe(16)
})

test.each([
  ["a wrong key", { fail: { status: 401 } }, "models.unauthorized"],
  ["no credit", { fail: { status: 402 } }, "models.out-of-credit"],
  ["too many calls", { fail: { status: 429 } }, "models.rate-limited"],
  ["a broken stream", { text: "one two", cutAfter: 1 }, "models.cut-off"],
  ["nonsense", { raw: { body: "data: {oops\n\n" } }, "models.garbled"],
])("%s is named, with what to do", async (_name, turn, code) => {
  const { probe } = await probed(turn)
  expect(probe).toMatchObject({ ok: false, code, next: expect.any(String) })
})

test("one that does not answer in time is given up", async () => {
  const clock = turnableClock()
  await using server = fakeModel({ turns: [{ holdRequest: true }] })
  const models = modelsFor({
    config: { providers: { fake: server.provider("openai-completions") } },
  })
  const asked = probeModel("fake/fake-1", limits, { models, clock })
  await server.called()
  clock.turn(5_000)
  expect(await asked).toMatchObject({ ok: false, code: "models.timeout", ms: 5_000 })
  await server.hungUp()
})

test("one that talks where it should use a tool is told apart", async () => {
  expect((await probed("pong!", { tool: true })).probe).toMatchObject({ code: "models.no-tools" })
  const { probe } = await probed({ tools: [{ name: "ping", input: {} }] }, { tool: true })
  expect(probe.ok).toBe(true)
})

test("a provider that is not connected needs no call to know it", async () => {
  const models = modelsFor({})
  expect(await probeModel("openai/gpt-5.5", limits, { models, clock: systemClock })).toMatchObject({
    ok: false,
    code: "models.not-connected",
  })
})

test("a list is gone through with so many at a time, in order", async () => {
  let running = 0
  let most = 0
  const results = await inTurns([5, 1, 4, 2, 3], 2, async (item) => {
    most = Math.max(most, ++running)
    for (let at = 0; at < item; at++) await Promise.resolve()
    running--
    return item * 10
  })
  expect(results).toEqual([50, 10, 40, 20, 30])
  expect(most).toBe(2)
})
