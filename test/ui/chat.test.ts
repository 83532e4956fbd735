import { expect, test } from "bun:test"
import fc from "fast-check"
import {
  activeEntry,
  adopt,
  chatEvent,
  emptyChat,
  heard,
  notTaken,
  say,
  taken,
  thinkingEvent,
  toolEvent,
  withOlder,
} from "../../src/ui/chat.ts"
import type { Chat } from "../../src/ui/chat.ts"
import type { ChatEvent } from "../../src/ui/frames.ts"
import { entryText } from "../../src/ui/transcript.ts"

const runId = "run-1"
const sessionKey = "agent:main:main"
const assistant = (text: string) => ({ role: "assistant", content: [{ type: "text", text }] })
const event = (seq: number, rest: Partial<ChatEvent>): ChatEvent => ({
  runId,
  sessionKey,
  seq,
  state: "delta",
  ...rest,
})
const play = (chat: Chat, ...events: ChatEvent[]) =>
  events.reduce((before, next) => chatEvent(before, next, 5), chat)
const tool = (chat: Chat, data: object) =>
  toolEvent(
    chat,
    { runId, sessionKey, data: { phase: "start", name: "exec", toolCallId: "t", ...data } },
    5,
  )
const answer = (chat: Chat) => chat.entries.find(({ role }) => role === "assistant")!

test("what a person says appears at once and is answered in place", () => {
  const sending = say(emptyChat, "k", { text: "hello" }, 1)
  expect(sending.entries).toMatchObject([{ role: "user", state: "sending", at: 1 }])

  const waiting = taken(sending, "k", runId, 2)
  expect(waiting.entries).toMatchObject([{ state: "done" }, { state: "streaming", runId }])

  const done = play(
    waiting,
    event(1, { deltaText: "Hi ", message: assistant("Hi ") }),
    event(2, { deltaText: "there", message: assistant("Hi there") }),
    event(3, { state: "final", message: assistant("Hi there.") }),
  )
  expect(entryText(answer(done))).toBe("Hi there.")
  expect(activeEntry(done)).toBeUndefined()
})

test("an answer that finished before chat.send was acknowledged is not opened again", () => {
  const quick = play(
    say(emptyChat, "k", { text: "hello" }, 1),
    event(1, { state: "final", message: assistant("Done.") }),
  )
  const acknowledged = taken(quick, "k", runId, 3)
  expect(acknowledged.entries).toHaveLength(2)
  expect(activeEntry(acknowledged)).toBeUndefined()
})

test("deltas without the whole text are appended, and the whole text heals what was missed", () => {
  const torn = play(emptyChat, event(1, { deltaText: "one " }), event(4, { deltaText: "four" }))
  expect(entryText(answer(torn))).toBe("one four")
  const healed = play(torn, event(5, { message: assistant("one two three four five") }))
  expect(entryText(answer(healed))).toBe("one two three four five")
})

test("an event that was heard already changes nothing", () => {
  const delta = event(2, { deltaText: "once" })
  const once = play(emptyChat, delta)
  expect(play(once, delta)).toBe(once)
  const done = play(once, event(3, { state: "final" }))
  expect(play(done, event(4, { deltaText: "late" }))).toBe(done)
})

test("words and tool cards keep their order, whether the text is of the run or of the step", () => {
  const before = play(emptyChat, event(1, { message: assistant("Looking. ") }))
  const used = tool(tool(before, { args: { command: "ls" } }), { phase: "result", result: "a b" })
  for (const whole of ["Looking. Found it.", "Found it."]) {
    const after = play(used, event(9, { message: assistant(whole) }))
    expect(answer(after).parts).toMatchObject([
      { kind: "text", text: "Looking. " },
      { kind: "tool", state: "done", output: "a b", input: { command: "ls" } },
      { kind: "text", text: "Found it." },
    ])
    const final = play(after, event(10, { state: "final", message: assistant(whole) }))
    expect(answer(final).parts).toEqual(answer(after).parts)
  }
})

