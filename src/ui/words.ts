import type { SessionRow } from "./frames.ts"

/** `4 min`, `3 h`, `2 days`: how long something has been going on. */
export const duration = (ms: number): string => {
  const minutes = Math.floor(ms / 60_000)
  if (minutes < 1) return "under a minute"
  if (minutes < 60) return `${minutes} min`
  const hours = Math.floor(minutes / 60)
  if (hours < 48) return `${hours} h`
  return `${Math.floor(hours / 24)} days`
}

/** `now`, `4 min`, `Tue`, `3 May`: short enough for the end of a line. */
export const when = (at: number, now: number): string => {
  const ago = now - at
  if (ago < 60_000) return "now"
  if (ago < 86_400_000) return duration(ago)
  const date = new Date(at)
  if (ago < 6 * 86_400_000) return date.toLocaleDateString(undefined, { weekday: "short" })
  return date.toLocaleDateString(undefined, { day: "numeric", month: "short" })
}

/** What to call a session: its name, its first words, or the readable part of its key. */
export const sessionTitle = (row: SessionRow): string => {
  const named = row.label ?? row.derivedTitle ?? row.displayName ?? row.title
  if (named) return named
  const rest = row.key.replace(/^agent:[^:]+:/, "")
  if (rest === "main") return "Main conversation"
  if (rest.startsWith("web-")) return "New conversation"
  return rest.replaceAll(":", " · ")
}

/** Words of a message without the marks that Markdown puts around them. */
export const withoutMarks = (text: string) => text.replace(/\*\*|`+|^(?:#+|>|-) /gm, "")

/** The first thing a tool was asked for, on one line. */
export const inputLine = (input: unknown): string => {
  if (typeof input === "string") return input.split("\n", 1)[0]!
  if (typeof input !== "object" || input === null) return ""
  const first = Object.values(input).find((value) => typeof value === "string" && value)
  return typeof first === "string" ? first.split("\n", 1)[0]! : ""
}
