/** Markdown, as models write it, to styled text that every network renders in its own way. */
import type { MarkdownIt } from "markdown-it"
import { loadAside } from "../kernel/aside.ts"
import type { Span, Style, Styled } from "../kernel/styled.ts"

/** How a table is shown where networks have none: aligned as code, as bullets, or as it was written. */
export type TableMode = "code" | "bullets" | "off"

export type ToStyled = (markdown: string, options?: { tables?: TableMode }) => Styled

type Token = ReturnType<MarkdownIt["parse"]>[number]

let parser: Promise<ToStyled> | undefined

/** Loads the parser once somebody needs it. */
export const loadMarkdown = (): Promise<ToStyled> =>
  (parser ??= loadAside<typeof import("./library/markdown.ts")>("outbox/library/markdown").then(
    (library) => {
      const markdown = library.parser()
      return (text, { tables = "code" } = {}) => {
        const source = text.replaceAll("\0", "").replace(/\r\n?/g, "\n")
        const writer = new Writer()
        writeBlocks(writer, markdown.parse(source, {}), { tables, lines: source.split("\n") })
        return writer.end()
      }
    },
  ))

interface Open {
  style: Style
  /** Where its first character stands; undefined while there is none. */
  start?: number
  order: number
}

/** Puts text together and notes which of it is styled how. Line breaks are written when text follows. */
class Writer {
  #text = ""
  readonly #spans: (Span & { order: number })[] = []
  /** Undefined for a style that holds already. */
  readonly #open: (Open | undefined)[] = []
  #order = 0
  #breaks = 0
  #marker: { text: string; depth: number } | undefined
  indent = ""

  open(style: Style | undefined) {
    const holds = this.#open.some((open) => open?.style.style === style?.style)
    this.#open.push(!style || holds ? undefined : { style, order: this.#order++ })
  }

