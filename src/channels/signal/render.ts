import type { Span, Styled } from "../../kernel/styled.ts"

const names: Readonly<Partial<Record<Span["style"], string>>> = {
  bold: "BOLD",
  heading: "BOLD",
  italic: "ITALIC",
  strike: "STRIKETHROUGH",
  code: "MONOSPACE",
  pre: "MONOSPACE",
  spoiler: "SPOILER",
}

/**
 * Plain text, and how ranges of it look: `start:length:STYLE`, in UTF-16 code units. Addresses stand
 * behind their words, quoted lines behind a sign.
 */
export const render = ({ text, spans }: Styled): { message: string; textStyle: string[] } => {
  const added = spans.flatMap((span) => additions(text, span)).sort((a, b) => a.at - b.at)
  let message = ""
  let from = 0
  for (const { at, text: more } of added) {
    message += text.slice(from, at) + more
    from = at
  }
  message += text.slice(from)
  /** Where a place in the text has moved to; a range begins after what was put there, and ends before. */
  const moved = (place: number, isStart: boolean) =>
    added.reduce(
      (sum, { at, text }) => (at < place || (isStart && at === place) ? sum + text.length : sum),
      place,
    )
  const textStyle = spans.flatMap((span) => {
    const name = names[span.style]
    const start = moved(span.start, true)
    const end = moved(span.end, false)
    return name && end > start ? [`${start}:${end - start}:${name}`] : []
  })
  return { message, textStyle: [...new Set(textStyle)] }
}

const additions = (text: string, span: Span): { at: number; text: string }[] => {
  if (span.style === "link") {
    const label = text.slice(span.start, span.end)
    return bare(label) === bare(span.href) ? [] : [{ at: span.end, text: ` (${span.href})` }]
  }
  if (span.style !== "quote") return []
  const breaks = [...text.slice(span.start, span.end).matchAll(/\n/g)]
  return [span.start, ...breaks.map(({ index }) => span.start + index + 1)].map((at) => ({
    at,
    text: "> ",
  }))
}

const bare = (url: string) =>
  url
    .trim()
    .replace(/^(?:https?:\/\/|mailto:|tel:)/i, "")
    .replace(/\/$/, "")
