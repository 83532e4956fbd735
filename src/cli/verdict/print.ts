import type { Output } from "../output.ts"
import { printable } from "../printable.ts"
import { columns } from "../table.ts"
import type { Verdict } from "./verdict.ts"

/** The verdict as every one of these commands begins. */
export const printVerdict = ({ paint, print }: Output, { grade, says }: Verdict) => {
  const [mark, hue] = {
    well: ["✓", paint.good],
    attention: ["!", paint.warn],
    broken: ["✗", paint.bad],
  }[grade] as [string, (text: string) => string]
  print(`${hue(mark)} ${paint.heading(printable(says, 700))}`)
}

/** And as it ends: what to type. */
export const printNext = ({ paint, print }: Output, { next }: Verdict) => {
  if (!next.length) return
  print()
  print(paint.heading("Next"))
  const rows = next.map(({ run, to }) => [[run, paint.accent] as const, [to, paint.muted] as const])
  for (const line of columns(rows, { indent: "  ", gap: 3 })) print(line)
}
