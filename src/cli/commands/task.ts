import { atOf } from "../../cron/moment.ts"
import { command, type Context, fased } from "../command.ts"
import { confirmed } from "../confirmed.ts"
import { usage } from "../faults.ts"
import { noteTarget, withGateway } from "../gateway-client.ts"
import { type GatewayArgs, gatewayFlags } from "../gateway-flags.ts"
import { printable, printableText } from "../printable.ts"
import { type Cell, facts, table } from "../table.ts"
import { taskFlags, taskFrom } from "../task-flags.ts"
import {
  limitsOf,
  momentHere,
  nextOf,
  statusCell,
  type Task,
  taskArgument,
  whenOf,
} from "../tasks.ts"

/** Words of a message that stand for a name where none was given. */
const nameChars = 40

export const taskAdd = command({
  about:
    "Makes a task: what is to be done, and when. With --message an agent does it in a session of its own; with --system-event the main session is told.",
  args: {
    ...taskFlags,
    disabled: { type: "boolean", description: "Switched off at first" },
    ...gatewayFlags,
  },
  examples: [
    [
      'fased task add --cron "0 9 * * 1-5" --tz Europe/Berlin --message "What is on today?"',
      "each weekday at nine",
    ],
    ['fased task add --at 20m --system-event "Call Ada"', "a reminder in 20 minutes"],
    [
      'fased task add --every 2h --message "Any new issues?" --channel telegram --to 42',
      "and say it there",
    ],
  ],
  async run(args, context) {
    const { out } = context
    const asked = taskFrom(args, Date.now())
    if (!asked.schedule)
      throw usage({
        problem: "It is not said when it runs.",
        hint: "Give one of --at, --every and --cron.",
      })
    const text = args.message ?? args["system-event"]
    if (text === undefined)
      throw usage({
        problem: "It is not said what is to be done.",
        hint: "Give --message, or --system-event.",
      })
    const name = args.name ?? printable(text.trim(), nameChars)
    const sessionTarget = args["system-event"] === undefined ? "isolated" : "main"
    const params = { sessionTarget, ...asked, name, ...(args.disabled && { enabled: false }) }
    await withGateway(args, context, async (client, target) => {
      const task = (await client.request("cron.add", params)) as Task
      noteTarget(target, context)
      if (args.json) return out.json(task)
      const { good, accent } = out.paint
      out.print(`${good("added")} ${accent(task.id)} ${printable(task.name, 60)}${runsNext(task)}`)
      out.print(`See how it does: ${fased(context, `task run ${task.id} --wait`)}`)
    })
  },
})

const runsNext = ({ enabled, state }: Task) => {
  if (enabled === false) return ", switched off"
  return state?.nextRunAtMs === undefined ? "" : `, runs ${momentHere(state.nextRunAtMs)}`
}

export const taskList = command({
  args: {
    all: { type: "boolean", alias: "a", description: "Also those that are switched off" },
    agent: { type: "string", valueHint: "id", description: "Only this agent's" },
    search: { type: "string", valueHint: "text", description: "Only those with this text in them" },
    ...gatewayFlags,
  },
  examples: [["fased task list --all", "everything there is"]],
  async run(args, context) {
    const { out } = context
    const params = {
      includeDisabled: args.all === true,
      limit: 200,
      ...(args.agent && { agentId: args.agent }),
      ...(args.search && { query: args.search }),
    }
    const result = await withGateway(args, context, (client) => client.request("cron.list", params))
    if (args.json) return out.json(result)
    const { jobs, total } = result as { jobs: Task[]; total: number }
    if (!jobs.length) {
      out.print(
        args.all || args.search || args.agent ? "No task is like that." : "No task is switched on.",
      )
      out.print(`Make one: ${fased(context, 'task add --at 20m --system-event "Call Ada"')}`)
      return
    }
    const { accent, muted } = out.paint
    const rows = jobs.map((task) => [
      [task.id, accent] as const,
      printable(task.name, 24),
      whenOf(task),
      nextOf(task, Date.now()),
      statusCell(task.state?.lastRunStatus, out.paint),
      printable(task.state?.disabledReason ?? task.state?.lastError ?? "", 200),
    ])
    const head = ["TASK", "NAME", "WHEN", "NEXT", "LAST", ""]
    for (const line of table(head, rows, { width: out.width, muted })) out.print(line)
    if (total > jobs.length)
      out.note(out.notePaint.muted(`${jobs.length} of ${total}; narrow it down with --search`))
  },
})

export const taskShow = command({
  args: { task: taskArgument, ...gatewayFlags },
  examples: [["fased task show morning", "what it does, and how it did"]],
  async run(args, context) {
    const { out } = context
    const task = (await withGateway(args, context, (client) =>
      client.request("cron.get", { id: args.task }),
    )) as Task
    if (args.json) return out.json(task)
    show(task, context)
  },
})

