import { noSuchPeriod } from "./faults.ts"
import type { Period } from "./service.ts"

/** The longest stretch that is told day by day. */
const mostDays = 1100
export const usualDays = 7

export interface Day {
  date: string
  from: number
  to: number
}

/** The days of a period as the clocks of its zone have them: one is 23 hours long, another 25. */
export const daysOf = (
  { days = usualDays, startDate, endDate, mode = "gateway", utcOffset }: Period,
  { now, zone: own }: { now: number; zone: string },
): { zone: string; days: Day[] } => {
  const zone = mode === "utc" ? "UTC" : mode === "gateway" ? own : offsetOf(utcOffset)
  const today = dayIn(zone, now)
  const last = endDate === undefined ? today : dateOf(endDate)
  const first = startDate === undefined ? last.subtract({ days: days - 1 }) : dateOf(startDate)
  const count = first.until(last).days + 1
  if (count < 1) throw noSuchPeriod({ problem: `${first.toString()} is after ${last.toString()}.` })
  if (count > mostDays) throw noSuchPeriod({ problem: `${count} days are more than ${mostDays}.` })
  const startsAt = (day: Temporal.PlainDate) => day.toZonedDateTime(zone).epochMilliseconds
  const found: Day[] = []
  let from = startsAt(first)
  for (let day = first; found.length < count;) {
    const next = day.add({ days: 1 })
    const to = startsAt(next)
    found.push({ date: day.toString(), from, to })
    day = next
    from = to
  }
  return { zone, days: found }
}

/** The day or month under way there. */
export const periodAt = (per: "day" | "month", now: number, zone: string) => {
  const today = dayIn(zone, now)
  const first = per === "day" ? today : today.with({ day: 1 })
  const next = per === "day" ? first.add({ days: 1 }) : first.add({ months: 1 })
  return {
    from: first.toZonedDateTime(zone).epochMilliseconds,
    to: next.toZonedDateTime(zone).epochMilliseconds,
  }
}

const dayIn = (zone: string, at: number) =>
  Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone).toPlainDate()

const dateOf = (text: string) => {
  try {
    return Temporal.PlainDate.from(text, { overflow: "reject" })
  } catch {
    throw noSuchPeriod({ problem: `${text} is no day of the calendar.` })
  }
}

/** `UTC+5:30` as `+05:30`. */
const offsetOf = (written = "UTC+0") => {
  const [, sign = "+", hours = "0", minutes = "00"] =
    /^UTC(?:([+-])(\d{1,2})(?::(\d{2}))?)?$/.exec(written) ?? []
  if (Number(hours) > 14 || Number(minutes) > 59)
    throw noSuchPeriod({ problem: `${written} is no offset that any place has.` })
  return `${sign}${hours.padStart(2, "0")}:${minutes}`
}
