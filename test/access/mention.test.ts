import { expect, test } from "bun:test"
import fc from "fast-check"
import { compile, derivedPatterns, isTame, throughGate } from "../../src/access/mention.ts"

const gate = { required: true, patterns: [] as string[], isCommand: false }

test("the network's own word counts first, then patterns, then an answer to the bot", () => {
  const none = { bot: false, others: false }
  const held = { addressed: false, held: "not-mentioned" as const }
  expect(throughGate({ text: "hi", mentions: { bot: true, others: false } }, gate)).toEqual({
    addressed: true,
  })
  expect(throughGate({ text: "hi", mentions: none }, gate)).toEqual(held)
  expect(
    throughGate({ text: "Fred, hi", mentions: none }, { ...gate, patterns: ["\\bfred\\b"] }),
  ).toEqual({ addressed: true })
  expect(throughGate({ text: "hi", mentions: none, quoted: { id: "1", own: true } }, gate)).toEqual(
    { addressed: true },
  )
})

test("a quote of anybody else speaks to nobody", () => {
  const message = {
    text: "hi",
    mentions: { bot: false, others: false },
    quoted: { id: "1", sender: { ids: ["owner"] as [string] } },
  }
  expect(throughGate(message, gate).held).toBe("not-mentioned")
})

test("without any way to tell, everything is for the agent, though not said to be", () => {
  expect(throughGate({ text: "hi" }, gate)).toEqual({ addressed: false })
})

test("a mention of somebody else holds a message back only where that is wanted", () => {
  const message = { text: "@bob hi", mentions: { bot: false, others: true } }
  const open = { ...gate, required: false }
  expect(throughGate(message, open).held).toBeUndefined()
  expect(throughGate(message, { ...open, ignoreOtherMentions: true }).held).toBe("mentions-others")
})

test("a command of somebody who may use it needs no mention", () => {
  const message = { text: "/status", mentions: { bot: false, others: false } }
  expect(throughGate(message, { ...gate, isCommand: true })).toEqual({ addressed: true })
})

test.each([
  "(a+)+$",
  "(a|a)*b",
  "([a-z]+)*",
  "(.*)(.*)(.*)x",
  "(\\w+)\\1",
  "a{1,9999}",
  "((a{2,}){2,})",
])("a pattern that could take forever is none: %s", (pattern) => {
  expect(isTame(pattern)).toBe(false)
  expect(compile(pattern)).toBeUndefined()
})

test("what is no regular expression matches nothing, and hurts nobody", () => {
  expect(compile("([")).toBeUndefined()
  expect(throughGate({ text: "([" }, { ...gate, patterns: ["(["] })).toEqual({ addressed: false })
})

test("an agent is called by its name as a whole word, or by its sign", () => {
  const patterns = derivedPatterns({ name: "C++ (bot)", emoji: "🦊" })
  const says = (text: string) => throughGate({ text }, { ...gate, patterns }).addressed
  expect(says("hey c++ (bot), look")).toBe(true)
  expect(says("hey @C++ (bot)")).toBe(true)
  expect(says("🦊?")).toBe(true)
  expect(says("hey cobot")).toBe(false)
  const short = derivedPatterns({ name: "Al" })
  expect(throughGate({ text: "Also" }, { ...gate, patterns: short }).addressed).toBe(false)
})

test("any pattern on any text is through in no time", () => {
  fc.assert(
    fc.property(
      fc.string({
        unit: fc.constantFrom("a", "(", ")", "*", "+", "|", ".", "{2,}", "[", "]", "\\"),
      }),
      fc.integer({ min: 0, max: 3000 }),
      (pattern, length) => {
        const started = performance.now()
        throughGate({ text: `${"a".repeat(length)}!` }, { ...gate, patterns: [pattern] })
        expect(performance.now() - started).toBeLessThan(1000)
      },
    ),
    { numRuns: 500 },
  )
})
