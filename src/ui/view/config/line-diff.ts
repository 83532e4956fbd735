export interface DiffLine {
  kind: "same" | "added" | "removed"
  text: string
}

/** Beyond this many lines in question, all of them are given as exchanged. */
const most = 600
const around = 2

/** The longest lines that both have, in order: how many from each place on. */
const tableOf = (a: readonly string[], b: readonly string[]) => {
  const width = b.length + 1
  const table = new Uint16Array((a.length + 1) * width)
  for (let i = a.length - 1; i >= 0; i--)
    for (let j = b.length - 1; j >= 0; j--)
      table[i * width + j] =
        a[i] === b[j]
          ? table[(i + 1) * width + j + 1]! + 1
          : Math.max(table[(i + 1) * width + j]!, table[i * width + j + 1]!)
  return (i: number, j: number) => table[i * width + j]!
}

const exchanged = (a: readonly string[], b: readonly string[]): DiffLine[] => [
  ...a.map((text) => ({ kind: "removed" as const, text })),
  ...b.map((text) => ({ kind: "added" as const, text })),
]

const middle = (a: readonly string[], b: readonly string[]): DiffLine[] => {
  if (a.length > most || b.length > most) return exchanged(a, b)
  const longest = tableOf(a, b)
  const lines: DiffLine[] = []
  let [i, j] = [0, 0]
  while (i < a.length && j < b.length) {
    if (a[i] === b[j]) {
      lines.push({ kind: "same", text: a[i]! })
      i++
      j++
    } else if (longest(i + 1, j) >= longest(i, j + 1))
      lines.push({ kind: "removed", text: a[i++]! })
    else lines.push({ kind: "added", text: b[j++]! })
  }
  return [...lines, ...exchanged(a.slice(i), b.slice(j))]
}

/** The lines in which two texts differ, with a few around them. */
export const lineDiff = (before: string, after: string): DiffLine[] => {
  if (before === after) return []
  const [a, b] = [before.split("\n"), after.split("\n")]
  let start = 0
  while (start < Math.min(a.length, b.length) && a[start] === b[start]) start++
  let end = 0
  while (end < Math.min(a.length, b.length) - start && a.at(-1 - end) === b.at(-1 - end)) end++
  const same = (lines: string[]) => lines.map((text) => ({ kind: "same" as const, text }))
  return [
    ...same(a.slice(Math.max(0, start - around), start)),
    ...middle(a.slice(start, a.length - end), b.slice(start, b.length - end)),
    ...same(a.slice(a.length - end, a.length - end + around)),
  ]
}
