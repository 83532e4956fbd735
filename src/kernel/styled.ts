/** Text and how it looks, before any network's own way of writing that. Offsets are UTF-16 code units. */
export interface Styled {
  text: string
  /** Sorted by `start`, the longer first; they nest and never cross. */
  spans: readonly Span[]
}

export type Span = { start: number; end: number } & Style

export type Style =
  | { style: "bold" | "italic" | "strike" | "code" | "spoiler" | "quote" | "heading" }
  /** A block of code. Its text ends with no line break. */
  | { style: "pre"; language?: string }
  | { style: "link"; href: string }

export const plain = (text: string): Styled => ({ text, spans: [] })
