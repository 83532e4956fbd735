import { stripVTControlCharacters } from "node:util"

/** What a terminal of this size shows of what was written to it, as far as our own program needs. */
export const vtScreen = (written: string, { cols = 80, rows = 24 } = {}) => {
  const cells: string[][] = Array.from({ length: rows }, () => [])
  let [row, column] = [0, 0]
  const blank = (line: string[], from: number) => line.splice(from)
  // oxlint-disable-next-line no-control-regex -- that is what a terminal reads
  for (const [token] of written.matchAll(/\x1b\[[?0-9;]*[A-Za-z]|\r|\n|[^\x1b\r\n]/gu)) {
    if (token === "\r") column = 0
    else if (token === "\n") row = Math.min(rows - 1, row + 1)
    else if (token.startsWith("\x1b[")) {
      const [a = 1, b = 1] = token
        .slice(2, -1)
        .split(";")
        .map((part) => Number(part) || undefined)
      if (token.endsWith("H")) [row, column] = [a - 1, b - 1]
      else if (token.endsWith("K")) blank(cells[row]!, column)
      else if (token === "\x1b[2J") for (const line of cells) blank(line, 0)
      else if (token.endsWith("J")) {
        blank(cells[row]!, column)
        for (const line of cells.slice(row + 1)) blank(line, 0)
      }
    } else {
      const size = Bun.stringWidth(token)
      if (row >= rows || column + size > cols) throw new Error(`"${token}" is off the screen`)
      const line = cells[row]!
      while (line.length < column) line.push(" ")
      line[column] = token
      if (size === 2) line[column + 1] = ""
      column += size
    }
  }
  return {
    lines: cells.map((line) => stripVTControlCharacters(line.join("")).trimEnd()),
    cursor: { row, column },
  }
}
