import { type Token, writeInline } from "./inline.ts"
import { Writer } from "./styled-writer.ts"

/** How a table is shown where networks have none: aligned as code, as bullets, or as it was written. */
export type TableMode = "code" | "bullets" | "off"

/** What a text was read from, and how its tables are wanted. */
export interface Source {
  tables: TableMode
  lines: readonly string[]
}

export const writeTable = (writer: Writer, tokens: readonly Token[], { tables, lines }: Source) => {
  const [first, last] = tokens[0]!.map ?? [0, 0]
  writer.lineBreak(2)
  if (tables === "off") writeLines(writer, lines.slice(first, last))
  else {
    const rows = rowsOf(tokens)
    if (tables === "bullets") writeBullets(writer, rows)
    else {
      writer.open({ style: "pre" })
      writer.write(aligned(rows.map((row) => row.map(plainOf))))
      writer.close()
    }
  }
  writer.lineBreak(2)
}

const writeLines = (writer: Writer, lines: readonly string[]) => {
  for (const line of lines) {
    writer.write(line)
    writer.lineBreak(1)
  }
}

/** The cells of a table, the head first, as the inline tokens in them. */
const rowsOf = (tokens: readonly Token[]): Token[][] => {
  const rows: Token[][] = []
  for (const token of tokens)
    if (token.type === "tr_open") rows.push([])
    else if (token.type === "inline") rows.at(-1)?.push(token)
  return rows
}

const plainOf = ({ children }: Token) => {
  const writer = new Writer()
  writeInline(writer, children ?? [])
  return writer.end().text.replaceAll("\n", " ")
}

const widest = 40

const aligned = (rows: readonly string[][]): string => {
  const columns = Math.max(0, ...rows.map(({ length }) => length))
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.min(widest, Math.max(...rows.map((row) => width(row[column] ?? "")))),
  )
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => cell + " ".repeat(Math.max(0, widths[column]! - width(cell))))
      .join("  ")
      .trimEnd()
  const [head = [], ...body] = rows
  return [line(head), widths.map((size) => "-".repeat(size)).join("  "), ...body.map(line)].join(
    "\n",
  )
}

const width = (text: string) => Bun.stringWidth(text)

/** `• first cell`, and under it what the others are called and hold. */
const writeBullets = (writer: Writer, [head = [], ...body]: readonly Token[][]) => {
  for (const row of body.length ? body : [head])
    for (const [column, cell] of row.entries()) {
      const name = column && head[column] && row !== head ? plainOf(head[column]) : ""
      if (column && !plainOf(cell)) continue
      writer.lineBreak(1)
      writer.write(column ? "  " : "• ")
      if (name) writer.write(`${name}: `)
      else if (!column) writer.open({ style: "bold" })
      writeInline(writer, cell.children ?? [])
      if (!name && !column) writer.close()
    }
}
