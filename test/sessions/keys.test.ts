import { expect, test } from "bun:test"
import fc from "fast-check"
import { kindOf, parseKey } from "../../src/sessions/keys.ts"
import { Fault } from "../../src/kernel/fault.ts"

test.each([
  ["main", "agent:main:main"],
  [" main ", "agent:main:main"],
  ["project-x", "agent:main:project-x"],
  ["agent:Research:main", "agent:research:main"],
  ["AGENT:main:telegram:direct:42", "agent:main:telegram:direct:42"],
  ["telegram:group:-100", "agent:main:telegram:group:-100"],
  ["__proto__", "agent:main:__proto__"],
])("%p names %p", (written, key) => {
  expect(parseKey(written, "main").key).toBe(key)
})

test.each([
  "",
  "   ",
  "a/b",
  "agent:main:../../etc/passwd",
  "..",
  "a\\b",
  "a\0b",
  "a\nb",
  "two words",
  "right\u202eleft",
  "zero\u200bwidth",
  "\ud800",
  "x".repeat(513),
  "agent:",
  "agent:main",
  "agent:main:",
  "agent::main",
])("%p is refused", (written) => {
  const attempt = () => parseKey(written, "main")
  expect(attempt).toThrow(expect.objectContaining({ code: "sessions.bad-key", status: 400 }))
})

test("any text is a key that stays the same, or is refused by name", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 600 }), (text) => {
      try {
        const { key, agentId } = parseKey(text, "main")
        expect(parseKey(key, "other")).toMatchObject({ key, agentId })
        expect(key).not.toMatch(/[/\\\s\0]|\.\./)
      } catch (error) {
        expect(error).toBeInstanceOf(Fault)
      }
    }),
  )
})

test("a key tells the kind of conversation", () => {
  expect(kindOf("agent:main:main")).toBe("direct")
  expect(kindOf("agent:main:telegram:group:-100")).toBe("group")
  expect(kindOf("agent:main:slack:channel:C1")).toBe("group")
})
