import { expect, test } from "bun:test"
import fc from "fast-check"
import { plain, type Styled } from "../../src/kernel/styled.ts"
import { loadMarkdown } from "../../src/outbox/markdown.ts"
import { split } from "../../src/outbox/split.ts"

const toStyled = await loadMarkdown()
const texts = (styled: Styled, limit: number) => split(styled, { limit }).map(({ text }) => text)

test("a text that fits is one chunk", () => {
  expect(texts(plain("hello"), 5)).toEqual(["hello"])
  expect(texts(plain("  \n "), 5)).toEqual([])
})

test("a text breaks at a paragraph, else a line, else a sentence, else a word", () => {
  expect(texts(plain("one two\n\nthree\nfour"), 14)).toEqual(["one two", "three\nfour"])
  expect(texts(plain("one two\nthree four"), 14)).toEqual(["one two", "three four"])
  expect(texts(plain("One two. Three four"), 14)).toEqual(["One two.", "Three four"])
  expect(texts(plain("one twoo three four"), 11)).toEqual(["one twoo", "three four"])
  expect(texts(plain("abcdefgh"), 3)).toEqual(["abc", "def", "gh"])
})

test("no character is cut in two", () => {
  expect(texts(plain("a😀😀😀"), 2)).toEqual(["a", "😀", "😀", "😀"])
  expect(texts(plain("😀😀"), 1)).toEqual(["😀", "😀"])
})

test("a block of code stays whole where it fits, and is reopened where it does not", () => {
  const styled = toStyled("Some words first\n```js\nconst a = 1\nconst b = 2\n```")
  const [words, code] = split(styled, { limit: 30 })
  expect(words!.text).toBe("Some words first")
  expect(code).toEqual({
    text: "const a = 1\nconst b = 2",
    spans: [{ style: "pre", language: "js", start: 0, end: 23 }],
  })
  const pieces = split(styled, { limit: 16 })
  expect(pieces.slice(1)).toEqual([
    { text: "const a = 1", spans: [{ style: "pre", language: "js", start: 0, end: 11 }] },
    { text: "const b = 2", spans: [{ style: "pre", language: "js", start: 0, end: 11 }] },
  ])
})

test("lines are counted, and every paragraph is its own chunk where that is wanted", () => {
  const byLines = split(plain("a\nb\nc\nd\ne"), { limit: 100, lines: 2 })
  expect(byLines.map(({ text }) => text)).toEqual(["a\nb", "c\nd", "e"])
  const styled = toStyled("one\n\ntwo\n\n```\nx\n\ny\n```\n\nthree")
  const byParagraph = split(styled, { limit: 100, mode: "newline" })
  expect(byParagraph.map(({ text }) => text)).toEqual(["one", "two", "x\n\ny", "three"])
})

test("a network may count otherwise", () => {
  const bytes = ({ text }: Styled) => Buffer.byteLength(text)
  const chunks = split(plain("ééé ééé ééé"), { limit: 7, measure: bytes })
  expect(chunks.map(({ text }) => text)).toEqual(["ééé", "ééé", "ééé"])
})

test("chunks hold all that was there but the space between them, and none is too long", () => {
  const bit = fc.constantFrom(
    "word ",
    "\n",
    "\n\n",
    "**b** ",
    "`c` ",
    "```\nx y\n  z\n```\n",
    "😀",
    ". ",
    "- ",
  )
  fc.assert(
    fc.property(
      fc.array(fc.oneof(bit, fc.string({ unit: "grapheme", maxLength: 12 })), { maxLength: 80 }),
      fc.integer({ min: 2, max: 60 }),
      fc.constantFrom("length" as const, "newline" as const),
      (bits, limit, mode) => {
        const styled = toStyled(bits.join(""))
        const chunks = split(styled, { limit, mode })
        const solid = (text: string) => text.replace(/\s/g, "")
        expect(solid(chunks.map(({ text }) => text).join(""))).toBe(solid(styled.text))
        for (const { text, spans } of chunks) {
          expect(text.length).toBeLessThanOrEqual(limit)
          expect(text.isWellFormed()).toBe(true)
          for (const { start, end } of spans)
            expect(0 <= start && start < end && end <= text.length).toBe(true)
        }
      },
    ),
  )
})
