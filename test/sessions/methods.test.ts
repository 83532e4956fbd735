import { afterAll, beforeAll, expect, test } from "bun:test"
import { startConversation } from "../support/conversation.ts"

let place: Awaited<ReturnType<typeof startConversation>>
beforeAll(async () => {
  place = await startConversation(["Done."])
  await place.chat.ask("hello")
})
afterAll(() => place[Symbol.asyncDispose]())

// oxlint-disable-next-line typescript/no-explicit-any -- a test looks at whichever field it is about
const call = async (method: string, params: object): Promise<any> =>
  place.gateway.client.request(method, params)
const refusal = (method: string, params: object) =>
  call(method, params).then(
    () => "nothing",
    (error: { data: { error: { details: { code: string } } } }) => error.data.error.details.code,
  )

const wishes = {
  label: "Home",
  model: "fake/fake-1",
  authProfileId: "fake:mine",
  thinkingLevel: "high",
  verboseLevel: "full",
  reasoningLevel: "stream",
  elevatedLevel: "ask",
  responseUsage: "on",
  sendPolicy: "deny",
  groupActivation: "always",
  execHost: "gateway",
  execSecurity: "allowlist",
  execAsk: "always",
  execNode: "phone",
  spawnedBy: "agent:main:other",
  spawnDepth: 2,
}

test("every wish is kept, shown in the row, and taken back by null", async () => {
  const { entry, resolved } = await call("sessions.patch", { key: "main", ...wishes })
  const { model: _, authProfileId: __, ...same } = wishes
  expect(entry).toMatchObject({
    ...same,
    responseUsage: "tokens",
    modelOverride: "fake-1",
    providerOverride: "fake",
    authProfileOverride: "fake:mine",
    authProfileOverrideSource: "user",
  })
  expect(resolved).toEqual({ modelProvider: "fake", model: "fake-1" })
  const { sessions } = await call("sessions.list", { search: "home" })
  expect(sessions).toMatchObject([{ key: "agent:main:main", thinkingLevel: "high" }])

  const nothing = Object.fromEntries(Object.keys(wishes).map((name) => [name, null]))
  const { entry: plain } = await call("sessions.patch", { key: "main", ...nothing })
  for (const name of Object.keys(wishes).filter(
    (name) => name !== "model" && name !== "spawnDepth",
  ))
    expect([name, plain[name]]).toEqual([name, undefined])
  expect(plain).not.toHaveProperty("modelOverride")
  expect(plain).not.toHaveProperty("authProfileOverride")
  expect(plain.spawnDepth).toBe(0)
})

test("what is not named stays as it was, within exec too", async () => {
  await call("sessions.patch", { key: "main", execHost: "gateway", execAsk: "always" })
  await call("sessions.patch", { key: "main", thinkingLevel: "low" })
  const { entry } = await call("sessions.patch", { key: "main", execHost: null })
  expect(entry).toMatchObject({ thinkingLevel: "low", execAsk: "always" })
  expect(entry).not.toHaveProperty("execHost")
})

test.each([
  [{ key: "gone", label: "x" }, "sessions.unknown"],
  [{ key: "main", model: "nobody/nothing" }, "models.unknown"],
  [{ key: "../main", label: "x" }, "sessions.bad-key"],
])("%p is refused with %p", async (params, code) => {
  expect(await refusal("sessions.patch", params)).toBe(code)
})

test.each([
  { thinkingLevel: "as hard as it can" },
  { label: "" },
  { label: "x".repeat(65) },
  { spawnDepth: -1 },
  { execSecurity: true },
  { constructor: { prototype: { polluted: true } } },
] as object[])("a patch of %p changes nothing", async (wish) => {
  const before = await call("sessions.describe", { key: "main" })
  await expect(call("sessions.patch", { key: "main", ...wish })).rejects.toThrow()
  expect(await call("sessions.describe", { key: "main" })).toEqual(before)
  expect({} as { polluted?: boolean }).not.toHaveProperty("polluted")
})

test("a session that is deleted with its transcript leaves nothing to find", async () => {
  await call("chat.inject", { sessionKey: "secret", message: "the osprey nests here" })
  const found = await call("sessions.search", { query: "osprey" })
  expect(found).toMatchObject({
    complete: true,
    results: [{ key: "agent:main:secret", role: "assistant" }],
  })
  const gone = await call("sessions.delete", { key: "secret", deleteTranscript: true })
  expect(gone).toMatchObject({ ok: true, deleted: true, archived: [] })
  expect((await call("sessions.search", { query: "osprey" })).results).toEqual([])
  expect(await refusal("sessions.delete", { key: "secret" })).toBe("sessions.unknown")
  expect(await refusal("sessions.delete", { key: "main" })).toBe("sessions.main-stays")
})

test("an import takes nothing over but the words", async () => {
  await call("sessions.patch", { key: "main", thinkingLevel: "high", execSecurity: "full" })
  const { lines, next } = await call("sessions.export", { key: "main" })
  expect(next).toBeNull()
  const { entry, messages } = await call("sessions.import", { lines, key: "twin" })
  expect(messages).toBe(2)
  expect(entry).not.toHaveProperty("thinkingLevel")
  expect(entry).not.toHaveProperty("execSecurity")
  const history = await call("chat.history", { sessionKey: "twin" })
  expect(history.messages.every(({ __fased }: { __fased: object }) => !("runId" in __fased))).toBe(
    true,
  )
  expect(await refusal("sessions.import", { lines, key: "agent:nobody:x" })).toBe("agents.unknown")
  expect(await refusal("sessions.import", { lines, key: "twin" })).toBe("sessions.exists")
  const checked = await call("sessions.import", { lines, key: "third", dryRun: true })
  expect(checked).toMatchObject({ messages: 2, entry: null })
  expect(await refusal("sessions.export", { key: "third" })).toBe("sessions.unknown")
})

test("an export that a reset comes between ends with a refusal, not with half of each", async () => {
  const { sessionId } = await call("sessions.export", { key: "twin" })
  await call("sessions.reset", { key: "twin" })
  const rest = { key: "twin", after: 1, sessionId }
  expect(await refusal("sessions.export", rest)).toBe("sessions.unknown")
})

test("with scope global the main session is the one all share, for whoever asks", async () => {
  const config = { session: { scope: "global" } }
  await using shared = await startConversation(["Hello.", "Again."], { config })
  const { client } = shared.gateway
  expect(client.hello.snapshot?.sessionDefaults).toMatchObject({ mainSessionKey: "global" })
  await shared.chat.ask("hi")
  const { sessions } = (await client.request("sessions.list", {})) as { sessions: object[] }
  expect(sessions).toMatchObject([{ key: "global", kind: "global", agentId: "main" }])
  await expect(client.request("sessions.delete", { key: "main" })).rejects.toThrow("main session")
})
