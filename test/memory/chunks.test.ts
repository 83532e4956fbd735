import { expect, test } from "bun:test"
import * as fc from "fast-check"
import { chunkText } from "../../src/memory/chunks.ts"

const words = (count: number, word = "word") => Array(count).fill(word).join(" ")

test("a short file is one piece with all its lines", () => {
  expect(chunkText("# Tea\n\nAt four.\n")).toEqual([
    { startLine: 1, endLine: 3, text: "# Tea\n\nAt four." },
  ])
})

test("blank text is no piece", () => {
  expect(chunkText("")).toEqual([])
  expect(chunkText("\n \n\t\n")).toEqual([])
})

test("a new heading begins a new piece, once there is enough in the one before", () => {
  const text = `# One\n${words(200)}\n# Two\n${words(200)}`
  expect(chunkText(text).map(({ startLine, endLine }) => [startLine, endLine])).toEqual([
    [1, 2],
    [3, 4],
  ])
})

test("a long text is cut between paragraphs and the next piece repeats the end of the last", () => {
  const paragraphs = Array.from({ length: 20 }, (_, at) => `${at} ${words(50)}`).join("\n\n")
  const chunks = chunkText(paragraphs)
  expect(chunks.length).toBeGreaterThan(2)
  for (const [at, chunk] of chunks.entries()) {
    expect(Buffer.byteLength(chunk.text)).toBeLessThanOrEqual(1600)
    if (at) expect(chunk.startLine).toBeLessThanOrEqual(chunks[at - 1]!.endLine + 1)
  }
})

test("a line longer than a piece is several pieces of that line, with no character cut in two", () => {
  const chunks = chunkText("🦩".repeat(2000))
  expect(chunks.length).toBeGreaterThan(4)
  for (const { startLine, endLine, text } of chunks) {
    expect([startLine, endLine]).toEqual([1, 1])
    expect(text.isWellFormed()).toBe(true)
  }
})

test("whatever the text, every line with something on it is in a piece that names it", () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(fc.string(), fc.constant("# head"), fc.constant("")), { maxLength: 80 }),
      (parts) => {
        const lines = parts.map((part) => part.replace(/[\r\n]/g, " "))
        const chunks = chunkText(lines.join("\n"), { tokens: 20, overlap: 5 })
        for (const [at, line] of lines.entries())
          if (line.trim())
            expect(
              chunks.some(({ startLine, endLine }) => startLine <= at + 1 && at + 1 <= endLine),
            ).toBe(true)
      },
    ),
  )
})
