import type { Paint } from "./paint.ts"
import { printable } from "./printable.ts"

interface Shape {
  localTime: boolean
  paint: Paint
}

interface LogRecord {
  time?: string
  level?: string
  subsystem?: string
  message?: string
  meta?: Record<string, unknown>
}

/** A line of the log file, for people; what is not a log record is shown as it stands. */
export const formatLogLine = (line: string, { localTime, paint }: Shape) => {
  const record = parse(line)
  if (!record) return printable(line, 4000)
  const { time = "", level = "info", subsystem = "", message = "", meta = {} } = record
  const tone = { warn: paint.warn, error: paint.bad, debug: paint.muted, trace: paint.muted }[level]
  const fields = Object.entries(meta).map(
    ([name, value]) => `${paint.muted(`${printable(name, 40)}=`)}${fieldText(value)}`,
  )
  return [
    paint.muted(stamp(time, localTime)),
    (tone ?? ((text: string) => text))(printable(level, 5).toUpperCase().padEnd(5)),
    paint.accent(printable(subsystem, 30)),
    (tone ?? ((text: string) => text))(printable(message, 2000)),
    ...fields,
  ].join(" ")
}

const parse = (line: string): LogRecord | undefined => {
  try {
    const record: unknown = JSON.parse(line)
    return typeof record === "object" && record !== null ? record : undefined
  } catch {
    return undefined
  }
}

const fieldText = (value: unknown) => {
  const text = typeof value === "string" ? value : (JSON.stringify(value) ?? "")
  return printable(
    /^[^\s"=]+$/.test(text) || typeof value !== "string" ? text : JSON.stringify(text),
    400,
  )
}

const stamp = (time: string, local: boolean) => {
  const at = new Date(time)
  if (Number.isNaN(at.getTime())) return printable(time, 30)
  if (!local) return at.toISOString().slice(0, 19) + "Z"
  const two = (n: number) => String(n).padStart(2, "0")
  const date = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`
  return `${date} ${at.toTimeString().slice(0, 8)}`
}
