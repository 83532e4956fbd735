/** Tasks as the command line shows them. */
import type { Job } from "../cron/job.ts"
import type { toEntry } from "../cron/entry.ts"
import { dollars } from "../usage/amounts.ts"
import { span } from "./ago.ts"
import type { Output } from "./output.ts"
import { printable } from "./printable.ts"
import type { Cell } from "./table.ts"

/** A task as a gateway shows it; gateways in the field leave parts out. */
export type Task = Omit<Partial<Job>, "creator" | "state"> & {
  id: string
  name: string
  createdBy?: string
  state?: Partial<Job["state"]>
}
export type TaskRun = Partial<ReturnType<typeof toEntry>> & { runId?: string }

export const taskArgument = {
  type: "positional",
  required: true,
  description: "The task's id, how it begins, or its name",
} as const

export const runArgument = {
  type: "positional",
  required: true,
  description: "The run's id, as fased task runs lists it",
} as const

/** `every 30 m`, `0 9 * * 1-5 (Europe/Berlin)`, `once` */
export const whenOf = ({ schedule }: Task) => {
  switch (schedule?.kind) {
    case "at":
      return "once"
    case "every":
      return `every ${span(schedule.everyMs)}`
    case "cron":
      return printable(`${schedule.expr}${schedule.tz ? ` (${schedule.tz})` : ""}`, 40)
    default:
      return ""
  }
}

/** `in 2 h 5 m`, or why never. */
export const nextOf = ({ enabled, state, wakeMode }: Task, now: number) => {
  if (enabled === false) return "off"
  if (state?.runningAtMs) return "at work"
  const at = state?.nextRunAtMs
  if (at === undefined) return wakeMode === "next-heartbeat" ? "with the next turn" : ""
  return at <= now ? "due" : `in ${span(at - now)}`
}

/** What its runs may use and what ends it, in words. */
export const limitsOf = (policy: NonNullable<Task["executionPolicy"]>) => {
  const { tools, skills, maxRunsPerHour, maxTokens, maxCost } = policy
  const { maxTotalRuns, maxSuccesses, stopText, stopOnSuccess, success } = policy
  const words = [
    tools && `of its tools only ${tools.join(", ") || "none"}`,
    skills && `of its skills only ${skills.join(", ") || "none"}`,
    maxRunsPerHour && `${maxRunsPerHour} runs an hour`,
    maxTokens && `${maxTokens} tokens a day`,
    maxCost && `${dollars(maxCost)} a day`,
    maxTotalRuns && `off after ${maxTotalRuns} runs`,
    maxSuccesses && `off after ${maxSuccesses} that went well`,
    stopOnSuccess && `off once ${success ? "that is reached" : "it went well"}`,
    stopText && `off once a result says "${stopText}"`,
  ]
  return words.filter(Boolean).join("; ") || undefined
}

/** A moment by this machine's clock. */
export const momentHere = (at: number) =>
  new Intl.DateTimeFormat("en-GB", {
    weekday: "short",
    day: "numeric",
    month: "short",
    year: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    timeZoneName: "short",
  }).format(at)

export const statusCell = (
  status: string | undefined,
  { good, bad, warn, muted }: Output["paint"],
): Cell => {
  switch (status) {
    case "ok":
      return [status, good]
    case "error":
      return [status, bad]
    case "blocked":
      return [status, warn]
    case undefined:
      return ""
    default:
      return [printable(status, 20), muted]
  }
}
