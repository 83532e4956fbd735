import { describe, expect, test } from "bun:test"
import fc from "fast-check"
import type { Reader } from "../../src/agent/dialect.ts"
import { toPrompt } from "../../src/agent/transcript.ts"
import type { Api } from "../../src/models/config.ts"
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

describe("each provider gets a transcript in its own ways (contract 16 §5)", () => {
  const of = (provider: string, api?: Api, model = "m"): Reader => ({ provider, api, model })
  const readers = {
    anthropic: of("anthropic", "anthropic-messages"),
    google: of("google", "google-generative-ai"),
    mistral: of("mistral", "openai-completions"),
    openai: of("openai", "openai-responses"),
    local: of("ollama", "openai-completions"),
  }
  const roles = (messages: Message[], reader: Reader) =>
    toPrompt(messages, reader).map(({ role }) => role)
  const idOf = (id: string, reader: Reader) => {
    const [, answer, gave] = toPrompt([asked("q"), said(call(id)), result(id)], reader)
    const ids = [answer, gave].map(
      (message) => (message!.content[0] as { toolCallId: string }).toolCallId,
    )
    expect(new Set(ids).size).toBe(1)
    return ids[0]!
  }

  test.each([
    ["anthropic", "fc_1|item:2", /^[a-zA-Z0-9_-]{1,64}$/],
    ["google", "call_abc-1", /^[a-zA-Z0-9]+$/],
    ["mistral", "call_abc-1", /^[a-zA-Z0-9]{9}$/],
  ] as const)("%s gets ids of calls that it takes", (name, id, form) => {
    expect(idOf(id, readers[name])).toMatch(form)
    expect(idOf(id, readers[name])).toBe(idOf(id, readers[name]))
    expect(idOf(`${id}x`, readers[name])).not.toBe(idOf(id, readers[name]))
  })

  test.each([
    ["anthropic", "toolu_01A"],
    ["google", "abc123"],
    ["mistral", "abcDEF123"],
    ["openai", "fc_1|item:2"],
    ["local", "call_abc-1"],
  ] as const)("%s keeps those it takes", (name, id) => expect(idOf(id, readers[name])).toBe(id))

  test.each([
    ["anthropic", ["user", "assistant"]],
    ["google", ["user", "assistant"]],
    ["mistral", ["user", "assistant"]],
    ["openai", ["user", "user", "assistant"]],
    ["local", ["user", "user", "assistant"]],
  ] as const)("%s: questions in a row", (name, expected) => {
    expect(roles([asked("a"), asked("b"), said(text("c"))], readers[name])).toEqual([...expected])
  })

  test("Google never gets an answer first", () => {
    expect(roles([said(text("hi")), asked("q")], readers.google)).toEqual([
      "user",
      "assistant",
      "user",
    ])
    expect(roles([said(text("hi")), asked("q")], readers.openai)).toEqual(["assistant", "user"])
  })

  test("Gemini behind OpenRouter gets back only signatures that are base64", () => {
    const signed = (signature: string) => {
      const part = {
        ...call("1"),
        provider: { openrouter: { thought_signature: signature, a: 1 } },
      }
      const message = { ...said(part), provider: "openrouter" } as Message
      const reader = of("openrouter", "openai-completions", "google/gemini-3-pro")
      return toPrompt([asked("q"), message, result("1")], reader)[1]!.content[0]
    }
    expect(signed("c2ln")).toMatchObject({
      providerOptions: { openrouter: { thought_signature: "c2ln", a: 1 } },
    })
    expect(signed("not base64!")).toHaveProperty("providerOptions", { openrouter: { a: 1 } })
  })

  const picture: Message = {
    role: "toolResult",
    toolCallId: "1",
    toolName: "read",
    content: [text("a cat"), { type: "image", mediaId: "cat", mimeType: "image/png" }],
    isError: false,
    timestamp: 1,
  }
  const pictures = new Map([["cat", { mimeType: "image/png", bytes: new Uint8Array([1]) }]])
  const shows = (reader: Reader) =>
    toPrompt([asked("q"), said(call("1")), picture, asked("next")], reader, pictures)
      .slice(2)
      .map(({ role, content }) => [
        role,
        ...(content as { type: string; output?: { type: string } }[]).map(
          ({ type, output }) => output?.type ?? type,
        ),
      ])

  test.each([
    [
      "anthropic",
      [
        ["tool", "content"],
        ["user", "text"],
      ],
    ],
    [
      "google",
      [
        ["tool", "content"],
        ["user", "text"],
      ],
    ],
    [
      "openai",
      [
        ["tool", "content"],
        ["user", "text"],
      ],
    ],
    [
      "local",
      [
        ["tool", "text"],
        ["user", "text", "file"],
        ["user", "text"],
      ],
    ],
    [
      "mistral",
      [
        ["tool", "text"],
        ["user", "text", "file", "text"],
      ],
    ],
  ] as const)("%s: pictures a tool showed", (name, expected) => {
    expect(shows(readers[name])).toEqual(expected as never)
  })

  test("a model that reads text alone is told of them", () => {
    const blind = { ...readers.anthropic, input: ["text" as const] }
    expect(shows(blind)).toEqual([
      ["tool", "text"],
      ["user", "text"],
    ])
  })
})

test("calls that nothing was asked with are left out, and wrong JSON is an object", () => {
  const empty = { type: "toolCall" as const, id: "1", name: "read", arguments: undefined }
  expect(shape([asked("q"), said(text("so"), empty)])).toEqual(["user: q", "assistant: so"])
  const broken = { ...empty, arguments: '{"path": "a' }
  const [, answer] = toPrompt([asked("q"), said(broken), result("1")], {
    provider: "p",
    model: "m",
  })
  expect(answer!.content[0]).toMatchObject({ input: { invalid: '{"path": "a' } })
})

test("words of another session say so", () => {
  const message: Message = {
    role: "user",
    content: "do it",
    provenance: { kind: "inter_session" },
    timestamp: 1,
  }
  expect(shape([message])).toEqual(["user: [Inter-session message], do it"])
})
