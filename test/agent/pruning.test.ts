import { describe, expect, test } from "bun:test"
import { createPruner } from "../../src/agent/pruning.ts"
import { agents } from "../../src/agents/config.ts"
import type { PruningSettings } from "../../src/agents/pruning.ts"
import type { OpenModel } from "../../src/models/service.ts"
import type { Message } from "../../src/sessions/message.ts"
import { textOf } from "../../src/sessions/message.ts"

const claude = {
  provider: "anthropic",
  model: "claude",
  api: "anthropic-messages",
} as unknown as OpenModel
const gpt = { provider: "openai", model: "gpt", api: "openai-responses" } as unknown as OpenModel

const settingsOf = (contextPruning: object): PruningSettings =>
  agents.schema.parse({ defaults: { contextPruning } }).defaults.contextPruning

const asked = (content: string): Message => ({ role: "user", content, timestamp: 0 })
const called = (id: string, timestamp: number): Message => ({
  role: "assistant",
  content: [{ type: "toolCall", id, name: "read", arguments: {} }],
  provider: "anthropic",
  timestamp,
})
const gave = (id: string, text: string, toolName = "read"): Message => ({
  role: "toolResult",
  toolCallId: id,
  toolName,
  content: [{ type: "text", text }],
  isError: false,
  timestamp: 1,
})
const minute = 60_000

/** Steps of one call and one result each, the newest at `at`. */
const steps = (count: number, chars: number, at = 0) => [
  asked("go"),
  ...Array.from({ length: count }, (_, step) => [
    called(`c${step}`, at - (count - step - 1)),
    gave(`c${step}`, `${step}${"x".repeat(chars)}`),
  ]).flat(),
]

const pruned = (
  messages: readonly Message[],
  { settings = {}, model = claude, window = 10_000, now = 0, prune = createPruner() } = {},
) => prune(messages, { sessionId: "s", model, window, settings: settingsOf(settings), now })

const results = (messages: readonly Message[]) =>
  messages.filter(({ role }) => role === "toolResult").map(textOf)

describe("it leaves a request alone", () => {
  const messages = steps(8, 10_000)
  test.each([
    ["when it is off", { settings: { mode: "off" }, now: 1e12 }],
    [
      "while the provider still has it cached",
      { settings: { mode: "cache-ttl" }, now: 5 * minute },
    ],
    ["for an hour, unless told otherwise", { now: 59 * minute }],
    ["for providers that do not cache by time", { model: gpt, now: 1e12 }],
    ["when there is plenty of room", { window: 1_000_000, now: 1e12 }],
    ["when every answer is new", { settings: { keepLastAssistants: 50 }, now: 1e12 }],
    ["when no tool may lose its results", { settings: { tools: { deny: ["RE*"] } }, now: 1e12 }],
  ])("%s", (_, options) => {
    expect(pruned(messages, options)).toEqual(messages)
  })
})

test("large results are shortened from the first share on, the newest answers' left whole", () => {
  const settings = { hardClear: { enabled: false } }
  const texts = results(pruned(steps(6, 5000), { settings, now: 61 * minute }))
  expect(texts.slice(0, 3).every((text) => text.includes("\n...\n"))).toBe(true)
  expect(texts[0]!).toStartWith(
    `0${"x".repeat(1499)}\n...\n${"x".repeat(1500)}\n\n[Tool result trimmed`,
  )
  expect(texts[0]!).toContain("of 5001 characters")
  expect(texts.slice(3)).toEqual(results(steps(6, 5000)).slice(3))
})

test("what is short stays whole", () => {
  const messages = steps(6, 3000)
  expect(results(pruned(messages, { now: 61 * minute }))).toEqual(results(messages))
})

test("from the second share on the oldest are cleared, as many as it takes", () => {
  const settings = { softTrim: { maxChars: 1e9 }, minPrunableToolChars: 1000 }
  const texts = results(pruned(steps(10, 4000), { settings, now: 61 * minute }))
  const cleared = texts.filter((text) => text === "[Old tool result content cleared]")
  expect(cleared.length).toBeGreaterThan(3)
  expect(texts.slice(0, cleared.length)).toEqual(cleared)
  expect(texts.slice(-3)).toEqual(results(steps(10, 4000)).slice(-3))
})

test("with little to gain none is cleared", () => {
  const settings = { softTrim: { maxChars: 1e9 }, minPrunableToolChars: 50_000 }
  expect(results(pruned(steps(10, 4000), { settings, now: 61 * minute }))).toEqual(
    results(steps(10, 4000)),
  )
})

test("results with pictures stay", () => {
  const messages = steps(6, 30_000).map((message): Message =>
    message.role === "toolResult"
      ? {
          ...message,
          content: [
            ...(message.content as { type: "text"; text: string }[]),
            { type: "image", mediaId: "m", mimeType: "image/png" },
          ],
        }
      : message,
  )
  expect(pruned(messages, { now: 61 * minute })).toEqual(messages)
})

test("what was left out once stays out, so that the next requests begin with the same words", () => {
  const prune = createPruner()
  const before = pruned(steps(8, 6000), { now: 61 * minute, prune })
  const later = [...steps(8, 6000), asked("more"), called("new", 61 * minute), gave("new", "ok")]
  const after = pruned(later, { now: 62 * minute, prune })
  expect(after.slice(0, before.length)).toEqual([...before])
  expect(results(after)[0]).toContain("trimmed")
})

test("the transcript itself is never changed", () => {
  const messages = steps(8, 10_000)
  const copy = structuredClone(messages)
  pruned(messages, { now: 61 * minute })
  expect(messages).toEqual(copy)
})
