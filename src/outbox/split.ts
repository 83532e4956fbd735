import type { Span, Styled } from "../kernel/styled.ts"

export interface SplitOptions {
  /** The most that `measure` may say of one chunk. */
  limit: number
  lines?: number
  /** Default: UTF-16 code units. */
  measure?(text: Styled): number
  /** `newline`: every paragraph is a chunk of its own, before any is split for its length. */
  mode?: "length" | "newline"
}

/**
 * Cuts a text into chunks that a network takes. Between two chunks nothing but space is left out. A
 * block of code stays whole where it fits into one; else each chunk has its piece as a block.
 */
export const split = (styled: Styled, options: SplitOptions): Styled[] => {
  const { text } = styled
  const chunks: Styled[] = []
  let at = skipSpace(styled, 0)
  while (at < text.length) {
    const end = endOf(styled, at, options)
    const chunk = slice(styled, at, trimmedEnd(styled, at, end))
    if (chunk.text) chunks.push(chunk)
    at = skipSpace(styled, end)
  }
  return chunks
}

/** A stretch of the text with what of each style is in it. */
export const slice = ({ text, spans }: Styled, start: number, end: number): Styled => ({
  text: text.slice(start, end),
  spans: spans
    .filter((span) => span.start < end && span.end > start)
    .map((span) => ({
      ...span,
      start: Math.max(span.start, start) - start,
      end: Math.min(span.end, end) - start,
    })),
})

const isCode = ({ style }: Span) => style === "pre" || style === "code"

/** The block of code around a place strictly within it. */
const blockAround = ({ spans }: Styled, at: number) =>
  spans.find((span) => span.style === "pre" && span.start < at && at < span.end)

/** Empty lines between chunks go, and the space a line was broken at; a line of code keeps its indent. */
const skipSpace = (styled: Styled, from: number) => {
  const { text, spans } = styled
  let at = from
  while (at < text.length && /\s/.test(text[at]!)) {
    const code = spans.find((span) => isCode(span) && span.start <= at && at < span.end)
    if (code && text[at] !== "\n") break
    at++
  }
  return at
}

const trimmedEnd = ({ text }: Styled, start: number, end: number) =>
  start + text.slice(start, end).trimEnd().length

const endOf = (styled: Styled, start: number, options: SplitOptions): number => {
  const { text } = styled
  const paragraph = options.mode === "newline" ? paragraphEnd(styled, start) : text.length
  const most = Math.min(furthest(styled, start, options), paragraph)
  if (most >= paragraph) return paragraph
  const block = blockAround(styled, most)
  // A block that begins here and is too long for one chunk is cut at a line of it.
  if (block && block.start > start && text.slice(start, block.start).trim()) return block.start
  return breakBefore(text, start, most)
}

/** The next empty line outside of code. */
const paragraphEnd = (styled: Styled, start: number): number => {
  const { text } = styled
  for (let at = text.indexOf("\n\n", start); at >= 0; at = text.indexOf("\n\n", at + 1))
    if (!blockAround(styled, at)) return at
  return text.length
}

/** The longest stretch from `start` that fits; at least one character. */
const furthest = (styled: Styled, start: number, { limit, lines, measure }: SplitOptions) => {
  const { text } = styled
  const byLines = lines ? lineEnd(text, start, lines) : text.length
  const fits = (end: number) => {
    const kept = trimmedEnd(styled, start, end)
    return (measure?.(slice(styled, start, kept)) ?? kept - start) <= limit
  }
  let low = start + 1
  let high = Math.min(byLines, measure ? byLines : start + limit + 1)
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    if (fits(middle)) low = middle
    else high = middle - 1
  }
  return wholeCharacter(text, start, low)
}

const lineEnd = (text: string, start: number, lines: number) => {
  let at = start - 1
  for (let line = 0; line < lines; line++) {
    at = text.indexOf("\n", at + 1)
    if (at < 0) return text.length
  }
  return at
}

/** Moves a cut out of the middle of a character, backwards where anything is left then. */
const wholeCharacter = (text: string, start: number, end: number) => {
  const isWithin = isPair(text, end - 1)
  if (!isWithin) return end
  return end - 1 > start ? end - 1 : end + 1
}

const isPair = (text: string, at: number) =>
  /[\ud800-\udbff]/.test(text[at] ?? "") && /[\udc00-\udfff]/.test(text[at + 1] ?? "")

/** As much of a chunk as has to be there before it may end with a softer break. */
const leastShare = 0.4

/** The best place to break at or before `most`: a paragraph, a line, a sentence, a word, anywhere. */
const breakBefore = (text: string, start: number, most: number): number => {
  const window = text.slice(start, most)
  // A break right behind the window leaves all of it whole.
  if (/\s/.test(text[most] ?? "")) return most
  const least = window.length * leastShare
  const paragraph = window.lastIndexOf("\n\n")
  if (paragraph > least) return start + paragraph
  const line = window.lastIndexOf("\n")
  if (line > least) return start + line
  const sentence = lastMatch(window, /[.!?…。！？]["')\]]*\s/g)
  if (sentence > least) return start + sentence
  const word = lastMatch(window, /\s/g)
  return word > 0 ? start + word : most
}

/** Behind the last match. */
const lastMatch = (text: string, pattern: RegExp) => {
  let end = -1
  for (const match of text.matchAll(pattern)) end = match.index + match[0].length
  return end
}
