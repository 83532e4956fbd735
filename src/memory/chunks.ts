/** A piece of a file, as the index keeps it. Lines count from 1, both ends included. */
export interface Chunk {
  startLine: number
  endLine: number
  text: string
}

/** Sizes in tokens, at four bytes each. Another number makes another index. */
export const chunking = { tokens: 400, overlap: 80 }

const bytesPerToken = 4

interface Line {
  no: number
  text: string
  bytes: number
}

/**
 * Cuts Markdown into pieces of about `tokens`: before a heading where one comes in good time, else
 * between paragraphs, else between lines. Where a thought may be cut in two, the next piece begins
 * with the end of the one before.
 */
export const chunkText = (text: string, { tokens, overlap } = chunking): Chunk[] => {
  const most = tokens * bytesPerToken
  const lines = text
    .replace(/\r?\n$/, "")
    .split(/\r?\n/)
    .flatMap((line, at) => splitLine(line, at + 1, most))
  const chunks: Chunk[] = []
  for (let from = 0; from < lines.length;) {
    const end = endOf(lines, from, most)
    const piece = lines.slice(from, end)
    const body = piece.map((line) => line.text).join("\n")
    if (body.trim())
      chunks.push({ startLine: piece[0]!.no, endLine: piece.at(-1)!.no, text: body.trimEnd() })
    from =
      end === lines.length || isHeading(lines[end]!)
        ? end
        : overlapStart(lines, { from, end, most: overlap * bytesPerToken })
  }
  return chunks
}

/** Index of the first line that is not in the piece any more. */
const endOf = (lines: readonly Line[], from: number, most: number): number => {
  let bytes = 0
  let paragraph = 0
  for (let at = from; at < lines.length; at++) {
    const line = lines[at]!
    const isLate = bytes > most / 3
    if (at > from && isLate && isHeading(line)) return at
    if (at > from && bytes + line.bytes > most) return paragraph || at
    // A paragraph's end in the first half would leave pieces too small.
    if (bytes > most / 2 && !line.text.trim()) paragraph = at + 1
    bytes += line.bytes
  }
  return lines.length
}

const overlapStart = (
  lines: readonly Line[],
  { from, end, most }: { from: number; end: number; most: number },
) => {
  let start = end
  for (let bytes = 0; start > from + 1; start--) {
    bytes += lines[start - 1]!.bytes
    if (bytes > most) break
  }
  return start
}

const isHeading = ({ text }: Line) => /^#{1,6}\s/.test(text)

/** A line longer than a piece is several with one number. */
const splitLine = (text: string, no: number, most: number): Line[] => {
  const bytes = Buffer.byteLength(text) + 1
  if (bytes <= most) return [{ no, text, bytes }]
  const parts: Line[] = []
  // By characters, since a cut within one would leave neither half readable.
  const length = Math.max(1, Math.floor(((text.length * most) / bytes) * 0.9))
  for (let at = 0; at < text.length;) {
    const whole = isLowSurrogate(text.charCodeAt(at + length)) ? length + 1 : length
    const part = text.slice(at, at + whole)
    parts.push({ no, text: part, bytes: Buffer.byteLength(part) + 1 })
    at += whole
  }
  return parts
}

const isLowSurrogate = (code: number) => code >= 0xdc00 && code <= 0xdfff
