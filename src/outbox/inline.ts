import type { MarkdownIt } from "markdown-it"
import type { Style } from "../kernel/styled.ts"
import type { Writer } from "./styled-writer.ts"

export type Token = ReturnType<MarkdownIt["parse"]>[number]

const inlineStyles = { strong_open: "bold", em_open: "italic", s_open: "strike" } as const

/** Writes what stands in one paragraph, heading or cell. */
export const writeInline = (writer: Writer, children: readonly Token[]) => {
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
