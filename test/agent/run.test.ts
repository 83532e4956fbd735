import { expect, test } from "bun:test"
import type { TestGateway } from "../support/gateway.ts"
import { startGateway, temporaryHome } from "../support/gateway.ts"
import { listen, textOf } from "../support/chat.ts"
import { startConversation } from "../support/conversation.ts"

const run = async (
  { client }: Pick<TestGateway, "client">,
  { idempotencyKey = "run-1", ...params }: Record<string, unknown>,
) => {
  const accepted: Record<string, unknown>[] = []
  const onAccepted = (payload: unknown) => void accepted.push(payload as Record<string, unknown>)
  const result = (await client.request("agent", { idempotencyKey, ...params }, { onAccepted })) as {
    runId: string
    result: { payloads: { text: string }[]; meta: Record<string, unknown> }
  }
  return { accepted, ...result }
}

const refusedFor = (code: string) => ({ data: { error: { details: { code } } } })

test("a run is accepted, then answered under the same id", async () => {
  await using place = await startConversation(["Done."])
  const { accepted, runId, result } = await run(place.gateway, { message: "hi" })
  expect(accepted).toMatchObject([{ runId, status: "accepted", sessionKey: "agent:main:main" }])
  expect(result.payloads).toEqual([{ text: "Done.", mediaUrl: null } as never])
  expect(result.meta).toMatchObject({ aborted: false, stopReason: "stop" })
})

test("the same key gives the same answer, also after a restart", async () => {
  await using home = await temporaryHome()
  const before = await startConversation(["Done.", "Twice!"], { home: home.path })
  const first = await run(before.gateway, { message: "hi" })
  expect(await run(before.gateway, { message: "hi" })).toMatchObject({ runId: first.runId })
  await before[Symbol.asyncDispose]()
  await using after = await startConversation(["Twice!"], { home: home.path })
  const again = await run(after.gateway, { message: "hi" })
  expect(again).toMatchObject({ runId: first.runId, result: { payloads: [{ text: "Done." }] } })
  expect(after.model.calls).toHaveLength(0)
  const waited = await after.gateway.client.request("agent.wait", { runId: first.runId })
  expect(waited).toMatchObject({ status: "ok" })
})

test("a failed run answers with what failed and what to do", async () => {
  await using place = await startConversation([{ fail: { status: 401 } }])
  const failure = await run(place.gateway, { message: "hi" }).catch((error: unknown) => error)
  expect(failure).toMatchObject({
    data: {
      error: {
        code: "UNAVAILABLE",
        details: { code: "agents.turn-failed", cause: "models.unauthorized" },
      },
    },
  })
})

test("choosing the model of a turn needs admin", async () => {
  await using place = await startConversation(["Done."])
  await using writer = await place.gateway.connect({ scopes: ["operator.read", "operator.write"] })
  const asked = writer.request("agent", { message: "hi", model: "fake/fake-1" })
  await expect(asked).rejects.toMatchObject(refusedFor("MISSING_SCOPE"))
  expect(place.model.calls).toHaveLength(0)
})

test("a write-only caller cannot do by chat what needs admin by name", async () => {
  await using place = await startConversation(["Hello."])
  await place.chat.ask("remember me")
  await using writer = await place.gateway.connect({ scopes: ["operator.read", "operator.write"] })
  const mine = listen(writer)
  for (const command of ["/new", "/reset", " /NEW "]) {
    expect(textOf(await mine.ask(command))).toContain("operator.admin")
    const { result } = await run({ client: writer }, { message: command, idempotencyKey: command })
    expect(result.payloads[0]!.text).toContain("operator.admin")
  }
  expect((await place.chat.history()).messages).toHaveLength(2)
  expect(textOf(await place.chat.ask("/new"))).toBe("Hello.")
  const [greeting] = (await place.chat.history()).messages
  expect(greeting!.content).toContain("A new conversation begins")
})

test("a session that is named by an id nobody knows is refused, not guessed", async () => {
  await using place = await startConversation(["Done."])
  const asked = run(place.gateway, { message: "hi", sessionId: crypto.randomUUID() })
  await expect(asked).rejects.toMatchObject(refusedFor("sessions.unknown"))
})

test("waiting for a turn ends when the patience does", async () => {
  await using place = await startConversation([{ holdRequest: true }])
  const { runId } = await place.chat.send("hi")
  const waited = await place.gateway.client.request("agent.wait", { runId, timeoutMs: 1 })
  expect(waited).toEqual({ runId, status: "timeout" })
})

test("a caller who goes away does not stop the turn", async () => {
  await using place = await startConversation([{ text: "Still here.", holdRequest: true }])
  const caller = await place.gateway.connect()
  void caller.request("agent", { message: "hi" }).catch(() => {})
  await place.model.called()
  await caller.close()
  place.model.release()
  const end = await place.chat.until(() => place.chat.events.find(({ state }) => state === "final"))
  expect(textOf(end)).toBe("Still here.")
})

test("agents and sessions are listed with the model that answers", async () => {
  await using place = await startConversation(["Hello."])
  await place.chat.ask("hi")
  expect(await place.gateway.client.request("agents.list")).toMatchObject({
    agents: [{ id: "main", model: { primary: "fake/fake-1", fallbacks: [] } }],
  })
  expect(await place.gateway.client.request("sessions.list")).toMatchObject({
    defaults: { modelProvider: "fake", model: "fake-1" },
    sessions: [{ key: "agent:main:main", status: "done" }],
  })
})

test.each([
  ["chat.send", { sessionKey: "../x", message: "hi", idempotencyKey: "1" }],
  ["chat.send", { sessionKey: "main", message: "   ", idempotencyKey: "1" }],
  ["chat.send", { sessionKey: "main", message: "hi", idempotencyKey: "" }],
  ["chat.send", { sessionKey: "main", message: { text: "hi" }, idempotencyKey: "1" }],
  ["chat.send", { sessionKey: ["main"], message: "hi", idempotencyKey: "1" }],
  ["chat.send", { sessionKey: "main", message: "hi", idempotencyKey: "1", model: "x/y" }],
  ["chat.abort", { sessionKey: "a/b" }],
  ["chat.history", { sessionKey: "main", limit: 0 }],
  ["chat.history", { sessionKey: "main", maxChars: 1e12 }],
  ["agent", { message: "hi", agentId: "../../etc" }],
  ["agent", { message: "hi", timeout: -1 }],
  ["sessions.describe", { key: "\u0000" }],
])("%s refuses %p and stays up", async (name, params) => {
  await using gateway = await startGateway()
  const refused = gateway.client.request(name, params)
  await expect(refused).rejects.toMatchObject({ data: { error: { code: "INVALID_REQUEST" } } })
  expect(await gateway.client.request("agents.list")).toBeObject()
})
