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

/** A line for people. `pretty` has the time and colours, `compact` neither. */
export const formatLine = (line: Line, style: Exclude<Style, "json">, colour: boolean) => {
  const paint = (code: number, text: string) => (colour ? `\x1b[${code}m${text}\x1b[0m` : text)
  const name = shortName(line.subsystem)
  const [hue, word] = severity[line.level]
  const parts = [
    style === "pretty" && paint(90, clockTime(line.time)),
    paint(hueOf(name), `[${name}]`),
    word && paint(hue, word),
    hue ? paint(hue, oneLine(line.message)) : oneLine(line.message),
    ...Object.entries(line.meta ?? {}).map(([key, value]) =>
      value === undefined ? "" : `${paint(90, `${oneLine(key)}=`)}${fieldText(value)}`,
    ),
  ]
  return `${parts.filter(Boolean).join(" ")}\n${line.level === "error" ? stackBelow(line.meta) : ""}`
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

const clockTime = (time: number) => new Date(time).toTimeString().slice(0, 8)

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
    .map((frame) => `    ${frame.trim()}\n`)
    .join("")
}
