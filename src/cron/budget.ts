import type { Clock } from "../kernel/clock.ts"
import type { Log } from "../kernel/log.ts"
import { dollars, moment, tokens } from "../usage/amounts.ts"
import { periodAt } from "../usage/calendar.ts"
import type { Usages } from "../usage/service.ts"
import { tokensOf } from "../usage/sum.ts"
import { total } from "../usage/wire.ts"
import type { CronConfig } from "./config.ts"
import type { DayStore } from "./day-store.ts"

export interface DaySpent {
  runs: number
  tokens: number
  usd: number
}

/** What all that the clock starts may use in a day. */
export interface BackgroundBudget {
  /** Counts a run that begins; words when the day is used up, and none may begin until `until`. */
  admit(): Promise<{ why: string; until: number } | undefined>
  /** What was used of the day, and what there is to use. */
  standing(): Promise<{ spent: DaySpent; limits: Partial<DaySpent>; resetsAt: number }>
}
export const createBudget = ({
  config,
  store,
  usages,
  zone,
  clock,
  log,
  tell,
}: {
  config: () => CronConfig["budget"]
  store: DayStore
  usages: Pick<Usages, "days">
  zone: () => string
  clock: Pick<Clock, "now">
  log: Log
  /** Lets people know; once a day. */
  tell(text: string): void
}): BackgroundBudget => {
  const today = () => {
    const { from, to } = periodAt("day", clock.now(), zone())
    return { day: `${zone()} ${from}`, to }
  }

  const spentOf = async (day: string): Promise<DaySpent> => {
    const { sums } = await usages.days({ days: 1 })
    const used = total(sums.filter(({ kind }) => kind === "task"))
    return { runs: await store.runs(day), tokens: tokensOf(used), usd: used.micros / 1e6 }
  }

  return {
    async admit() {
      const { day, to } = today()
      const limits = config()
      if (limits.runs ?? limits.tokens ?? limits.usd) {
        const spent = await spentOf(day)
        const over = units.find((unit) => spent[unit] >= (limits[unit] ?? Infinity))
        if (over) {
          const why = `the day's budget for tasks is used up (${shown[over](spent[over])} of ${shown[over](limits[over]!)})`
          if (await store.tell(day)) {
            log.warn("the day's budget for tasks is used up", { unit: over, spent: spent[over] })
            tell(
              `Tasks and heartbeats stand still, as ${why}. They go on ${moment(to, zone())}. To raise it: fased config set cron.budget.${over} <more>`,
            )
          }
          return { why, until: to }
        }
      }
      await store.count(day)
      return undefined
    },
    async standing() {
      const { day, to } = today()
      return { spent: await spentOf(day), limits: config(), resetsAt: to }
    },
  }
}

const units = ["runs", "tokens", "usd"] as const

const shown: Record<(typeof units)[number], (amount: number) => string> = {
  runs: (amount) => `${amount} runs`,
  tokens: (amount) => `${tokens(amount)} tokens`,
  usd: dollars,
}