test("a page reloaded during a run goes on where the transcript ends", () => {
  const messages = [
    { role: "user", content: "hi", idempotencyKey: "k:user" },
    {
      role: "assistant",
      content: [
        { type: "text", text: "Looking." },
        { type: "toolCall", id: "t", name: "exec" },
      ],
      __fased: { runId },
    },
  ]
  const sessionInfo = { hasActiveRun: true, lastRunId: runId }
  const reloaded = adopt(emptyChat, { sessionKey, messages, sessionInfo })
  const after = play(reloaded, event(9, { message: assistant("Looking.\n\nFound it.") }))
  expect(after.entries).toHaveLength(2)
  expect(answer(after).parts).toMatchObject([
    { text: "Looking." },
    { name: "exec", state: "running" },
    { text: "\n\nFound it." },
  ])
})

test("a history read just before the run was closed does not reopen it", () => {
  const done = play(
    taken(say(emptyChat, "k", { text: "hi" }, 1), "k", runId, 1),
    event(1, { state: "final", message: assistant("Hello.") }),
  )
  const messages = [{ role: "user", content: "hi", idempotencyKey: "k:user" }]
  const sessionInfo = { hasActiveRun: true, lastRunId: runId }
  const adopted = adopt(done, { sessionKey, messages, sessionInfo })
  expect(adopted.entries.map(entryText)).toEqual(["hi", "Hello."])
  expect(activeEntry(adopted)).toBeUndefined()
})

test("a tool that was running when the run was stopped does not run on", () => {
  const stopped = play(tool(emptyChat, {}), event(3, { state: "aborted" }))
  expect(answer(stopped)).toMatchObject({ state: "stopped", parts: [{ state: "failed" }] })
})

test("a failed run says why", () => {
  const failed = play(
    emptyChat,
    event(1, { state: "error", errorMessage: "No credit left.", errorHint: "Top up." }),
  )
  expect(answer(failed)).toMatchObject({
    state: "failed",
    problem: "No credit left.",
    hint: "Top up.",
  })
})

test("what could not be sent stays, and is sent again under the same key", () => {
  const unsent = notTaken(say(emptyChat, "k", { text: "hello" }, 1), "k", "the connection was lost")
  expect(unsent.entries).toMatchObject([{ state: "unsent", problem: "the connection was lost" }])
  expect(say(unsent, "k", { text: "hello" }, 2).entries).toMatchObject([{ state: "sending" }])
})

test("a question from elsewhere is shown once, before its answer", () => {
  const opened = play(emptyChat, event(1, { state: "status" }))
  const question = { role: "user", content: "from the phone", idempotencyKey: "p:user" }
  const both = heard(heard(opened, question, 7), question, 8)
  expect(both.entries.map(({ role }) => role)).toEqual(["user", "assistant"])
})

test("one's own question is not repeated when the gateway announces it", () => {
  const said = say(emptyChat, "k", { text: "hello" }, 1)
  expect(heard(said, { role: "user", content: "hello", idempotencyKey: "k:user" }, 2)).toBe(said)
})

test("history replaces what is shown and keeps what it cannot know", () => {
  const said = say(say(emptyChat, "old", { text: "first" }, 1), "new", { text: "second" }, 2)
  const messages = [
    { role: "user", content: "first", idempotencyKey: "old:user" },
    { ...assistant("reply"), stopReason: "stop" },
  ]
  const adopted = adopt(said, { sessionKey, messages })
  expect(adopted.loaded).toBe(true)
  expect(adopted.entries.map(entryText)).toEqual(["first", "reply", "second"])
})

test("a run that ended while the connection was down is shown as ended", () => {
  const live = play(
    taken(say(emptyChat, "k", { text: "hi" }, 1), "k", runId, 1),
    event(1, { deltaText: "par" }),
  )
  const messages = [
    { role: "user", content: "hi", idempotencyKey: "k:user" },
    { ...assistant("partial and the rest"), stopReason: "stop" },
  ]
  const adopted = adopt(live, { sessionKey, messages })
  expect(adopted.entries.map(entryText)).toEqual(["hi", "partial and the rest"])
  expect(activeEntry(adopted)).toBeUndefined()
})

