import { expect, test } from "bun:test"
import fc from "fast-check"
import { toolContent } from "../../src/kernel/tool-content.ts"
import { maxText, readable, writeJson } from "../../src/tools/result.ts"

test("a value that fits is written as JSON.stringify writes it", () => {
  fc.assert(
    fc.property(
      fc.anything({ withDate: true, withNullPrototype: true, withSparseArray: true }),
      (value) => {
        let expected: string | undefined
        try {
          expected = JSON.stringify(value)
        } catch {
          return expect(() => writeJson(value, 1e6)).toThrow()
        }
        expect(writeJson(value, 1e6)?.text).toBe(expected as string)
      },
    ),
  )
})

test("a huge value is written as far as it is read, and no further", () => {
  let asked = 0
  const row = { toJSON: () => (asked++, "x".repeat(1000)) }
  const { text } = readable(Array.from({ length: 100_000 }, () => row))
  expect(text.length).toBeLessThan(maxText + 100)
  expect(text).toEndWith("[cut: the rest is too long; ask for less at once]")
  expect(asked).toBeLessThan(100)
  const deep = readable({ data: "y".repeat(50_000_000) })
  expect(deep.text.length).toBeLessThan(maxText + 100)
})

test("a value that holds itself is a bug, told at once", () => {
  const loop: unknown[] = []
  loop.push(loop)
  expect(() => readable(loop)).toThrow("nested too deep")
})

test("pictures come with the words that belong to them", () => {
  const image = { type: "image" as const, mimeType: "image/png", data: new Uint8Array([1]) }
  expect(readable(toolContent({ type: "text", text: "a cat" }, image))).toEqual({
    text: "a cat",
    content: [{ type: "text", text: "a cat" }, image],
  })
  expect(readable(toolContent({ type: "text", text: "only words" }))).toEqual({
    text: "only words",
  })
  expect(readable(toolContent(image)).text).toBe("[image]")
})
