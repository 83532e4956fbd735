import { currentMark } from "../kernel/framed.ts"
import type { Person, Place, Quoted } from "../kernel/network.ts"
import { untrusted } from "../kernel/untrusted.ts"
import type { Line } from "./arrivals.ts"

/** What somebody chose to be called, fit to stand on one line between brackets. */
export const called = (name: string | undefined, most = 64) =>
  (name ?? "")
    .replace(/[\p{C}\p{Zl}\p{Zp}[\]<>`"]+/gu, " ")
    .replace(/\s+/g, " ")
    .trim()
    .slice(0, most)
    .toWellFormed()

/** `Ada id:42` */
export const labelOf = ({ ids, name, username }: Person) =>
  [called(name) || called(username), `id:${called(ids[0], 128)}`].filter(Boolean).join(" ")

export interface Spoken {
  /** The network, as people call it. */
  label: string
  sender: Person
  /** A room with several people, by the name it goes by. */
  room?: { title?: string }
  at: number
  /** Since the one before in this session. */
  elapsedMs?: number
  /** Undefined: no time is told. */
  timezone?: string
  quoted?: Quoted
  /** Its sender may be heard here; otherwise the text is left out. */
  quotedHeard: boolean
  since: readonly Pick<Line, "sender" | "text" | "at">[]
  /** How many lines of people who are not heard here were left out. */
  unheard: number
  location?: Place
  /** What came along, each on a line of its own. */
  files: readonly string[]
}

/** What a model reads before and after the words of a message (contract 10 §7). */
export const frame = (spoken: Spoken): { start: string; end: string } => {
  const { sender, room, location, files } = spoken
  const start = [...history(spoken), envelope(spoken)].join("\n")
  const end = [...quotedBlock(spoken), ...(location ? placeLines(location) : []), ...files]
  return {
    start: `${start} ${room ? `${labelOf(sender)}: ` : ""}`,
    end: end.map((line) => `\n${line}`).join(""),
  }
}

const envelope = ({ label, sender, room, at, elapsedMs, timezone }: Spoken) => {
  const who = room ? (room.title ? `"${called(room.title, 80)}"` : "group") : labelOf(sender)
  const time = timezone && stamp(at, timezone)
  const elapsed = elapsedMs === undefined ? undefined : `+${span(elapsedMs)}`
  return `[${[label, who, time, elapsed].filter(Boolean).join(" ")}]`
}

const history = ({ since, unheard }: Spoken): string[] => {
  if (!since.length) return unheard ? [left(unheard)] : []
  const lines = since.map(({ sender, text }) => `${sender}: ${text}`).join("\n")
  return [
    "[Chat messages since your last reply - for context]",
    untrusted(lines, { source: "messages of this room" }),
    ...(unheard ? [left(unheard)] : []),
    currentMark,
  ]
}

const left = (count: number) =>
  `[${count} ${count === 1 ? "message" : "messages"} of people who are not heard here left out]`

const quotedBlock = ({ quoted, quotedHeard }: Spoken): string[] => {
  if (!quoted) return []
  const who = quoted.own ? "you" : quoted.sender ? labelOf(quoted.sender) : "somebody"
  const text = quoted.text?.trim()
  if (!text) return [`[Replying to ${who} id:${called(quoted.id, 128)}]`]
  const said = quoted.own
    ? text
    : quotedHeard
      ? untrusted(text, { source: `a message that is quoted` })
      : "[left out: its sender is not heard here]"
  return [`[Replying to ${who} id:${called(quoted.id, 128)}]\n${said}\n[/Replying]`]
}

/** A place: numbers as they are, names as somebody else's words. */
export const placeLines = ({ latitude, longitude, accuracyMetres, name, address, live }: Place) => {
  const exact = accuracyMetres === undefined ? "" : ` ±${Math.round(accuracyMetres)}m`
  const point = `${latitude.toFixed(6)}, ${longitude.toFixed(6)}${exact}`
  const words = [name, address].filter(Boolean).join(" — ")
  return [
    live ? `🛰 Live location: ${point}` : `📍 ${point}`,
    ...(words ? [untrusted(words, { source: "the name of that place" })] : []),
  ]
}

/** `Wed 2026-01-28 19:30 CET` */
export const stamp = (at: number, timeZone: string) => {
  const parts = Object.fromEntries(
    new Intl.DateTimeFormat("en-GB", {
      timeZone,
      weekday: "short",
      year: "numeric",
      month: "2-digit",
      day: "2-digit",
      hour: "2-digit",
      minute: "2-digit",
      hourCycle: "h23",
      timeZoneName: "short",
    })
      .formatToParts(at)
      .map(({ type, value }) => [type, value]),
  )
  const { weekday, year, month, day, hour, minute, timeZoneName } = parts
  return `${weekday} ${year}-${month}-${day} ${hour}:${minute} ${timeZoneName}`
}

const span = (ms: number) => {
  const minutes = Math.floor(ms / 60_000)
  if (minutes < 1) return `${Math.max(0, Math.round(ms / 1000))}s`
  if (minutes < 60) return `${minutes}m`
  const hours = Math.floor(minutes / 60)
  return hours < 48 ? `${hours}h` : `${Math.floor(hours / 24)}d`
}
