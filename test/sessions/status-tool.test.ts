import { expect, test } from "bun:test"
import { startToolUse } from "../support/tool-use.ts"

test("session_status tells the time, the model and how far the session is", async () => {
  await using use = await startToolUse({ agents: { defaults: { userTimezone: "Europe/Berlin" } } })
  const { text } = await use.use("session_status", {})
  expect(JSON.parse(text)).toMatchObject({
    now: expect.stringMatching(/^\d{4}-/),
    localTime: expect.stringMatching(/(?:CET|CEST|GMT\+[12])$/),
    timezone: "Europe/Berlin",
    sessionKey: "agent:main:main",
    agentId: "main",
    model: "fake/fake-1",
    messages: expect.any(Number),
  })
})

test("session_status switches the model from the next turn on, and back", async () => {
  await using use = await startToolUse()
  const switched = await use.use("session_status", { model: "fased/guide" })
  expect(JSON.parse(switched.text)).toMatchObject({
    model: "fased/guide",
    overrides: { model: "fased/guide" },
  })
  const wrong = await use.use("session_status", { model: "no/such" }, "agent:main:other")
  expect(wrong.isError).toBe(true)
  const back = await use.use(
    "session_status",
    { model: "default", sessionKey: "main" },
    "agent:main:other",
  )
  expect(JSON.parse(back.text)).toMatchObject({
    sessionKey: "agent:main:main",
    model: "fake/fake-1",
  })
})

test("session_status of another agent's session is refused", async () => {
  await using use = await startToolUse({ agents: { list: [{ id: "main" }, { id: "work" }] } })
  const { text, isError } = await use.use("session_status", { sessionKey: "agent:work:main" })
  expect(isError).toBe(true)
  expect(text).toContain("cannot be looked at")
})
