import type { Params, Result } from "../../methods.ts"
import { duration } from "../../words.ts"

export type Task = Result<"cron.list">["jobs"][number]
export type Schedule = Params<"cron.add">["schedule"]

const units = { minutes: 60_000, hours: 3_600_000, days: 86_400_000 } as const
export type Unit = keyof typeof units

/** A schedule as it is filled in. */
export interface Wish {
  kind: Schedule["kind"]
  /** As a field for a moment has it: local, without a zone. */
  at: string
  count: string
  unit: Unit
  expr: string
  tz: string
}

/** `every 30 min`, `0 9 * * 1-5 (Europe/Berlin)`, `once, 3 May 09:00` */
export const scheduleWords = (schedule: Schedule): string => {
  switch (schedule.kind) {
    case "at":
      return `once, ${moment(Date.parse(schedule.at))}`
    case "every":
      return `every ${duration(schedule.everyMs)}`
    case "cron":
      return `${schedule.expr}${schedule.tz ? ` (${schedule.tz})` : ""}`
  }
}

export const moment = (at: number) =>
  new Date(at).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" })

/** `in 2 h`, `due`, or why never. */
export const nextWords = ({ enabled, state }: Task, now: number): string => {
  if (state.runningAtMs) return "at work"
  if (!enabled) return state.disabledReason ? `off: ${state.disabledReason}` : "off"
  const at = state.nextRunAtMs
  if (at === undefined) return "not planned"
  return at <= now ? "due" : `in ${duration(at - now)}`
}

const localMoment = (at: number) => {
  const date = new Date(at)
  return new Date(at - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16)
}

export const wishOf = (schedule: Schedule | undefined, now: number): Wish => {
  const wish: Wish = {
    kind: schedule?.kind ?? "cron",
    at: localMoment(now + units.hours),
    count: "30",
    unit: "minutes",
    expr: "0 9 * * 1-5",
    tz: Intl.DateTimeFormat().resolvedOptions().timeZone,
  }
  if (schedule?.kind === "at") return { ...wish, at: localMoment(Date.parse(schedule.at)) }
  if (schedule?.kind === "cron") return { ...wish, expr: schedule.expr, tz: schedule.tz ?? "" }
  if (schedule?.kind !== "every") return wish
  const unit = (["days", "hours", "minutes"] as const).find(
    (one) => schedule.everyMs % units[one] === 0,
  )
  return {
    ...wish,
    unit: unit ?? "minutes",
    count: String(schedule.everyMs / units[unit ?? "minutes"]),
  }
}

/** What the gateway is told, or why that is no schedule. */
export const scheduleFrom = (
  { kind, at, count, unit, expr, tz }: Wish,
  before?: Schedule,
): Schedule | { problem: string } => {
  if (kind === "at") {
    const time = new Date(at).getTime()
    return Number.isNaN(time)
      ? { problem: "Choose a day and a time." }
      : { kind, at: new Date(time).toISOString() }
  }
  if (kind === "every") {
    const everyMs = Math.round(Number(count) * units[unit])
    if (!(everyMs >= 1000)) return { problem: "It has to be a second at least." }
    return { ...(before?.kind === kind && before), kind, everyMs }
  }
  if (!expr.trim()) return { problem: "Write five fields, such as 0 9 * * 1-5." }
  const { tz: _, ...kept } = before?.kind === kind ? before : { tz }
  return { ...kept, kind, expr: expr.trim(), ...(tz.trim() && { tz: tz.trim() }) }
}
