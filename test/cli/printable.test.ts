import { expect, test } from "bun:test"
import fc from "fast-check"
import { printable, printableJson, printableText } from "../../src/cli/printable.ts"
import { columns } from "../../src/cli/table.ts"

// oxlint-disable-next-line no-control-regex
const acts = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/
const anyText = fc.string({ unit: "binary" })

test("nothing that acts on a terminal passes, whatever the text", () => {
  fc.assert(
    fc.property(anyText, (text) => {
      expect(printableText(text)).not.toMatch(acts)
      expect(printable(text)).not.toMatch(/[\n\t]/)
      expect(printable(text)).not.toMatch(acts)
    }),
  )
})

test("JSON stays the same value and cannot act either", () => {
  fc.assert(
    fc.property(anyText, (text) => {
      const json = printableJson({ text })
      expect(json).not.toMatch(acts)
      expect(JSON.parse(json)).toEqual({ text })
    }),
  )
})

test("ordinary text in any script is left as it is", () => {
  for (const text of ["plain", "Größe, naïve", "日本語 🎉 العربية", "a\tb\nc"])
    expect(printableText(text)).toBe(text)
})

test("a line from afar is cut, however long it is", () => {
  expect(printable("x".repeat(5_000_000), 80)).toHaveLength(80)
})

test("columns line up by what is seen, wide characters included, and the last is cut to fit", () => {
  const lines = columns(
    [
      ["日本", "first"],
      ["abcd", "a description that is much too long"],
    ],
    { width: 20 },
  )
  expect(lines).toEqual(["日本  first", "abcd  a description…"])
})
