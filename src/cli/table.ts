import { wrap } from "./advice.ts"

/** A cell, or a cell and how to paint it. Text is measured before it is painted. */
export type Cell = string | readonly [text: string, paint: (text: string) => string]

const textOf = (cell: Cell) => (typeof cell === "string" ? cell : cell[0])

const fit = (text: string, width: number) => {
  if (Bun.stringWidth(text) <= width) return text
  let kept = ""
  for (const char of text) {
    if (Bun.stringWidth(kept + char) > width - 1) break
    kept += char
  }
  return `${kept}…`
}

const pad = (text: string, width: number) => text + " ".repeat(width - Bun.stringWidth(text))

/** Lines of cells in aligned columns; the last column is cut to what is left of `width`. */
export const columns = (
  rows: readonly (readonly Cell[])[],
  {
    width = Infinity,
    indent = "",
    gap = 2,
  }: { width?: number; indent?: string; gap?: number } = {},
): string[] => {
  const widths: number[] = []
  for (const row of rows)
    for (const [at, cell] of row.entries())
      widths[at] = Math.max(widths[at] ?? 0, Bun.stringWidth(textOf(cell)))
  return rows.map((row) => {
    let left = width - indent.length
    return (
      indent +
      row
        .map((cell, at) => {
          const last = at === row.length - 1
          const text = last ? fit(textOf(cell), Math.max(10, left)) : pad(textOf(cell), widths[at]!)
          left -= widths[at]! + gap
          return typeof cell === "string" ? text : cell[1](text)
        })
        .join(" ".repeat(gap))
        .trimEnd()
    )
  })
}

/** Rows under a heading line. */
export const table = (
  head: readonly string[],
  rows: readonly (readonly Cell[])[],
  options: { width?: number; indent?: string; muted: (text: string) => string },
) => columns([head.map((title) => [title, options.muted] as const), ...rows], options)

/** Names and what they stand for, those that stand for something; a long value goes on below. */
export const facts = (
  rows: readonly (readonly [name: string, value: Cell | undefined])[],
  { width, muted }: { width: number; muted: (text: string) => string },
): string[] => {
  const known = rows.flatMap(([name, value]) => (value ? [[name, value] as const] : []))
  const left = Math.max(0, ...known.map(([name]) => Bun.stringWidth(name)))
  const room = Math.max(20, width - left - 2)
  return known.flatMap(([name, value]) =>
    wrap(textOf(value), room).map((line, at) => {
      const text = typeof value === "string" ? line : value[1](line)
      return `${muted(pad(at ? "" : name, left))}  ${text}`
    }),
  )
}
