import type { Env } from "../config/paths.ts"
import { createPaint } from "./paint.ts"
import type { Paint } from "./paint.ts"
import { printableJson } from "./printable.ts"

/** Where a command's words go: results to stdout, everything said about them to stderr. */
export interface Output {
  /** Someone is watching stdout; only then are there colours, and only then may we prompt. */
  readonly tty: boolean
  /** Columns to lay tables out in; without limit when piped. */
  readonly width: number
  /** The same for stderr. */
  readonly noteWidth: number
  readonly paint: Paint
  /** For stderr, which may be a terminal when stdout is not. */
  readonly notePaint: Paint
  /** A line of the result. */
  print(line?: string): void
  /** A piece of the result, without a line break. */
  write(text: string): void
  /** The result as the one JSON document on stdout. */
  json(value: unknown): void
  /** A line about the result, on stderr. */
  note(line: string): void
}

interface Stream {
  isTTY?: boolean
  columns?: number
  write(text: string): unknown
}

/** A terminal may not know its width, as on a serial line. */
const widthOf = ({ isTTY, columns }: Stream) => (isTTY ? columns || 80 : Infinity)

const wantsColour = (stream: Stream, env: Env, noColour: boolean) =>
  Boolean(stream.isTTY) && !noColour && !env.NO_COLOR && env.TERM !== "dumb"

export const createOutput = (
  { stdout, stderr }: { stdout: Stream; stderr: Stream },
  env: Env,
  noColour: boolean,
): Output => ({
  tty: Boolean(stdout.isTTY),
  width: widthOf(stdout),
  noteWidth: widthOf(stderr),
  paint: createPaint(wantsColour(stdout, env, noColour)),
  notePaint: createPaint(wantsColour(stderr, env, noColour)),
  print: (line = "") => void stdout.write(`${line}\n`),
  write: (text) => void stdout.write(text),
  json: (value) => void stdout.write(`${printableJson(value, 2)}\n`),
  note: (line) => void stderr.write(`${line}\n`),
})
