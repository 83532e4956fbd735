import { describe, expect, test } from "bun:test"
import { maybeSilence, withoutSilence } from "../../src/agent/silence.ts"
import { textOf } from "../support/chat.ts"
import { startConversation } from "../support/conversation.ts"

describe("the word for silence is taken out", () => {
  test.each([
    ["NO_REPLY", ""],
    [" NO_REPLY\n", ""],
    ["Done.\n\nNO_REPLY", "Done."],
    ["I answer NO_REPLY when told to.", "I answer NO_REPLY when told to."],
    ["MONO_REPLY", "MONO_REPLY"],
    ["Done.", "Done."],
    [`${" ".repeat(100_000)}x`, `${" ".repeat(100_000)}x`],
  ])("%j", (text, left) => expect(withoutSilence(text)).toBe(left))
})

test("as it grows it may still become another word", () => {
  expect(["", "N", "NO_", " NO_REPLY "].every(maybeSilence)).toBe(true)
  expect(["No", "NOT", "NO_REPLY!"].some(maybeSilence)).toBe(false)
})

test("nobody is shown any of it", async () => {
  await using place = await startConversation(["NO_REPLY"])
  const { runId } = await place.chat.send("psst")
  const ended = await place.chat.ended(runId)
  expect(ended).toMatchObject({ state: "final" })
  expect(textOf(ended)).toBe("")
  expect(place.chat.events.filter(({ state }) => state === "delta")).toEqual([])
  expect(JSON.stringify(await place.chat.history())).not.toContain("NO_REPLY")
})

test("an answer that begins like it is shown whole", async () => {
  await using place = await startConversation(["NO"])
  expect(textOf(await place.chat.ask("yes or no?"))).toBe("NO")
})

describe("a model that says nothing after its tools", () => {
  const after = (name: string, input: object) =>
    startConversation([{ tools: [{ name, input }] }, { text: "" }])

  test("has done what was asked when they worked", async () => {
    await using place = await after("ls", {})
    expect(await place.chat.ask("look")).toMatchObject({ state: "final" })
  })

  test("leaves it to the gateway to say that one failed", async () => {
    await using place = await after("read", { path: "gone.txt" })
    const ended = await place.chat.ask("look")
    expect(textOf(ended)).toMatch(/^⚠️ read failed: .*gone\.txt/)
    const { messages } = await place.chat.history()
    expect(messages.at(-1)!.content[0].text).toStartWith("⚠️ read failed")
  })
})
