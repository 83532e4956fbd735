import { expect, test } from "bun:test"
import { Reply } from "../../src/agent/reply.ts"
import { createBus } from "../../src/kernel/event.ts"
import { turnableClock } from "../support/turnable-clock.ts"

interface Heard {
  event: string
  seq: number
  stream?: string
  state?: string
  deltaText?: string
  data?: Record<string, unknown>
  message?: { content: { text: string }[] }
}

const start = () => {
  const clock = turnableClock()
  const bus = createBus()
  const heard: Heard[] = []
  bus.on(({ name }, payload) => heard.push({ ...(payload as Heard), event: name }))
  const reply = new Reply(
    { runId: "r", sessionKey: "agent:main:main", agentId: "main" },
    bus,
    clock,
  )
  const chat = () => heard.filter(({ event }) => event === "chat")
  return { clock, reply, heard, chat }
}

test("the first words are told at once, the next ones together", () => {
  const { clock, reply, chat } = start()
  for (const word of ["one", " two", " three"]) reply.assistant(word)
  expect(chat().map(({ deltaText }) => deltaText)).toEqual(["one"])
  clock.turn(40)
  expect(chat().map(({ deltaText }) => deltaText)).toEqual(["one", " two three"])
  expect(chat()[1]!.message?.content[0]?.text).toBe("one two three")
  clock.turn(1000)
  expect(chat()).toHaveLength(2)
})

test("the number of an event counts the words that were merged", () => {
  const { reply, chat } = start()
  for (const word of ["a", "b", "c"]) reply.assistant(word)
  reply.ended("final", "stop", 0)
  const [first, merged, final] = chat()
  expect([first!.seq, merged!.seq]).toEqual([1, 3])
  expect(final!.seq).toBeGreaterThan(3)
})

test("the deltas of a reply add up to its text", () => {
  const { clock, reply, chat } = start()
  for (let word = 0; word < 200; word++) {
    reply.assistant(`w${word} `)
    if (word % 7 === 0) clock.turn(50)
  }
  reply.ended("final", "stop", 0)
  const deltas = chat().map(({ deltaText = "" }) => deltaText)
  expect(deltas.join("")).toBe(reply.text)
})

test("text after tools is another paragraph, and tools alone leave no blank one", () => {
  const { reply } = start()
  reply.paragraph()
  reply.assistant("Looking.")
  reply.paragraph()
  reply.paragraph()
  reply.assistant("Found.")
  reply.paragraph()
  expect(reply.text).toBe("Looking.\n\nFound.")
})

test("words are told before the tool that comes after them", () => {
  const { reply, heard } = start()
  reply.assistant("a")
  reply.assistant("b")
  reply.tool({ phase: "start", name: "read" })
  const order = heard.map(({ event, stream }) => stream ?? event)
  expect(order).toEqual(["assistant", "chat", "assistant", "chat", "tool"])
})

test("thinking is merged as well, and told before what is said", () => {
  const { clock, reply, heard } = start()
  for (const word of ["let", " me", " see"]) reply.thinking(word)
  expect(heard).toEqual([])
  clock.turn(40)
  expect(heard[0]).toMatchObject({ stream: "thinking", data: { delta: "let me see" } })
  reply.thinking("!")
  reply.assistant("Yes.")
  expect(heard.slice(1).map(({ stream }) => stream)).toEqual(["thinking", "assistant", undefined])
})

test("a failure says what, and what to do, and keeps what was said", () => {
  const { reply, chat } = start()
  reply.assistant("Half an")
  const details = { code: "models.cut-off", hint: "Send it again." }
  reply.failed({ code: "UNAVAILABLE", message: "It broke.", details }, "error", 0)
  expect(chat().at(-1)).toMatchObject({
    state: "error",
    errorMessage: "It broke.",
    errorCode: "models.cut-off",
    errorHint: "Send it again.",
    message: { content: [{ text: "Half an" }] },
  })
})

test("nothing is told of a turn before its acceptance was, and then in order", async () => {
  const bus = createBus()
  const heard: number[] = []
  bus.on((_, payload) => heard.push((payload as Heard).seq))
  const told = Promise.withResolvers<void>()
  const turn = { runId: "r", sessionKey: "agent:main:main", agentId: "main" }
  const reply = new Reply(turn, bus, turnableClock(), told.promise)
  reply.started(1)
  reply.assistant("hello")
  reply.ended("final", "stop", 1)
  expect(heard).toEqual([])

  const accepted = told.promise.then(() => expect(heard).toEqual([]))
  told.resolve()
  await accepted
  await reply.open
  expect(heard.length).toBeGreaterThan(3)
  expect(heard).toEqual(heard.toSorted((a, b) => a - b))
})
