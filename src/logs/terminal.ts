import { createConsola, LogLevels } from "consola/core"
import type { Env } from "../config/paths.ts"
import type { Fields, Level } from "../kernel/log.ts"
import type { Logging } from "./config.ts"

export interface Line {
  time: number
  level: Level
  subsystem: string
  message: string
  meta?: Fields
}

export type Style = Logging["consoleStyle"]

/** Where log lines for people go. */
export interface Terminal {
  write(text: string): unknown
  readonly isTTY?: boolean
}

/** A line that comes again and again within a second is told this often, then counted. */
const repeats = { throttle: 1000, throttleMin: 5 }

/**
 * Shows lines to people, through consola, which folds floods of the same line into one. `pretty`
 * has the time, `compact` has not; colours are for terminals.
 */
export const createTerminal = (terminal: Terminal, env: Env) => {
  const colour = Boolean(terminal.isTTY) && !env.NO_COLOR && env.TERM !== "dumb"
  const paint: Paint = (code, text) => (colour ? `\x1b[${code}m${text}\x1b[0m` : text)
  const show = (text: string) => {
    try {
      terminal.write(text)
    } catch {
      // A terminal that went away has no one left to tell.
    }
  }
  const consolaIn = (style: Style) =>
    createConsola({
      level: LogLevels.trace,
      ...repeats,
      reporters: [
        {
          log: ({ args: [text, ...more], date }) => {
            const time = style === "pretty" ? `${paint(90, date.toTimeString().slice(0, 8))} ` : ""
            show(`${[time + String(text), ...more].join(" ")}\n`)
          },
        },
      ],
    })
  const pretty = consolaIn("pretty")
  const compact = consolaIn("compact")
  return {
    show,
    line(line: Line, style: Exclude<Style, "json">) {
      const out = style === "pretty" ? pretty : compact
      out[line.level]({ args: [formatLine(line, paint)], date: new Date(line.time) })
    },
  }
}

type Paint = (code: number, text: string) => string

const formatLine = (line: Line, paint: Paint) => {
  const name = shortName(line.subsystem)
  const [hue, word] = severity[line.level]
  const parts = [
    paint(hueOf(name), `[${name}]`),
    word && paint(hue, word),
    hue ? paint(hue, oneLine(line.message)) : oneLine(line.message),
    ...Object.entries(line.meta ?? {}).map(([key, value]) =>
      value === undefined ? "" : `${paint(90, `${oneLine(key)}=`)}${fieldText(value)}`,
    ),
  ]
  return `${parts.filter(Boolean).join(" ")}${line.level === "error" ? stackBelow(line.meta) : ""}`
}

const severity: Record<Level, [hue: number, word: string]> = {
  trace: [90, ""],
  debug: [90, ""],
  info: [0, ""],
  warn: [33, "warning:"],
  error: [31, "error:"],
}

/** `channels/whatsapp/outbound` → `whatsapp/outbound`. */
const shortName = (subsystem: string) =>
  subsystem
    .replace(/^(?:gateway|channels)\//, "")
    .split("/")
    .slice(-2)
    .join("/")

const hues = [36, 32, 34, 35, 96, 92, 94, 95]

/** The same colour for the same name, in every run. */
const hueOf = (name: string) => {
  let sum = 0
  for (const letter of name) sum = (sum * 31 + letter.charCodeAt(0)) >>> 0
  return hues[sum % hues.length]!
}

/** Line ends and tabs made visible, so that no text can pass for a line of its own. */
const oneLine = (text: string) => text.replace(/\n/g, "\\n").replace(/\t/g, "\\t")

const fieldText = (value: unknown): string => {
  if (typeof value === "string") return /^[^\s"'=]+$/.test(value) ? value : JSON.stringify(value)
  if (isError(value)) return fieldText(value.message)
  return JSON.stringify(value) ?? ""
}

const isError = (value: unknown): value is { message: string; stack: string } =>
  typeof (value as { stack?: unknown } | null)?.stack === "string" &&
  typeof (value as { message?: unknown }).message === "string"

/** Where an error came from, indented so that it reads as part of its line. */
const stackBelow = (meta: Fields | undefined) => {
  const error = Object.values(meta ?? {}).find(isError)
  if (!error) return ""
  return error.stack
    .split("\n")
    .filter((frame) => frame.trimStart().startsWith("at "))
    .map((frame) => `\n    ${frame.trim()}`)
    .join("")
}
