import { closeSync, fstatSync, openSync, readSync } from "node:fs"
import { seriesOf } from "./files.ts"
import { maskIn, printable } from "./redact.ts"

export interface TailOptions {
  /** Where an earlier answer ended; without it the newest lines are returned. */
  cursor?: number
  limit: number
  maxBytes: number
  /** Leaves out lines older than this time. */
  since?: number
}

export interface Tail {
  file: string
  /** Opaque. Stands for a file and a place in it, so that a new day's file is noticed. */
  cursor: number
  size: number
  lines: string[]
  /** Lines were left out: older ones, or with a cursor newer ones, which the next call returns. */
  truncated?: true
  /** The file the cursor was in has been put aside; `lines` may have a gap before them. */
  reset?: true
}

/** Reads log lines from the end, or on from a cursor. Never holds more than about `maxBytes`. */
export const tail = (current: string, options: TailOptions): Tail => {
  const files = seriesOf(current)
  const newest = files.find(({ path }) => path === current) ?? files.at(-1)
  if (!newest) return { file: current, cursor: 0, size: 0, lines: [] }
  const order = [...files.filter((file) => file !== newest), newest]
  const place = options.cursor === undefined ? undefined : placeOf(options.cursor, order)
  const answer = place ? readOn(order, place, options) : readNewest(order, options)
  const lines = answer.lines
    .filter((line) => options.since === undefined || !(timeOf(line) < options.since))
    .map((line) => maskIn(printable(line)))
  const lost = options.cursor !== undefined && !place
  return { file: newest.path, size: newest.size, ...answer, lines, ...(lost && { reset: true }) }
}

interface LogFile {
  path: string
  size: number
  ino: number
}

const offsets = 2 ** 40
const cursorAt = ({ ino }: LogFile, offset: number) => ((ino % 8_190) + 1) * offsets + offset

/** The file and place a cursor means. A small number is a plain offset in the newest file. */
const placeOf = (cursor: number, files: LogFile[]) => {
  const offset = cursor % offsets
  const at =
    cursor < offsets
      ? files.length - 1
      : files.findLastIndex((file) => cursorAt(file, offset) === cursor)
  const file = files[at]
  return file && offset <= file.size ? { at, offset } : undefined
}

type Answer = Pick<Tail, "lines" | "cursor" | "truncated" | "reset">

const readOn = (
  files: LogFile[],
  place: { at: number; offset: number },
  options: TailOptions,
): Answer => {
  const file = files[place.at]!
  const next = files[place.at + 1]
  const { bytes, start } = readBytes(file, place.offset, options.maxBytes)
  let from = startOfLine(file, place.offset) ? 0 : bytes.indexOf(newline) + 1 || bytes.length
  const lines: string[] = []
  while (lines.length < options.limit) {
    const end = bytes.indexOf(newline, from)
    if (end < 0) break
    lines.push(bytes.toString("utf8", from, end))
    from = end + 1
  }
  const full = bytes.length >= options.maxBytes
  if (!lines.length && full && bytes.indexOf(newline, from) < 0) from = bytes.length // too long a line
  const rest = bytes.indexOf(newline, from) >= 0 || full
  if (!rest && next) return { lines, cursor: cursorAt(next, 0), truncated: true, reset: true }
  return { lines, cursor: cursorAt(file, start + from), ...(rest && { truncated: true }) }
}

const readNewest = (files: LogFile[], { limit, maxBytes, since }: TailOptions): Answer => {
  let lines: string[] = []
  let left = maxBytes
  let cursor: number | undefined
  for (const file of files.toReversed()) {
    const found = readBack(file, limit - lines.length, left)
    cursor ??= cursorAt(file, found.end)
    lines = [...found.lines, ...lines]
    left -= found.bytes
    if (found.cut) return { lines, cursor, truncated: true }
    if (lines.length >= limit || (since !== undefined && timeOf(lines[0] ?? "") < since)) break
  }
  return { lines, cursor: cursor! }
}

const newline = 10
const chunkBytes = 64 * 1024

/** The last complete lines of a file, read in pieces from its end. */
const readBack = (file: LogFile, limit: number, maxBytes: number) => {
  const pieces: Buffer[] = []
  let start = file.size
  let breaks = 0
  while (start > 0 && breaks <= limit && file.size - start < maxBytes) {
    const length = Math.min(chunkBytes, start, maxBytes - (file.size - start))
    const { bytes } = readBytes(file, start - length, length)
    if (!bytes.length) break
    start -= length
    for (const byte of bytes) if (byte === newline) breaks++
    pieces.unshift(bytes)
  }
  const bytes = Buffer.concat(pieces)
  const end = bytes.lastIndexOf(newline) + 1
  const first = start === 0 ? 0 : bytes.indexOf(newline) + 1
  const lines = end > first ? bytes.toString("utf8", first, end - 1).split("\n") : []
  const cut = start > 0 && lines.length < limit
  return { lines: lines.slice(-limit), end: start + end, bytes: bytes.length, cut }
}

const readBytes = (file: LogFile, start: number, most: number) => {
  let handle: number | undefined
  try {
    handle = openSync(file.path, "r")
    const length = Math.max(0, Math.min(most, fstatSync(handle).size - start))
    const bytes = Buffer.alloc(length)
    return { bytes: bytes.subarray(0, readSync(handle, bytes, 0, length, start)), start }
  } catch {
    return { bytes: Buffer.alloc(0), start } // it was discarded meanwhile
  } finally {
    if (handle !== undefined) closeSync(handle)
  }
}

const startOfLine = (file: LogFile, offset: number) =>
  offset === 0 || readBytes(file, offset - 1, 1).bytes[0] === newline

/** When a line was written; not a number when it does not say. */
const timeOf = (line: string) => Date.parse(/^\{"time":"([^"]{1,40})"/.exec(line)?.[1] ?? "")
