import { expect, test } from "bun:test"
import type { Script } from "../support/fake-model.ts"
import { textOf } from "../support/chat.ts"
import { startConversation } from "../support/conversation.ts"

const look = { name: "session_status", input: {} }

test("an answer ends in one final event, with its text in the transcript", async () => {
  await using place = await startConversation(["Hello there."])
  const end = await place.chat.ask("hi")
  expect(end).toMatchObject({ state: "final", stopReason: "stop" })
  expect(textOf(end)).toBe("Hello there.")
  const { messages, sessionInfo, defaults } = await place.chat.history()
  expect(messages.map(({ role }) => role)).toEqual(["user", "assistant"])
  expect(sessionInfo).toMatchObject({ status: "done", hasActiveRun: false, activeRunIds: [] })
  expect(defaults).toEqual({ modelProvider: "fake", model: "fake-1" })
  expect(place.chat.ends(end.runId)).toHaveLength(1)
})

test("tools run between model calls, and calls and results are in the transcript", async () => {
  await using place = await startConversation([{ text: "Looking.", tools: [look] }, "Found it."])
  const end = await place.chat.ask("look")
  expect(textOf(end)).toBe("Looking.\n\nFound it.")
  const { messages } = await place.chat.history()
  expect(messages.map(({ role }) => role)).toEqual(["user", "assistant", "toolResult", "assistant"])
  const roles = place.model.calls[1]!.body.messages.map(({ role }: { role: string }) => role)
  expect(roles).toEqual(["system", "user", "assistant", "tool"])
})

test.each([
  ["an unknown tool", { name: "no_such_tool", input: {} }, "There is no tool"],
  ["a tool that refuses", { name: "read", input: { path: "../../etc/passwd" } }, ""],
  ["arguments that do not fit", { name: "read", input: { path: 7 } }, "do not fit"],
])("%s is an error the model reads, and the turn goes on", async (_, tool, words) => {
  await using place = await startConversation([{ tools: [tool] }, "I could not."])
  const end = await place.chat.ask("try")
  expect(end.state).toBe("final")
  const result = (await place.chat.history()).messages.find(({ role }) => role === "toolResult")!
  expect(result.isError).toBe(true)
  expect(result.content[0].text).toContain(words)
})

test.each([
  ["401", { fail: { status: 401 } }, "models.unauthorized"],
  ["429", { fail: { status: 429, headers: { "retry-after": "7" } } }, "models.rate-limited"],
  ["500", { fail: { status: 500 } }, "models.unavailable"],
  ["a web page", { fail: { status: 502, page: "<h1>Bad gateway</h1>" } }, "models.unavailable"],
  ["garbage", { raw: { body: "data: {not json\n\n" } }, "models.garbled"],
  ["nothing", { raw: { body: "" } }, "models.cut-off"],
  ["an empty answer", { text: "" }, "agents.empty-answer"],
] satisfies [string, Script, string][])(
  "a provider that sends %s ends the turn with what happened and what to do",
  async (_, script, code) => {
    await using place = await startConversation([script, "Better."])
    const end = await place.chat.ask("hi")
    expect(end).toMatchObject({ state: "error", errorCode: code })
    expect(end.errorMessage).toBeString()
    expect(end.errorHint).toBeString()
    const { messages, sessionInfo } = await place.chat.history()
    expect(sessionInfo).toMatchObject({ status: "error", hasActiveRun: false })
    expect(messages.at(-1)).toMatchObject({ stopReason: "error", errorMessage: end.errorMessage! })
    expect((await place.chat.ask("again")).state).toBe("final")
  },
)

test("an answer cut in the middle is kept as far as it came", async () => {
  await using place = await startConversation([{ text: "one two three four", cutAfter: 2 }])
  const end = await place.chat.ask("hi")
  expect(end).toMatchObject({ state: "error", errorCode: "models.cut-off" })
  expect(textOf(end)).toBe("one two")
  const { messages } = await place.chat.history()
  expect(messages.at(-1)!.content).toEqual([{ type: "text", text: "one two" }])
})

test("a model that never answers is given up on when the turn's time is over", async () => {
  await using place = await startConversation([{ holdRequest: true }])
  const end = await place.chat.ask("hi", { timeoutMs: 1000 })
  expect(end).toMatchObject({
    state: "error",
    errorCode: "agents.deadline",
    stopReason: "timeout",
  })
  await place.model.hungUp()
})

test("a provider's silence ends the turn before the turn's own time is over", async () => {
  await using place = await startConversation([{ text: "one two three", holdAfter: 1 }], {
    models: { timeouts: { silenceSeconds: 1 } },
  })
  const end = await place.chat.ask("hi")
  expect(end).toMatchObject({ state: "error", errorCode: "models.timeout" })
  expect(textOf(end)).toBe("one")
})

