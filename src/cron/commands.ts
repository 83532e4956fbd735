import { command, type CommandContext } from "../kernel/command.ts"
import { Clock } from "../kernel/clock.ts"
import { badSpan, nothingAsked } from "./faults.ts"
import type { Creator, Job, NewJob, Schedule } from "./job.ts"
import type { JobPatch } from "./plan.ts"
import { Tasks } from "./service.ts"

const forms =
  "list | new <when> [<name>:] <prompt> | edit <task> <when> [<prompt>] | show <task> | runs [<task>] | last [<task>] | run <task> | pause <task> | resume <task> | cancel <task> | cancel-run <run> | retry-run <run>"
const shownRuns = 10
const shownChars = 300
const leastMs = 1000

export const taskCommand = command({
  name: "task",
  aliases: ["tasks"],
  description: "What agents do by the clock: list, make, run and stop tasks.",
  group: "work",
  usage: forms,
  choices: ["list", "new", "edit", "show", "runs", "last", "run", "pause", "resume", "cancel"],
  authority: "owner",
  needs: { tasks: Tasks, clock: Clock },
  async run(args, context) {
    const { word, rest } = split(args)
    const work = await context.tasks()
    const now = context.clock.now()
    const creator = creatorOf(context)
    switch (word.toLowerCase() || "list") {
      case "list": {
        const { jobs } = await work.list({
          enabled: "all",
          agentId: undefined,
          sortBy: "nextRunAtMs",
          sortDir: "asc",
          limit: 30,
          offset: 0,
        })
        return {
          say: jobs.map((job) => `- ${line(job, now)}`).join("\n") || `No tasks. ${howToMakeOne}`,
        }
      }
      case "new": {
        const job = await work.add(await asked(rest, context, now), creator)
        return { say: `Made: ${line(job, now)}` }
      }
      case "edit": {
        const { word: id, rest: wanted } = split(rest)
        const job = await work.update(id, await changed(wanted, await work.get(id), now), creator)
        return { say: `Changed: ${line(job, now)}` }
      }
      case "show": {
        const job = await work.get(rest)
        const { payload } = job
        const text = payload.kind === "systemEvent" ? payload.text : payload.message
        return { say: `${line(job, now)}\n\n${text}` }
      }
      case "runs":
      case "last":
      case "run-show": {
        const jobId = rest ? (await work.get(rest)).id : undefined
        const limit = word.toLowerCase() === "last" ? 1 : shownRuns
        const { runs } = await work.runs({ jobId, sortDir: "desc", limit, offset: 0 })
        const lines = runs.map(({ runId, job, status, state, error, summary, sessionKey }) => {
          const said = (error ?? summary ?? "").slice(0, shownChars).toWellFormed()
          const where = sessionKey ? ` (/chat?session=${encodeURIComponent(sessionKey)})` : ""
          return `- \`${runId}\` ${job.name}: **${status ?? state}** ${said}${limit === 1 ? where : ""}`
        })
        return { say: lines.join("\n") || "It has not run yet." }
      }
      case "run": {
        const ran = await work.run(rest, "force")
        return { say: ran.ran ? `Queued: \`${ran.runId}\`` : "It is at work already." }
      }
      case "pause":
      case "resume": {
        const job = await work.enable(rest, word.toLowerCase() === "resume", creator)
        return { say: line(job, now) }
      }
      case "cancel":
        return { say: `Removed: ${(await work.remove(rest)).name}` }
      case "cancel-run":
        return { say: `Stopped: \`${(await work.cancel(rest)).runId}\`` }
      case "retry-run":
        return { say: `Queued: \`${(await work.retry(rest)).runId}\`` }
      default:
        return { say: `\`/task ${word}\` is none of: ${forms}` }
    }
  },
})

const howToMakeOne = "Make one: `/task new every 2h mail: Any new mail?`"

const split = (text: string) => {
  const [, word = "", rest = ""] = /^(\S*)\s*([^]*)$/.exec(text.trim()) ?? []
  return { word, rest: rest.trim() }
}

