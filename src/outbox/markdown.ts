/** Markdown, as models write it, to styled text that every network renders in its own way. */
import { loadAside } from "../kernel/aside.ts"
import type * as Library from "./library/markdown.ts"
import type { Styled } from "../kernel/styled.ts"
import { type Token, writeInline } from "./inline.ts"
import { Writer } from "./styled-writer.ts"
import { type Source, type TableMode, writeTable } from "./table.ts"

export type ToStyled = (markdown: string, options?: { tables?: TableMode }) => Styled

let parser: Promise<ToStyled> | undefined

/** Loads the parser once somebody needs it. */
export const loadMarkdown = (): Promise<ToStyled> =>
  (parser ??= loadAside<typeof Library>("outbox/library/markdown").then((library) => {
    const markdown = library.parser()
    return (text, { tables = "code" } = {}) => {
      const source = text.replaceAll("\0", "").replace(/\r\n?/g, "\n")
      const writer = new Writer()
      writeBlocks(writer, markdown.parse(source, {}), { tables, lines: source.split("\n") })
      return writer.end()
    }
  }))

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
