export const levels = ["trace", "debug", "info", "warn", "error"] as const
export type Level = (typeof levels)[number]

/** A line of the log as it is shown. */
export interface Line {
  /** Its place among those this page has read. */
  id: string
  level: Level
  time: number
  subsystem: string
  message: string
  /** Why, of a line about something that went wrong. */
  reason: string
  /** What varies, `name=value` each, on one line. */
  fields: string
  /** The whole line as it was written. */
  raw: string
}

interface Written {
  time?: string
  level?: string
  subsystem?: string
  message?: string
  meta?: Record<string, unknown>
}

const parsed = (raw: string): Written => {
  try {
    const line: unknown = JSON.parse(raw)
    if (typeof line === "object" && line !== null) return line
  } catch {
    // What another program wrote there is shown as it is.
  }
  return { message: raw }
}

const inWords = (value: unknown) =>
  typeof value === "string" && /^[^\s"=]+$/.test(value) ? value : JSON.stringify(value)

const fieldsOf = ({ meta }: Written) =>
  Object.entries(meta ?? {})
    .map(([name, value]) => `${name}=${inWords(value)}`)
    .join("  ")

const reasonOf = ({ meta = {} }: Written) => {
  const { reason, error } = meta
  const { message } = (typeof error === "object" && error ? error : {}) as { message?: unknown }
  return String(reason ?? message ?? (typeof error === "string" ? error : ""))
}

export const readLine = (raw: string, id: number): Line => {
  const line = parsed(raw)
  return {
    id: String(id),
    level: levels.find((level) => level === line.level) ?? "info",
    time: Date.parse(line.time ?? ""),
    subsystem: String(line.subsystem ?? ""),
    message: String(line.message ?? ""),
    reason: reasonOf(line),
    fields: fieldsOf(line),
    raw,
  }
}

export interface Filter {
  /** The least serious that is shown. */
  level: Level
  /** Words that are all in it, anywhere. */
  words: string
  /** Also who was let in to do what, which is most of a quiet day's log. */
  withAudit: boolean
}

/** Whether a line is one of those asked for. */
export const passes = ({ level, words, withAudit }: Filter) => {
  const least = levels.indexOf(level)
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean)
  return (line: Line) => {
    if (levels.indexOf(line.level) < least) return false
    if (!withAudit && line.subsystem === "audit" && line.level === "info") return false
    const text = line.raw.toLowerCase()
    return wanted.every((word) => text.includes(word))
  }
}

const two = (count: number) => String(count).padStart(2, "0")

/** `14:03:22.118`, of the day that is under way where this page is. */
export const clockTime = (time: number) => {
  if (!Number.isFinite(time)) return ""
  const date = new Date(time)
  const parts = [date.getHours(), date.getMinutes(), date.getSeconds()].map(two)
  return `${parts.join(":")}.${String(date.getMilliseconds()).padStart(3, "0")}`
}