test("an abort while the model speaks keeps what it said", async () => {
  await using place = await startConversation([{ text: "one two three", holdAfter: 1 }])
  const { runId } = await place.chat.send("hi")
  await place.chat.until(() => place.chat.events.find(({ state }) => state === "delta"))
  const active = (await place.chat.history()).sessionInfo
  expect(active).toMatchObject({ hasActiveRun: true, activeRunIds: [runId] })
  expect(await place.chat.abort()).toMatchObject({ aborted: true, runIds: [runId] })
  const end = await place.chat.ended(runId)
  expect(end).toMatchObject({ state: "aborted", stopReason: "aborted" })
  expect(textOf(end)).toBe("one")
  const { messages, sessionInfo } = await place.chat.history()
  expect(messages.at(-1)).toMatchObject({ stopReason: "aborted" })
  expect(sessionInfo).toMatchObject({ status: "aborted", abortedLastRun: true, activeRunIds: [] })
  await place.model.hungUp()
})

test("an abort ends a turn whose model has not begun to answer", async () => {
  await using place = await startConversation([{ holdRequest: true }])
  const { runId } = await place.chat.send("hi")
  await place.model.called()
  await place.chat.abort(runId)
  expect((await place.chat.ended(runId)).state).toBe("aborted")
})

test("a stop phrase stops the turn under way and starts none", async () => {
  await using place = await startConversation([{ holdRequest: true }])
  const { runId } = await place.chat.send("hi")
  await place.model.called()
  expect(await place.chat.send("Stop")).toMatchObject({ status: "ok" })
  expect((await place.chat.ended(runId)).state).toBe("aborted")
  expect(textOf(await place.chat.ask("/stop"))).toContain("Nothing is under way")
  expect(place.model.calls).toHaveLength(1)
})

test("a turn that waits in line can be called off at once; the one before it goes on", async () => {
  await using place = await startConversation([{ text: "First.", holdRequest: true }, "Third."])
  const first = await place.chat.send("one")
  await place.model.called()
  const second = await place.chat.send("two")
  const third = await place.chat.send("three")
  expect((await place.chat.history()).sessionInfo!.activeRunIds).toEqual(
    [first, second, third].map(({ runId }) => runId),
  )
  expect(await place.chat.abort(second.runId)).toMatchObject({ runIds: [second.runId] })
  expect((await place.chat.ended(second.runId)).state).toBe("aborted")
  expect(place.chat.ends(first.runId)).toEqual([])
  place.model.release()
  expect(textOf(await place.chat.ended(first.runId))).toBe("First.")
  expect(textOf(await place.chat.ended(third.runId))).toBe("Third.")
  const { messages } = await place.chat.history()
  const questions = messages.filter(({ role }) => role === "user").map(({ content }) => content)
  expect(questions).toEqual(["one", "two", "three"])
  const lines = place.model.calls[1]!.body.messages.map(({ role }: { role: string }) => role)
  expect(lines.filter((role: string) => role === "assistant")).toHaveLength(1)
})

test("aborting a session stops what runs and what waits", async () => {
  await using place = await startConversation([{ holdRequest: true }])
  const sent = [await place.chat.send("one"), await place.chat.send("two")]
  await place.model.called()
  expect((await place.chat.abort()).runIds).toEqual(sent.map(({ runId }) => runId))
  for (const { runId } of sent) expect((await place.chat.ended(runId)).state).toBe("aborted")
  expect(place.model.calls).toHaveLength(1)
})

test("a model that only ever asks for tools is stopped", async () => {
  await using place = await startConversation([{ tools: [look] }])
  const end = await place.chat.ask("loop")
  expect(end).toMatchObject({ state: "error", errorCode: "agents.too-many-steps" })
  expect(place.model.calls).toHaveLength(48)
})

test("a turn whose session is reset meanwhile ends, and leaves the new conversation alone", async () => {
  await using place = await startConversation([{ text: "Late.", holdRequest: true }, "Fresh."])
  const { runId } = await place.chat.send("old")
  await place.model.called()
  await place.gateway.client.request("sessions.reset", { key: "main" })
  place.model.release()
  expect(await place.chat.ended(runId)).toMatchObject({ state: "final" })
  const { messages, sessionInfo } = await place.chat.history()
  expect(messages).toEqual([])
  expect(sessionInfo).toMatchObject({ status: "idle", inputTokens: 0, activeRunIds: [] })
  await place.chat.ask("new")
  expect((await place.chat.history()).messages.map(({ role }) => role)).toEqual([
    "user",
    "assistant",
  ])
})

test("an agent that is gone by the time of its turn is an error that someone is told", async () => {
  await using place = await startConversation(["Hello."])
  const unknown = place.chat.send("hi", { sessionKey: "agent:nobody:main" })
  await expect(unknown).rejects.toMatchObject({
    data: { error: { details: { code: "agents.unknown" } } },
  })
})

test("a workspace that cannot be used fails the turn, not the gateway", async () => {
  await using place = await startConversation(["Hello."], {
    defaults: { workspace: "/dev/null/nowhere" },
  })
  const end = await place.chat.ask("hi")
  expect(end).toMatchObject({ state: "error", errorCode: "agents.workspace-unusable" })
})

test("the acceptance is read before any event of the turn", async () => {
  await using place = await startConversation(["Hello."])
  for (let round = 0; round < 20; round++) {
    const before = place.chat.events.length
    const { runId } = await place.chat.send(`round ${round}`)
    expect(place.chat.events.slice(before)).toEqual([])
    await place.chat.ended(runId)
  }
})
