import { expect, test } from "bun:test"
import { entriesOf, entryText, resultText } from "../../src/ui/transcript.ts"

const question = {
  role: "user",
  content: "what is up?",
  timestamp: 1,
  idempotencyKey: "send-1:user",
}
const step = (runId: string, ...content: { type: string; [key: string]: unknown }[]) => ({
  role: "assistant",
  content,
  timestamp: 2,
  stopReason: "stop",
  __openclaw: { id: `row-${runId}`, runId },
})
const call = { type: "toolCall", id: "call-1", name: "exec", arguments: { command: "uptime" } }
const result = {
  role: "toolResult",
  toolCallId: "call-1",
  toolName: "exec",
  content: [{ type: "text", text: "up 3 days" }],
  isError: false,
  timestamp: 3,
}

test("an answer with a tool call between its words is shown as one turn", () => {
  const entries = entriesOf({
    sessionKey: "main",
    messages: [
      question,
      step("r", { type: "text", text: "Let me look. " }, call),
      result,
      step("r", { type: "text", text: "Three days." }),
    ],
  })
  expect(entries.map(({ role }) => role)).toEqual(["user", "assistant"])
  expect(entries[0]).toMatchObject({ id: "send-1", sendKey: "send-1", state: "done" })
  expect(entries[1]!.parts).toEqual([
    { kind: "text", text: "Let me look. " },
    {
      kind: "tool",
      id: "call-1",
      name: "exec",
      input: { command: "uptime" },
      output: "up 3 days",
      state: "done",
    },
    { kind: "text", text: "Three days." },
  ])
})

test("answers of different runs stay apart even when nobody spoke between them", () => {
  const entries = entriesOf({
    sessionKey: "main",
    messages: [step("a", { type: "text", text: "one" }), step("b", { type: "text", text: "two" })],
  })
  expect(entries.map(entryText)).toEqual(["one", "two"])
})

test("a tool call that never got its result is not shown as running for ever", () => {
  const [entry] = entriesOf({ sessionKey: "main", messages: [step("r", call)] })
  expect(entry!.parts[0]).toMatchObject({ state: "failed" })
})

test("a run that still goes on is shown as streaming, under its own id", () => {
  const { __openclaw: _, ...bare } = step("r", { type: "text", text: "so far" })
  const entries = entriesOf({
    sessionKey: "main",
    messages: [question, bare],
    sessionInfo: { activeRunIds: ["run-9"] },
  })
  expect(entries.at(-1)).toMatchObject({ state: "streaming", runId: "run-9" })
})

test("stopped and failed answers say so", () => {
  const messages = [
    question,
    { ...step("a", { type: "text", text: "half" }), stopReason: "aborted" },
    { ...question, idempotencyKey: "send-2:user" },
    { ...step("b"), stopReason: "error", errorMessage: "the model is unavailable" },
  ]
  const [, stopped, , failed] = entriesOf({ sessionKey: "main", messages })
  expect(stopped).toMatchObject({ state: "stopped" })
  expect(failed).toMatchObject({ state: "failed", problem: "the model is unavailable" })
})

test("rows and blocks of kinds this page does not know are left out", () => {
  const odd = { role: "system", content: "x" }
  const strange = step("r", { type: "hologram" })
  expect(entriesOf({ sessionKey: "main", messages: [odd, strange] })).toEqual([])
})

test("what the model thought stands before what it said", () => {
  const messages = [
    step("r", { type: "thinking", thinking: "hmm" }, { type: "text", text: "Yes." }),
  ]
  const [answer] = entriesOf({ sessionKey: "main", messages })
  expect(answer!.parts).toEqual([
    { kind: "thinking", text: "hmm" },
    { kind: "text", text: "Yes." },
  ])
})

test("tool results are readable in every shape they come in", () => {
  expect(resultText("plain")).toBe("plain")
  expect(resultText({ content: [{ type: "text", text: "blocks" }] })).toBe("blocks")
  expect(resultText({ ok: true })).toContain('"ok": true')
  expect(resultText(null)).toBe("")
})
