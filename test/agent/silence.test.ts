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
    ["HEARTBEAT_OK", ""],
    ["**HEARTBEAT_OK**.", ""],
    ["HEARTBEAT_OK\nThe disk is full.", "The disk is full."],
    ["The disk is full. HEARTBEAT_OK", "The disk is full."],
    ["I say HEARTBEAT_OK when all is well.", "I say HEARTBEAT_OK when all is well."],
    ["HEARTBEAT_OKAY", "HEARTBEAT_OKAY"],
    [`${"*".repeat(100_000)}x HEARTBEAT_OK`, `${"*".repeat(100_000)}x`],
  ])("%j", (text, left) => expect(withoutSilence(text)).toBe(left))
})

describe("an acknowledgement says nothing, with little beside it", () => {
  test.each([
    ["HEARTBEAT_OK", ""],
    ["HEARTBEAT_OK All is quiet.", ""],
    ["All is quiet. HEARTBEAT_OK", ""],
    [
      "HEARTBEAT_OK But the disk is full, and the backup failed.",
      "But the disk is full, and the backup failed.",
    ],
    ["All is quiet.", "All is quiet."],
  ])("%j", (text, left) => expect(withoutSilence(text, 20)).toBe(left))
})

test("as it grows it may still become another word", () => {
  expect(["", "N", "NO_", " NO_REPLY ", "HEART"].every((text) => maybeSilence(text))).toBe(true)
  expect(["No", "NOT", "NO_REPLY!", "Hello"].some((text) => maybeSilence(text))).toBe(false)
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
