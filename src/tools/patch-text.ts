import type { Chunk, Line } from "./patch.ts"

/** Why a chunk does not fit; `lines` is what was looked for. */
export class DoesNotFit extends Error {
  constructor(readonly lines: readonly string[]) {
    super("a part of the patch does not fit")
  }
}

/**
 * A file's text with the chunks applied, each after the one before. Lines that stay are kept as
 * they are in the file, whatever the patch has for them; its ends of line are the file's.
 */
export const patchText = (text: string, chunks: readonly Chunk[]): string => {
  const endsOpen = !text.endsWith("\n")
  const lines = text === "" ? [] : text.split("\n")
  if (!endsOpen) lines.pop()
  const carriage = lines.length > 0 && lines.every((line) => line.endsWith("\r")) ? "\r" : ""
  const out: string[] = []
  let at = 0
  for (const { contexts, lines: changes, atEnd } of chunks) {
    let from = at
    for (const context of contexts) from = find(lines, [context], from) + 1
    const { changes: fitting, old, start } = placed(lines, changes, { from, atEnd, contexts })
    out.push(...lines.slice(at, start))
    at = start
    for (const { sign, text } of fitting) {
      if (sign === "+") out.push(text + carriage)
      else if (sign === " ") out.push(lines[at++]!)
      else at++
    }
    if (at !== start + old) throw new Error("a chunk took other lines than it found")
  }
  out.push(...lines.slice(at))
  const whole = out.join("\n")
  return out.length && (!endsOpen || text === "") ? `${whole}\n` : whole
}

/** Where a chunk goes: at the lines it quotes, or, quoting none, after its context or at the end. */
const placed = (
  lines: readonly string[],
  changes: readonly Line[],
  { from, atEnd, contexts }: { from: number; atEnd: boolean; contexts: readonly string[] },
) => {
  const old = quoted(changes)
  if (!old.length) return { changes, old: 0, start: contexts.length ? from : lines.length }
  const start = search(lines, old, from, atEnd)
  if (start >= 0) return { changes, old: old.length, start }
  // An empty line that only ends the patch's text is not one of the file's.
  const trailing = changes.findLastIndex(({ sign }) => sign !== "+")
  const isStray =
    trailing === changes.length - 1 && changes[trailing]!.text === "" && old.length > 1
  if (!isStray) throw new DoesNotFit(old)
  const shorter = changes.slice(0, -1)
  return { changes: shorter, old: old.length - 1, start: find(lines, quoted(shorter), from, atEnd) }
}

const quoted = (changes: readonly Line[]) =>
  changes.filter(({ sign }) => sign !== "+").map(({ text }) => text)

const find = (lines: readonly string[], wanted: readonly string[], from: number, atEnd = false) => {
  const at = search(lines, wanted, from, atEnd)
  if (at < 0) throw new DoesNotFit(wanted)
  return at
}

/** Ways to compare lines, the strictest first; what models get wrong is white space and quotes. */
const readings: ((line: string) => string)[] = [
  (line) => line,
  (line) => line.trimEnd(),
  (line) => line.trim(),
  (line) => plain(line.trim()),
]

const plain = (line: string) =>
  line
    .replace(/[\u2010-\u2015\u2212]/g, "-")
    .replace(/[\u2018-\u201b]/g, "'")
    .replace(/[\u201c-\u201f]/g, '"')
    .replace(/[\u00a0\u2002-\u200a\u202f\u205f\u3000]/g, " ")

/** The first place from `from` on where the lines stand; with `atEnd`, the last of the file first. */
const search = (
  lines: readonly string[],
  wanted: readonly string[],
  from: number,
  atEnd: boolean,
): number => {
  const last = lines.length - wanted.length
  if (last < from) return -1
  for (const read of readings) {
    const sought = wanted.map(read)
    const stands = (at: number) =>
      sought.every((line, offset) => read(lines[at + offset]!) === line)
    if (atEnd && stands(last)) return last
    for (let at = from; at <= last; at++) if (stands(at)) return at
  }
  return -1
}