const show = (task: Task, { out }: Context) => {
  const { state = {}, schedule, payload, delivery, executionPolicy = {} } = task
  const at = schedule?.kind === "at" ? atOf(schedule.at) : undefined
  const text = payload?.kind === "systemEvent" ? payload.text : payload?.message
  const rows: [string, string | undefined][] = [
    ["id", task.id],
    ["name", task.name],
    ["about", task.description],
    ["when", at === undefined ? whenOf(task) : `once, ${momentHere(at)}`],
    ["next", state.nextRunAtMs ? momentHere(state.nextRunAtMs) : nextOf(task, Date.now())],
    ["off because", state.disabledReason],
    ["session", task.sessionTarget],
    ["is for", task.sessionKey],
    ["objective", executionPolicy.objective],
    ["reached when", executionPolicy.success],
    ["agent", task.agentId],
    ["model", payload?.kind === "agentTurn" ? payload.model : undefined],
    [
      "result goes",
      delivery && [delivery.mode, delivery.channel, delivery.to].filter(Boolean).join(" "),
    ],
    ["limits", limitsOf(executionPolicy)],
    ["rights of", task.createdBy],
    [
      "last",
      [state.lastRunStatus, state.lastRunAtMs && momentHere(state.lastRunAtMs)]
        .filter(Boolean)
        .join(" ") || undefined,
    ],
    ["problem", state.lastError],
    [
      "runs",
      state.totalRuns ? `${state.totalRuns}, ${state.successes ?? 0} of them well` : undefined,
    ],
  ]
  const known = rows.map(([name, value]) => [name, value && printable(value)] as const)
  for (const line of facts(known, { width: out.width, muted: out.paint.muted })) out.print(line)
  if (text) out.print(`\n${printableText(text)}`)
}

export const taskEdit = command({
  about:
    "Changes a task; what is not mentioned stays. From then on its runs have at most your rights.",
  args: { task: taskArgument, ...taskFlags, ...gatewayFlags },
  examples: [
    ["fased task edit morning --every 30m", "another time"],
    ["fased task edit morning --no-announce", "keep the result to itself"],
  ],
  async run({ task, ...args }, context) {
    const { out } = context
    const patch = taskFrom(args, Date.now())
    if (!Object.keys(patch).length)
      throw usage({
        problem: "It is not said what is to be changed.",
        hint: `See what can be: ${fased(context, "task edit --help")}`,
      })
    await withGateway(args, context, async (client, target) => {
      const changed = (await client.request("cron.update", { id: task, patch })) as Task
      noteTarget(target, context)
      if (args.json) return out.json(changed)
      out.print(
        `${out.paint.good("changed")} ${out.paint.accent(changed.id)} ${printable(changed.name, 60)}${runsNext(changed)}`,
      )
    })
  },
})

const switched = (enabled: boolean) =>
  command({
    args: { task: taskArgument, ...gatewayFlags },
    examples: [
      [
        `fased task ${enabled ? "enable" : "disable"} morning`,
        enabled ? "run it again" : "run it no more",
      ],
    ],
    async run({ task, ...args }, context) {
      const { out } = context
      await withGateway(args, context, async (client, target) => {
        const params = { id: task, patch: { enabled } }
        const changed = (await client.request("cron.update", params)) as Task
        noteTarget(target, context)
        if (args.json) return out.json(changed)
        const word = enabled ? out.paint.good("switched on") : out.paint.warn("switched off")
        out.print(
          `${word} ${out.paint.accent(changed.id)} ${printable(changed.name, 60)}${enabled ? runsNext(changed) : ""}`,
        )
      })
    },
  })
export const taskEnable = switched(true)
export const taskDisable = switched(false)

export const taskRemove = command({
  about: "Removes a task. What it is at is stopped; its past runs stay in the log.",
  args: {
    task: taskArgument,
    yes: { type: "boolean", alias: "y", description: "Do not ask" },
    ...gatewayFlags,
  },
  examples: [["fased task rm morning --yes", "for good"]],
  async run({ task, yes, ...args }, context) {
    await confirmed(`Remove the task ${printable(task, 120)}?`, {
      yes,
      context,
      words: `task rm ${task} --yes`,
    })
    const { out } = context
    await withGateway(args, context, async (client, target) => {
      const result = await client.request("cron.remove", { id: task })
      noteTarget(target, context)
      if (args.json) return out.json(result)
      out.print(`${out.paint.good("removed")} ${printable(task, 120)}`)
    })
  },
})

const amounts = ({ runs, tokens, usd }: { runs?: number; tokens?: number; usd?: number }) =>
  [
    runs !== undefined && `${runs} runs`,
    tokens !== undefined && `${tokens} tokens`,
    usd !== undefined && `$${usd.toFixed(2)}`,
  ]
    .filter(Boolean)
    .join(", ")

export const taskStatus = command({
  args: gatewayFlags,
  examples: [["fased task status", "is the scheduler on, and what is next"]],
  async run(args: GatewayArgs & { json?: boolean }, context) {
    const { out } = context
    const status = (await withGateway(args, context, (client) =>
      client.request("cron.status", {}),
    )) as {
      enabled: boolean
      jobs: number
      enabledJobs: number
      running: number
      nextWakeAtMs?: number
      budget?: { spent: Parameters<typeof amounts>[0]; limits: Parameters<typeof amounts>[0] }
    }
    if (args.json) return out.json(status)
    const { good, warn, muted } = out.paint
    const { spent = {}, limits = {} } = status.budget ?? {}
    const rows: [string, Cell][] = [
      [
        "scheduler",
        status.enabled
          ? ["on", good]
          : ["off: cron.enabled is false, or FASED_SKIP_CRON is set", warn],
      ],
      [
        "tasks",
        `${status.jobs}, ${status.enabledJobs ?? status.jobs} switched on, ${status.running ?? 0} at work`,
      ],
      ["next", status.nextWakeAtMs ? momentHere(status.nextWakeAtMs) : "none"],
      [
        "today",
        `${amounts(spent) || "nothing"}${amounts(limits) ? ` of at most ${amounts(limits)}` : ", no limit (cron.budget)"}`,
      ],
    ]
    for (const line of facts(rows, { width: out.width, muted })) out.print(line)
  },
})
