import { expect, test } from "bun:test"
import { listen, textOf } from "../../support/chat.ts"
import { startConversation } from "../../support/conversation.ts"

const thinker = { models: [{ id: "fake-1", reasoning: true, contextWindow: 32_000 }] }
const start = (turns: Parameters<typeof startConversation>[0], config = {}) =>
  startConversation(turns, { provider: thinker, config })

const asked = (place: Awaited<ReturnType<typeof start>>, call: number) => {
  const body = place.model.calls[call]!.body as {
    messages: { role: string; content: unknown }[]
    reasoning_effort?: string
  }
  const last = body.messages.findLast(({ role }) => role === "user")!
  return { text: JSON.stringify(last.content), effort: body.reasoning_effort }
}

test("a directive inside a message holds for that message, and the model does not read it", async () => {
  await using place = await start(["One.", "Two."])
  expect(textOf(await place.chat.ask("/think high what is 2+2?"))).toBe("One.")
  expect(asked(place, 0)).toMatchObject({ effort: "high" })
  expect(asked(place, 0).text).toContain("what is 2+2?")
  expect(asked(place, 0).text).not.toContain("/think")
  await place.chat.ask("and 3+3?")
  expect(asked(place, 1)).toMatchObject({ effort: "low" })
  const { messages } = await place.chat.history()
  expect(JSON.stringify(messages)).not.toContain("/think")
})

test("directives alone are kept by the session, acknowledged, and no model is asked", async () => {
  await using place = await start(["One."])
  const answer = textOf(await place.chat.ask("/think high /verbose full"))
  expect(answer).toContain("Thinking is high here from now on.")
  expect(answer).toContain("What tools do is shown: full.")
  expect(place.model.calls).toHaveLength(0)
  await place.chat.ask("go")
  expect(asked(place, 0)).toMatchObject({ effort: "high" })
  expect(textOf(await place.chat.ask("/t default"))).toContain("back to the default")
  expect(textOf(await place.chat.ask("/t"))).toContain("off, minimal, low, medium, high")
})

test("a level that the model lacks is refused with those it has, alone and inside a message", async () => {
  await using place = await start(["One."])
  for (const typed of ["/think xhigh", "/think xhigh please", "/think about it"]) {
    const answer = textOf(await place.chat.ask(typed))
    expect(answer, typed).toContain("off, minimal, low, medium, high")
    expect(answer, typed).not.toContain("xhigh,")
  }
  expect(textOf(await place.chat.ask("/verbose loud"))).toContain("It can be on, full, off")
  expect(textOf(await place.chat.ask("/exec everything"))).toContain("host=auto")
  expect(textOf(await place.chat.ask("/queue sideways"))).toContain("debounce:2s")
  expect(place.model.calls).toHaveLength(0)
})

test("/queue and /exec put settings together, and give them back", async () => {
  await using place = await start([])
  await place.chat.ask("/queue followup debounce:2s cap:25 drop:old")
  expect(textOf(await place.chat.ask("/queue"))).toContain(
    "followup debounce:2000ms cap:25 drop:old",
  )
  await place.chat.ask("/queue steer")
  expect(textOf(await place.chat.ask("/queue"))).toContain("steer debounce:2000ms cap:25")
  expect(textOf(await place.chat.ask("/queue default"))).toContain("collect debounce:1000ms cap:20")
  await place.chat.ask("/exec ask=always")
  expect(textOf(await place.chat.ask("/exec security=deny"))).toContain("ask=always security=deny")
  expect(textOf(await place.chat.ask("/exec default"))).toContain("as the config says")
})

test("without the right to direct, a directive in a message is text, and alone is refused", async () => {
  await using place = await start(["One."])
  const client = await place.gateway.connect({ scopes: ["operator.write"] })
  const chat = listen(client, "other")
  expect(textOf(await chat.ask("/elevated full run it"))).toBe("One.")
  expect(asked(place, 0).text).toContain("/elevated full run it")
  expect(textOf(await chat.ask("/elevated full"))).toContain("operator.admin")
})
