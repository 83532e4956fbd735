import { expect, test } from "bun:test"
import { startConversation } from "../support/conversation.ts"

interface Listed {
  archives: { sessionId: string; key: string; title?: string; reason: string }[]
  total: number
}

const hold = async (turns: string[]) => {
  const place = await startConversation(turns)
  const { chat, gateway } = place
  const call = <T>(method: string, params: object) =>
    gateway.client.request(method, params) as Promise<T>
  return Object.assign(place, {
    call,
    say: (sessionKey: string, message: string) => chat.ask(message, { sessionKey }),
    archives: (filter: object = {}) => call<Listed>("sessions.archives.list", filter),
    restore: (sessionId: string) =>
      call<{ key: string }>("sessions.archives.restore", { sessionId }),
    async words(sessionKey: string) {
      const { messages } = await chat.history({ sessionKey })
      return messages.map(({ content }) => content[0]?.text ?? content)
    },
  })
}

test("an archived session is listed, comes back under its key, and goes on", async () => {
  await using place = await hold(["On Tuesday.", "At nine.", "Still Tuesday."])
  const key = "agent:main:dentist"
  await place.say(key, "When is the dentist?")
  await place.say(key, "At what time?")
  await place.call("sessions.compact", { key, maxLines: 2 })
  await place.call("sessions.delete", { key })
  const { archives, total } = await place.archives()
  expect(total).toBe(1)
  expect(archives).toMatchObject([{ key, title: "When is the dentist?", reason: "deleted" }])
  expect(await place.restore(archives[0]!.sessionId)).toMatchObject({
    key,
    entry: { key, derivedTitle: "When is the dentist?", compactionCount: 1 },
  })
  expect(await place.archives()).toEqual({ archives: [], total: 0 })
  await place.say(key, "Sure?")
  expect(await place.words(key)).toEqual([
    "When is the dentist?",
    "On Tuesday.",
    "At what time?",
    "At nine.",
    "Sure?",
    "Still Tuesday.",
  ])
  // It was shortened before it was archived, and is read so still.
  expect(JSON.stringify(place.model.calls.at(-1)!.body)).not.toContain("When is the dentist?")
})

test("where its key has another conversation by now, it comes back beside that one", async () => {
  await using place = await hold(["One.", "Two."])
  await place.say("main", "first")
  await place.call("sessions.reset", { key: "main", reason: "reset" })
  await place.say("main", "second")
  const [old] = (await place.archives({ search: "firs" })).archives
  const { key } = await place.restore(old!.sessionId)
  expect(key).toStartWith("agent:main:restored-")
  expect(await place.words(key)).toEqual(["first", "One."])
  expect(await place.words("main")).toEqual(["second", "Two."])
})

test("only what matches is listed, page by page; what was erased comes back for nobody", async () => {
  await using place = await hold(["a", "b", "c"])
  const keyOf = (name: string) => `agent:main:${name}`
  for (const name of ["100%", "beta", "gone"]) await place.say(keyOf(name), name)
  const { sessionId } = await place.chat.history({ sessionKey: keyOf("gone") })
  await place.call("sessions.delete", { key: keyOf("gone"), deleteTranscript: true })
  for (const name of ["100%", "beta"]) await place.call("sessions.delete", { key: keyOf(name) })
  expect((await place.archives({ search: "0%" })).archives).toMatchObject([{ key: keyOf("100%") }])
  expect((await place.archives({ search: "_eta" })).total).toBe(0)
  expect((await place.archives({ agentId: "other" })).total).toBe(0)
  const page = await place.archives({ limit: 1, offset: 1 })
  expect([page.archives.length, page.total]).toEqual([1, 2])
  expect(place.restore(sessionId!)).rejects.toThrow("No archived session has the id")
})
