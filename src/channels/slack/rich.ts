/** Text as Slack's own editor keeps it: nothing in it can be mistaken for markup. */
import type { Span, Styled } from "../../kernel/styled.ts"
import { linkAddress, token } from "./render.ts"

interface Look {
  bold?: true
  italic?: true
  strike?: true
  code?: true
}
interface Element {
  type: string
  [field: string]: unknown
}

/** `rich_text`: https://docs.slack.dev/reference/block-kit/blocks/rich-text-block */
export const richText = ({ text, spans }: Styled): object => {
  const containers = spans.filter(
    ({ style, start, end }) => (style === "pre" || style === "quote") && end > start,
  )
  const elements: Element[] = []
  let at = 0
  const section = (from: number, to: number, within: string) => {
    // A block begins and ends a line by itself.
    const start =
      within === "rich_text_section" && elements.length && text[from] === "\n" ? from + 1 : from
    const end =
      to < text.length && text[to - 1] === "\n" && within === "rich_text_section" ? to - 1 : to
    const inside = inline(text, spans, start, Math.max(start, end))
    if (inside.length) elements.push({ type: within, elements: inside })
  }
  for (const { start, end, style } of containers) {
    if (start < at) continue // inside of one already
    section(at, start, "rich_text_section")
    if (style === "pre")
      elements.push({
        type: "rich_text_preformatted",
        elements: [{ type: "text", text: text.slice(start, end) }],
      })
    else section(start, end, "rich_text_quote")
    at = end
  }
  section(at, text.length, "rich_text_section")
  return { type: "rich_text", elements }
}

/** Cut wherever the look changes. */
const inline = (text: string, spans: readonly Span[], from: number, to: number): Element[] => {
  const within = spans.filter(({ start, end }) => start < to && end > from)
  const cuts = new Set([from, to])
  for (const { start, end } of within)
    for (const cut of [start, end]) if (cut > from && cut < to) cuts.add(cut)
  const sorted = [...cuts].sort((a, b) => a - b)
  return sorted.slice(1).flatMap((end, index) => {
    const start = sorted[index]!
    const active = within.filter((span) => span.start <= start && span.end >= end)
    return pieces(text.slice(start, end), active)
  })
}

const pieces = (text: string, active: readonly Span[]): Element[] => {
  const look: Look = {}
  let url: string | undefined
  for (const span of active)
    if (span.style === "link") url = linkAddress(span.href)
    else if (span.style === "heading" || span.style === "bold") look.bold = true
    else if (span.style === "italic" || span.style === "strike" || span.style === "code")
      look[span.style] = true
  const style = Object.keys(look).length ? { style: look } : {}
  if (url) return [{ type: "link", url, text, ...style }]
  return look.code ? [{ type: "text", text, ...style }] : words(text, style)
}

/** Mentions are elements of their own. */
const words = (text: string, style: object): Element[] => {
  const found: Element[] = []
  let from = 0
  const say = (text: string) => text && found.push({ type: "text", text, ...style })
  for (const one of text.matchAll(token)) {
    say(text.slice(from, one.index))
    const [, id = ""] = /^<[@#!](?:subteam\^)?([A-Z0-9]+)/.exec(one[0]) ?? []
    if (one[0].startsWith("<@")) found.push({ type: "user", user_id: id })
    else if (one[0].startsWith("<#")) found.push({ type: "channel", channel_id: id })
    else found.push({ type: "usergroup", usergroup_id: id })
    from = one.index + one[0].length
  }
  say(text.slice(from))
  return found
}
