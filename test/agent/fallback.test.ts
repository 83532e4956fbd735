import { expect, test } from "bun:test"
import { startGateway } from "../support/gateway.ts"
import { fakeModel } from "../support/fake-model.ts"
import type { Script } from "../support/fake-model.ts"
import { listen, textOf } from "../support/chat.ts"

/** A gateway with two providers; `one/fake-1` is asked first. */
const start = async (one: Script[], two: Script[], fallbacks = ["two/fake-1"]) => {
  const models = { one: fakeModel({ turns: one }), two: fakeModel({ turns: two }) }
  const gateway = await startGateway({
    config: {
      agents: {
        defaults: { skipBootstrap: true, model: { primary: "one/fake-1", fallbacks } },
      },
      models: {
        mode: "replace",
        providers: {
          one: models.one.provider("openai-completions"),
          two: models.two.provider("anthropic-messages"),
        },
      },
    },
  })
  return {
    ...models,
    gateway,
    chat: listen(gateway.client),
    async [Symbol.asyncDispose]() {
      for (const model of [models.one, models.two]) model.release()
      await gateway[Symbol.asyncDispose]()
      for (const model of [models.one, models.two]) await model.close()
    },
  }
}

const failed = { fail: { status: 500 } }

test("when a model fails before it says anything, the next one answers, and that is told", async () => {
  await using place = await start([failed], ["From two."])
  const end = await place.chat.ask("hi")
  expect(end).toMatchObject({ state: "final" })
  expect(textOf(end)).toBe("From two.")
  const phases = place.chat.agent
    .filter(({ stream }) => stream === "lifecycle")
    .map(({ data }) => data.phase)
  expect(phases).toEqual(["start", "model", "fallback", "model", "end"])
  const told = place.chat.agent.find(({ data }) => data.phase === "fallback")!
  expect(told.data).toMatchObject({ from: "one/fake-1", to: "two/fake-1" })
  const row = (await place.chat.history()).sessionInfo
  expect(row).toMatchObject({ modelProvider: "two", model: "fake-1", status: "done" })
  expect(place.two.calls[0]!.body.system[0].text).toContain("model=two/fake-1")
})

test("a model that cannot be opened is passed over as well", async () => {
  await using place = await start(["From one."], ["From two."], ["nobody/nothing", "two/fake-1"])
  place.one.release()
  expect(textOf(await place.chat.ask("hi"))).toBe("From one.")
  await using other = await start([failed], ["From two."], ["nobody/nothing", "two/fake-1"])
  expect(textOf(await other.chat.ask("hi"))).toBe("From two.")
})

test("once a model has begun to speak, its failure is the turn's", async () => {
  await using place = await start([{ text: "one two three", cutAfter: 1 }], ["From two."])
  expect(await place.chat.ask("hi")).toMatchObject({
    state: "error",
    errorCode: "models.cut-off",
  })
  expect(place.two.calls).toHaveLength(0)
})

test("when every model fails, all are told, and what to do about the first: it is the one to mend", async () => {
  await using place = await start([{ fail: { status: 401 } }], [failed])
  const end = await place.chat.ask("hi")
  expect(end).toMatchObject({ state: "error", errorCode: "models.exhausted" })
  expect(end.errorMessage).toContain("one/fake-1 by models.providers.one.apiKey (refused")
  expect(end.errorMessage).toContain("two/fake-1")
  expect(end.errorHint).toContain("models.providers.one.apiKey")
  expect(place.two.calls.length).toBeGreaterThan(0)
})

test("an abort is nobody's failure: no other model is asked", async () => {
  await using place = await start([{ holdRequest: true }], ["From two."])
  const { runId } = await place.chat.send("hi")
  await place.one.called()
  await place.chat.abort(runId)
  expect((await place.chat.ended(runId)).state).toBe("aborted")
  expect(place.two.calls).toHaveLength(0)
})

test("a model that fails after tools ran hands over with their results", async () => {
  const look = { name: "session_status", input: {} }
  await using place = await start([{ text: "Looking.", tools: [look] }, failed], ["Found."])
  const end = await place.chat.ask("look")
  expect(textOf(end)).toBe("Looking.\n\nFound.")
  expect(JSON.stringify(place.two.calls[0]!.body.messages)).toContain("tool_result")
})

test("a turn asked of one model by name is not given to another", async () => {
  await using place = await start(["From one."], [failed])
  const asked = place.gateway.client.request("agent", {
    message: "hi",
    model: "two/fake-1",
    idempotencyKey: "1",
  })
  await asked
  expect(place.one.calls).toHaveLength(0)
})
