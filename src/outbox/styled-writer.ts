import type { Span, Style, Styled } from "../kernel/styled.ts"

interface Open {
  style: Style
  /** Where its first character stands; undefined while there is none. */
  start?: number
  order: number
}

/** Puts text together and notes which of it is styled how. Line breaks are written when text follows. */
export class Writer {
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
