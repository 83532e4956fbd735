import { printableText } from "../printable.ts"

const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" })

/** The characters as people count them, each of which a terminal draws as one. */
export const charactersOf = (text: string) => [...graphemes.segment(text)].map((one) => one.segment)

/** Cells a text takes; wide characters take two. */
export const cellsOf = (text: string) => Bun.stringWidth(text)

/** Text from elsewhere that cannot act on the terminal, tabs as blanks. */
export const inert = (text: string) => printableText(text).replaceAll("\t", "    ")

/** As much of a line as fits into so many cells. */
export const cut = (text: string, width: number) => {
  if (cellsOf(text) <= width) return text
  let taken = ""
  let cells = 0
  for (const char of charactersOf(text)) {
    cells += cellsOf(char)
    if (cells > width - 1) break
    taken += char
  }
  return `${taken}…`
}

/** Where the words of a line begin: behind blanks, and behind the mark of a list. */
const lead = /^\s*(?:(?:[-*+]|\d+\.)\s+)?/

/**
 * Lines of at most so many cells: broken between words, and within those that are longer. What is
 * broken goes on below the words it began with.
 */
export const wrap = (text: string, width: number): string[] =>
  text.split("\n").flatMap((line) => {
    if (cellsOf(line) <= width) return [line]
    const [begin] = lead.exec(line)!
    const indent = cellsOf(begin)
    if (indent > width / 2) return wrapLine(line, Math.max(1, width))
    return wrapLine(line.slice(begin.length), width - indent).map(
      (part, row) => (row === 0 ? begin : " ".repeat(indent)) + part,
    )
  })

const wrapLine = (line: string, width: number): string[] => {
  if (cellsOf(line) <= width) return [line]
  const lines: string[] = []
  let now = ""
  let cells = 0
  const end = () => {
    lines.push(now.trimEnd())
    now = ""
    cells = 0
  }
  for (const [word] of line.matchAll(/\s+|\S+/g)) {
    const size = cellsOf(word)
    const isBlank = !word.trim()
    if (cells + size <= width) {
      now += word
      cells += size
      continue
    }
    if (isBlank) {
      end()
      continue
    }
    if (cells && size <= width) end()
    for (const char of charactersOf(word)) {
      const one = cellsOf(char)
      if (cells + one > width) end()
      now += char
      cells += one
    }
  }
  end()
  return lines
}
