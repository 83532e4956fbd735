import { expect, test } from "bun:test"
import fc from "fast-check"
import { toPrompt } from "../../src/agent/transcript.ts"
import type { Message } from "../../src/sessions/message.ts"

const asked = (content: string): Message => ({ role: "user", content, timestamp: 1 })
const said = (...content: Extract<Message, { role: "assistant" }>["content"]): Message => ({
  role: "assistant",
  content,
  provider: "p",
  timestamp: 1,
})
const text = (text: string) => ({ type: "text" as const, text })
const call = (id: string) => ({ type: "toolCall" as const, id, name: "read", arguments: { id } })
const result = (toolCallId: string, words = `result of ${toolCallId}`): Message => ({
  role: "toolResult",
  toolCallId,
  toolName: "read",
  content: [text(words)],
  isError: false,
  timestamp: 1,
})

const shape = (messages: Message[], provider = "p") =>
  toPrompt(messages, { provider, model: "m" }).map(({ role, content }) =>
    typeof content === "string"
      ? role
      : `${role}: ${content
          .map((part) =>
            part.type === "text"
              ? part.text
              : part.type === "tool-call"
                ? `call ${part.toolCallId}`
                : part.type === "tool-result" && "value" in part.output
                  ? `${part.toolCallId} → ${String(part.output.value).slice(0, 13)}`
                  : part.type,
          )
          .join(", ")}`,
  )

test("calls are followed by their results", () => {
  expect(shape([asked("hi"), said(call("1"), call("2")), result("1"), result("2")])).toEqual([
    "user: hi",
    "assistant: call 1, call 2",
    "tool: 1 → result of 1, 2 → result of 2",
  ])
})

test("a call that never got its result gets one that says so", () => {
  expect(shape([asked("hi"), said(call("1")), asked("again")])).toEqual([
    "user: hi",
    "assistant: call 1",
    "tool: 1 → No result: fa",
    "user: again",
  ])
})

test("a result finds its call across a note that came in between", () => {
  expect(shape([said(call("1")), said(text("a note")), asked("queued"), result("1")])).toEqual([
    "assistant: call 1",
    "tool: 1 → result of 1",
    "assistant: a note",
    "user: queued",
  ])
})

test("ids that a provider uses again belong to the newest call", () => {
  const messages = [said(call("1")), result("1", "first"), said(call("1")), result("1", "second")]
  expect(shape(messages)).toEqual([
    "assistant: call 1",
    "tool: 1 → first",
    "assistant: call 1",
    "tool: 1 → second",
  ])
})

test("results without a call, and replies that said nothing, are left out", () => {
  expect(shape([result("9"), said(), said(text("")), asked("hi")])).toEqual(["user: hi"])
})

test("thinking goes back to the provider it came from, and to no other", () => {
  const thought = { type: "thinking" as const, thinking: "hm", provider: { p: { signature: "s" } } }
  expect(shape([said(thought, text("so"))])).toEqual(["assistant: reasoning, so"])
  expect(shape([said(thought, text("so"))], "other")).toEqual(["assistant: so"])
  expect(shape([said(thought)])).toEqual([])
})

test("whatever a transcript holds, every call has one result right after it", () => {
  const id = fc.constantFrom("1", "2", "3")
  const message = fc.oneof(
    fc.constant(asked("q")),
    fc.array(id, { maxLength: 3 }).map((ids) => said(...[...new Set(ids)].map(call))),
    id.map((id) => result(id)),
  )
  fc.assert(
    fc.property(fc.array(message, { maxLength: 30 }), (messages) => {
      const prompt = toPrompt(messages, { provider: "p", model: "m" })
      for (const [at, { role, content }] of prompt.entries()) {
        if (role !== "assistant") continue
        const calls = content.flatMap((part) => (part.type === "tool-call" ? part.toolCallId : []))
        const next = prompt[at + 1]
        const results =
          next?.role === "tool"
            ? next.content.flatMap((part) => ("toolCallId" in part ? part.toolCallId : []))
            : []
        expect(results).toEqual(calls)
      }
    }),
  )
})
