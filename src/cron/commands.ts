import { command, type CommandContext } from "../kernel/command.ts"
import { Clock } from "../kernel/clock.ts"
import type { Creator, Job } from "./job.ts"
import { Tasks } from "./service.ts"

const forms =
  "list | new <when> [<name>:] <prompt> | edit <task> [<when>] [<prompt>] | edit <task> here | show <task> | runs [<task>] | last [<task>] | run <task> | pause <task> | resume <task> | cancel <task> | cancel-run <run> | retry-run <run>"
const shownRuns = 10
const shownChars = 300

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
    const { split, asked, changed } = await import("./chat-words.ts")
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
        const job = await work.add(asked(rest, { ...context, now }), creator)
        return { say: `Made: ${line(job, now)}` }
      }
      case "edit": {
        const { word: id, rest: wanted } = split(rest)
        const job = await work.update(
          id,
          changed(wanted, await work.get(id), { ...context, now }),
          creator,
        )
        return { say: `Changed: ${line(job, now)}` }
      }
      case "show": {
        const { textOf } = await import("./job.ts")
        const job = await work.get(rest)
        return { say: `${line(job, now)}\n\n${textOf(job)}` }
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