test("a run that still goes on keeps what has streamed", () => {
  const live = play(
    taken(say(emptyChat, "k", { text: "hi" }, 1), "k", runId, 1),
    event(1, { deltaText: "par" }),
  )
  const messages = [{ role: "user", content: "hi", idempotencyKey: "k:user" }]
  const sessionInfo = { activeRunIds: [runId] }
  expect(activeEntry(adopt(live, { sessionKey, messages, sessionInfo }))).toMatchObject({
    parts: [{ text: "par" }],
  })
  const reloaded = adopt(emptyChat, { sessionKey, messages, sessionInfo })
  expect(activeEntry(reloaded)).toMatchObject({ runId, parts: [] })
})

test("however deltas are cut, repeated or merged, the final text is the answer", () => {
  const text = fc.string({ unit: "grapheme", minLength: 1, maxLength: 60 })
  fc.assert(
    fc.property(text, fc.array(fc.nat(60), { maxLength: 12 }), (whole, cuts) => {
      const ends = cuts.toSorted((a, b) => a - b).map((cut) => Math.min(cut, whole.length))
      const deltas = ends.map((end, seq) => event(seq, { message: assistant(whole.slice(0, end)) }))
      const last = event(99, { state: "final", message: assistant(whole) })
      expect(entryText(answer(play(emptyChat, ...deltas, ...deltas, last)))).toBe(whole)
    }),
  )
})

const row = (seq: number, message: object) => ({
  role: "user",
  timestamp: seq,
  __fased: { id: `m${seq}`, seq, runId: "r1" },
  ...message,
})
const call = row(2, {
  role: "assistant",
  content: [{ type: "toolCall", id: "t1", name: "ls", arguments: {} }],
})
const result = row(3, { role: "toolResult", toolCallId: "t1", content: "a file" })
const words = row(4, { ...assistant("There is a file."), stopReason: "stop" })

test("a turn that the edge of a page cut in two becomes whole with the older page", () => {
  const newest = adopt(emptyChat, { sessionKey, messages: [result, words], hasMore: true })
  expect(newest.hasMore).toBe(true)
  const live = say(newest, "k", { text: "and now?" }, 9)
  const whole = withOlder(live, { sessionKey, messages: [row(1, { content: "look" }), call] })
  expect(whole.hasMore).toBe(false)
  expect(whole.entries).toMatchObject([
    { role: "user", parts: [{ text: "look" }] },
    {
      role: "assistant",
      parts: [{ kind: "tool", output: "a file", state: "done" }, { text: "There is a file." }],
    },
    { id: "k", state: "sending" },
  ])
})

test("older pages stay when the newest one is read again, unless something lies between", () => {
  const first = adopt(emptyChat, { sessionKey, messages: [words], hasMore: true })
  const older = withOlder(first, {
    sessionKey,
    messages: [row(1, { content: "look" })],
    hasMore: true,
  })
  const next = row(5, { content: "more" })
  expect(adopt(older, { sessionKey, messages: [words, next] }).entries).toHaveLength(3)
  const far = row(50, { content: "much later" })
  expect(adopt(older, { sessionKey, messages: [far] }).entries).toHaveLength(1)
})

test("thinking is one part however it comes, and ends where words begin", () => {
  const think = (chat: Chat, delta: string) =>
    thinkingEvent(chat, { runId, sessionKey, data: { delta } }, 5)
  const thought = think(think(taken(emptyChat, "k", runId, 1), "Let me "), "see.")
  const spoken = play(thought, event(1, { deltaText: "Yes", message: assistant("Yes") }))
  expect(answer(think(spoken, "Hm.")).parts).toEqual([
    { kind: "thinking", text: "Let me see." },
    { kind: "text", text: "Yes" },
    { kind: "thinking", text: "Hm." },
  ])
})
