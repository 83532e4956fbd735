import type { Styled } from "fased/channel"

type Span = Styled["spans"][number]

const marks: Readonly<Partial<Record<Span["style"], string>>> = {
  bold: "*",
  heading: "*",
  italic: "_",
  strike: "~",
  code: "`",
}

/** Text with the signs that WhatsApp shows as looks. Addresses stand behind their words. */
export const render = ({ text, spans }: Styled): string => {
  const blocks = spans.filter(({ style }) => style === "pre" || style === "code")
  const inBlock = ({ start, end, style }: Span) =>
    blocks.some((block) => block.style !== style && block.start <= start && end <= block.end)
  // What is put in front goes from the outside in, what is put behind from the inside out.
  const added = spans
    .filter((span) => !inBlock(span))
    .flatMap((span, order) => additions(text, span).map((one) => ({ ...one, order })))
    .toSorted((a, b) => a.at - b.at || a.side - b.side || a.side * (a.order - b.order))
  let out = ""
  let from = 0
  for (const { at, sign } of added) {
    out += text.slice(from, at) + sign
    from = at
  }
  return out + text.slice(from)
}

interface Addition {
  at: number
  sign: string
  /** Behind what it belongs to, or in front of it. */
  side: -1 | 1
}

const additions = (text: string, span: Span): Addition[] => {
  const { start, end, style } = span
  const around = (from: number, to: number, open: string, close = open): Addition[] => [
    { at: from, sign: open, side: 1 },
    { at: to, sign: close, side: -1 },
  ]
  if (style === "pre") return around(start, end, "```\n", "\n```")
  if (style === "link") {
    const label = text.slice(start, end)
    return bare(label) === bare(span.href)
      ? []
      : [{ at: end, sign: ` (${span.href})`, side: -1 as const }]
  }
  const lines = linesIn(text, start, end)
  if (style === "quote")
    return lines.map(({ from }) => ({ at: from, sign: "> ", side: 1 as const }))
  const mark = marks[style]
  if (!mark) return []
  // A sign holds within its line only, and only where it touches what it is for.
  return lines.flatMap(({ from, to }) => {
    const line = text.slice(from, to)
    const trimmed = line.trim()
    if (!trimmed) return []
    const begin = from + line.indexOf(trimmed)
    return around(begin, begin + trimmed.length, mark)
  })
}

const linesIn = (text: string, start: number, end: number) => {
  let from = start
  return text
    .slice(start, end)
    .split("\n")
    .map((line) => {
      const place = { from, to: from + line.length }
      from += line.length + 1
      return place
    })
}

const bare = (url: string) =>
  url
    .trim()
    .replace(/^(?:https?:\/\/|mailto:|tel:)/i, "")
    .replace(/\/$/, "")