  close() {
    const open = this.#open.pop()
    if (open?.start === undefined) return
    this.#spans.push({
      ...open.style,
      start: open.start,
      end: this.#text.length,
      order: open.order,
    })
  }

  /** The next text stands on a new line, or after an empty one. */
  lineBreak(count: number) {
    this.#breaks = Math.max(this.#breaks, count)
  }

  /** What the next text begins with: the bullet of its list item. */
  mark(text: string) {
    this.#marker = { text, depth: this.#open.length }
  }

  write(text: string) {
    if (!text) return
    if (this.#breaks && this.#text) this.#text += "\n".repeat(this.#breaks)
    const isNewLine = this.#breaks > 0 || !this.#text
    this.#breaks = 0
    if (isNewLine && !this.#marker) this.#text += this.indent
    if (this.#marker) {
      this.#begin(this.#marker.depth)
      this.#text += this.#marker.text
      this.#marker = undefined
    }
    this.#begin(this.#open.length)
    this.#text += text
  }

  end(): Styled {
    while (this.#open.length) this.close()
    const spans = this.#spans
      .filter(({ start, end }) => end > start)
      .toSorted((a, b) => a.start - b.start || b.end - a.end || a.order - b.order)
      .map(({ order: _, ...span }) => span as Span)
    return { text: this.#text, spans }
  }

  #begin(depth: number) {
    for (const open of this.#open.slice(0, depth)) if (open) open.start ??= this.#text.length
  }
}

interface Source {
  tables: TableMode
  lines: readonly string[]
}

interface List {
  /** The number of the next item; undefined in a list of bullets. */
  next?: number
  indent: string
}

const writeBlocks = (writer: Writer, tokens: readonly Token[], source: Source) => {
  const lists: List[] = []
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at]!
    switch (token.type) {
      case "paragraph_open":
        writer.lineBreak(token.hidden ? 1 : 2)
        break
      case "paragraph_close":
        writer.lineBreak(token.hidden ? 1 : 2)
        break
      case "heading_open":
        writer.lineBreak(2)
        writer.open({ style: "heading" })
        break
      case "heading_close":
        writer.close()
        writer.lineBreak(2)
        break
      case "blockquote_open":
        writer.lineBreak(2)
        writer.open({ style: "quote" })
        break
      case "blockquote_close":
        writer.close()
        writer.lineBreak(2)
        break
      case "bullet_list_open":
      case "ordered_list_open":
        writer.lineBreak(lists.length ? 1 : 2)
        lists.push({
          indent: writer.indent,
          ...(token.type === "ordered_list_open" && { next: Number(token.attrGet("start") ?? 1) }),
        })
        break
      case "bullet_list_close":
      case "ordered_list_close":
        writer.indent = lists.pop()!.indent
        writer.lineBreak(lists.length ? 1 : 2)
        break
      case "list_item_open": {
        const list = lists.at(-1)!
        const bullet = list.next === undefined ? "• " : `${list.next++}. `
        writer.lineBreak(1)
        writer.mark(list.indent + bullet)
        // Some models nest for pages; the text must stay readable.
        writer.indent = list.indent.length < 12 ? `${list.indent}  ` : list.indent
        break
      }
      case "list_item_close":
        writer.indent = lists.at(-1)!.indent
        writer.lineBreak(1)
        break
      case "fence":
      case "code_block":
        writeCode(writer, token)
        break
      case "hr":
        writer.lineBreak(2)
        writer.write("———")
        writer.lineBreak(2)
        break
      case "table_open": {
        const end = tokens.findIndex(({ type }, index) => index > at && type === "table_close")
        writeTable(writer, tokens.slice(at, end), source)
        at = end
        break
      }
      case "inline":
        writeInline(writer, token.children ?? [])
        break
    }
  }
}

const writeCode = (writer: Writer, { content, info }: Token) => {
  const language = /^[\w+#.-]{1,32}/.exec(info.trim())?.[0]
  const { indent } = writer
  writer.lineBreak(2)
  writer.indent = ""
  writer.open({ style: "pre", ...(language && { language }) })
  writer.write(content.replace(/\n+$/, ""))
  writer.close()
  writer.indent = indent
  writer.lineBreak(2)
}

const inlineStyles = { strong_open: "bold", em_open: "italic", s_open: "strike" } as const

const writeInline = (writer: Writer, children: readonly Token[]) => {
  const spoilers = spoilersIn(children)
  for (const [at, child] of children.entries()) {
    switch (child.type) {
      case "strong_open":
      case "em_open":
      case "s_open":
        writer.open({ style: inlineStyles[child.type] })
        break
      case "link_open":
        writer.open(linkTo(child.attrGet("href")))
        break
      case "strong_close":
      case "em_close":
      case "s_close":
      case "link_close":
        writer.close()
        break
      case "code_inline":
        writer.open({ style: "code" })
        writer.write(child.content)
        writer.close()
        break
      case "softbreak":
      case "hardbreak":
        writer.lineBreak(1)
        break
      case "image":
        writer.open(linkTo(child.attrGet("src")))
        writer.write(child.content || "picture")
        writer.close()
        break
      default:
        writeText(writer, child.content, spoilers.get(at))
    }
  }
}

/** Only what a reader may follow from a chat; anything else is its text. */
const linkTo = (href: unknown): Style | undefined =>
  typeof href === "string" && /^(?:https?|mailto|tel):/i.test(href) && URL.canParse(href)
    ? { style: "link", href }
    : undefined

const writeText = (writer: Writer, text: string, marks: readonly SpoilerMark[] = []) => {
  let from = 0
  for (const { at, opens } of marks) {
    writer.write(text.slice(from, at))
    if (opens) writer.open({ style: "spoiler" })
    else writer.close()
    from = at + 2
  }
  writer.write(text.slice(from))
}

interface SpoilerMark {
  at: number
  opens: boolean
}

/** Where `||` opens and closes a spoiler: in pairs that enclose whole styles, so that nothing crosses. */
const spoilersIn = (children: readonly Token[]): ReadonlyMap<number, readonly SpoilerMark[]> => {
  const found = new Map<number, SpoilerMark[]>()
  const waiting: ({ child: number; at: number } | undefined)[] = [undefined]
  for (const [child, { type, nesting, content }] of children.entries()) {
    if (nesting > 0) waiting.push(undefined)
    else if (nesting < 0) waiting.pop()
    else if (type === "text")
      for (const { index: at } of content.matchAll(/\|\|/g)) {
        const open = waiting.at(-1)
        if (!open) {
          waiting[waiting.length - 1] = { child, at }
          continue
        }
        waiting[waiting.length - 1] = undefined
        for (const [where, mark] of [
          [open.child, { at: open.at, opens: true }],
          [child, { at, opens: false }],
        ] as const)
          found.set(
            where,
            [...(found.get(where) ?? []), mark].toSorted((a, b) => a.at - b.at),
          )
      }
  }
  return found
}

const writeTable = (writer: Writer, tokens: readonly Token[], { tables, lines }: Source) => {
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
