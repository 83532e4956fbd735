import { expect, test } from "bun:test"
import { textOf } from "../support/chat.ts"
import { startConversation } from "../support/conversation.ts"

const userTexts = (messages: { role: string; content: unknown }[]) =>
  messages.filter(({ role }) => role === "user").map(({ content }) => content)

test("what follows /new is the first message of the new conversation", async () => {
  await using place = await startConversation(["One.", "Two."])
  await place.chat.ask("hello")
  expect(textOf(await place.chat.ask("/new what is new?"))).toBe("Two.")
  const { messages } = await place.chat.history()
  expect(userTexts(messages)).toEqual(["what is new?"])
})

test("a model's name after /new is the model of the new conversation, not a message", async () => {
  await using place = await startConversation(["One.", "Two."])
  await place.chat.ask("hello")
  await place.chat.ask("/new fake/fake-1 what is new?")
  const { messages } = await place.chat.history()
  expect(userTexts(messages)).toEqual(["what is new?"])
  const described = await place.gateway.client.request("sessions.describe", { key: "main" })
  expect(described).toMatchObject({
    session: { modelOverride: "fake-1", providerOverride: "fake" },
  })
})

test("the words that begin a conversation are those of the config", async () => {
  await using place = await startConversation(["One.", "Two.", "Three."], {
    config: { session: { resetTriggers: ["/fresh", "start over"] } },
  })
  await place.chat.ask("hello")
  expect(textOf(await place.chat.ask("/new"))).toBe("Two.")
  expect(userTexts((await place.chat.history()).messages)).toEqual(["hello", "/new"])
  await place.chat.ask("Start over: tell me more")
  expect(userTexts((await place.chat.history()).messages)).toEqual(["tell me more"])
  await place.chat.ask("start overtures")
  expect(userTexts((await place.chat.history()).messages)).toEqual([
    "tell me more",
    "start overtures",
  ])
})