const creatorOf = ({ sender, agentId, sessionKey }: CommandContext): Creator =>
  sender.kind === "operator"
    ? { kind: "operator", ...(sender.deviceId !== undefined && { deviceId: sender.deviceId }) }
    : { kind: "agent", agentId, sessionKey, owner: false }

const line = ({ id, name, enabled, schedule, state }: Job, now: number) => {
  const when =
    schedule.kind === "at"
      ? "once"
      : schedule.kind === "cron"
        ? schedule.expr
        : `every ${minutes(schedule.everyMs)}`
  const { nextRunAtMs, lastRunStatus } = state
  const next = !enabled
    ? "off"
    : nextRunAtMs === undefined
      ? ""
      : `next in ${minutes(nextRunAtMs - now)}`
  return `\`${id}\` **${name}** ${[when, next, lastRunStatus && `last ${lastRunStatus}`].filter(Boolean).join(", ")}`
}

const minutes = (ms: number) => {
  const units = [
    ["d", 86_400_000],
    ["h", 3_600_000],
    ["m", 60_000],
  ] as const
  const [unit, size] = units.find(([, size]) => ms >= size) ?? (["s", 1000] as const)
  return `${Math.max(0, Math.round((ms / size) * 10) / 10)}${unit}`
}

/** `every 2h mail: Any new mail?`, `in 20m Call Ada`, `"0 9 * * 1-5" plan: What is on?` */
const asked = async (
  text: string,
  { agentId, sessionKey }: CommandContext,
  now: number,
): Promise<NewJob> => {
  const { schedule, rest } = await whenIn(text, now)
  const named = /^([^\s:][^:\n]{0,60}):\s+([^]+)$/.exec(rest)
  const prompt = (named?.[2] ?? rest).trim()
  if (!prompt) throw nothingAsked()
  const name = named?.[1] ?? prompt.slice(0, 40).toWellFormed()
  const isReminder = schedule.kind === "at"
  return {
    name,
    agentId,
    sessionKey,
    schedule,
    ...(isReminder
      ? { sessionTarget: "main", payload: { kind: "systemEvent", text: prompt } }
      : { sessionTarget: "isolated", payload: { kind: "agentTurn", message: prompt } }),
  }
}

/** Another time, and where more is said, something else to do. */
const changed = async (text: string, { payload }: Job, now: number): Promise<JobPatch> => {
  const { schedule, rest } = await whenIn(text, now)
  const prompt = rest.trim()
  if (!prompt) return { schedule }
  return {
    schedule,
    payload: payload.kind === "systemEvent" ? { text: prompt } : { message: prompt },
  }
}

const days = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"]
const natural: Readonly<Record<string, string>> = {
  hourly: "0 * * * *",
  daily: "0 9 * * *",
  weekly: "0 9 * * 1",
}

const whenIn = async (text: string, now: number): Promise<{ schedule: Schedule; rest: string }> => {
  const { spanOf } = await import("./moment.ts")
  const [, quoted, behind = ""] = /^"([^"]+)"\s*([^]*)$/.exec(text) ?? []
  if (quoted) return { schedule: { kind: "cron", expr: quoted }, rest: behind }
  const { word, rest } = split(text)
  const first = word.toLowerCase()
  if (natural[first]) return { schedule: { kind: "cron", expr: natural[first] }, rest }
  const { word: span, rest: after } = split(rest)
  const day = days.indexOf(span.toLowerCase())
  if (first === "every" && day >= 0)
    return { schedule: { kind: "cron", expr: `0 9 * * ${day}` }, rest: after }
  const ms = spanOf(span)
  const least = first === "every" ? leastMs : 0
  if (ms === undefined || ms < least || (first !== "every" && first !== "in"))
    throw badSpan({ text: `${word} ${span}`.trim() })
  return first === "in"
    ? { schedule: { kind: "at", at: new Date(now + ms).toISOString() }, rest: after }
    : { schedule: { kind: "every", everyMs: ms }, rest: after }
}
