import { badExpression, badZone } from "./faults.ts"
import type { Job, Schedule } from "./job.ts"
import { atOf } from "./moment.ts"
import { loadAside } from "../kernel/aside.ts"
import type * as Library from "./library/croner.ts"

/** When a task is due next, strictly after `after`; undefined when never again. */
export type NextRun = (
  job: Pick<Job, "id" | "schedule" | "createdAtMs">,
  after: number,
) => Promise<number | undefined>

/** Hourly tasks of many people at one moment would be a rush. */
const usualSpreadMs = 300_000
const mostParsed = 500

/** `zone` is the one of tasks that name none. */
export const createNextRun = (zone: () => string): NextRun => {
  const parsed = new Map<string, Pattern>()
  const patternOf = async ({ expr, tz = zone() }: Calendar) => {
    const key = `${tz}\n${expr}`
    const known = parsed.get(key)
    if (known) return known
    if (parsed.size >= mostParsed) parsed.clear()
    const pattern = await parse(expr, tz)
    parsed.set(key, pattern)
    return pattern
  }

  return async ({ id, schedule, createdAtMs }, after) => {
    switch (schedule.kind) {
      case "at": {
        const at = atOf(schedule.at)!
        return at > after ? at : undefined
      }
      case "every": {
        const { everyMs, anchorMs } = schedule
        if (anchorMs !== undefined && anchorMs > after) return anchorMs
        // A clock that was set back may show a moment before it was made.
        const from = anchorMs ?? createdAtMs
        return from + (Math.floor((after - from) / everyMs) + 1) * everyMs
      }
      case "cron": {
        const { next } = await patternOf(schedule)
        const offset = offsetOf(id, schedule)
        const at = next(after - offset)
        return at === undefined ? undefined : at + offset
      }
    }
  }
}

type Calendar = Extract<Schedule, { kind: "cron" }>

interface Pattern {
  next(after: number): number | undefined
}

/** Loads the reader of patterns on first use. Throws `cron.bad-expression` and `cron.bad-zone`. */
const parse = async (expr: string, tz: string): Promise<Pattern> => {
  const fields = expr.trim().split(/\s+/)
  const isNickname = /^@[a-z]+$/i.test(expr.trim())
  if (!isNickname && fields.length !== 5 && fields.length !== 6)
    throw badExpression({ expr, why: `it needs five or six fields, not ${fields.length}` })
  try {
    Intl.DateTimeFormat("en", { timeZone: tz })
  } catch (error) {
    throw badZone({ zone: tz }, error)
  }
  const { Cron } = await loadAside<typeof Library>("cron/library/croner")
  try {
    const pattern = new Cron(expr.trim(), { timezone: tz, paused: true })
    return { next: (after) => pattern.nextRun(new Date(after))?.getTime() }
  } catch (error) {
    throw badExpression({ expr, why: reasonOf(error) }, error)
  }
}

const reasonOf = (error: unknown) => (error as Error).message.replace(/^CronPattern: /, "")

/** Every hour, on the hour. */
const isOnTheHour = (expr: string) => {
  const fields = expr.trim().split(/\s+/)
  const [minute, hour] = fields.length === 6 ? fields.slice(1) : fields
  const isWhole = fields.length === 5 || fields[0] === "0"
  return (
    expr.trim().toLowerCase() === "@hourly" || (isWhole && minute === "0" && /\*/.test(hour ?? ""))
  )
}

/** How much later than its pattern says a task runs: always the same for one task. */
export const offsetOf = (id: string, { expr, staggerMs }: Calendar) => {
  const spread = staggerMs ?? (isOnTheHour(expr) ? usualSpreadMs : 0)
  return spread ? Number(BigInt(Bun.hash(id)) % BigInt(spread)) : 0
}
