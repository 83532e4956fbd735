import { dollars } from "../../usage/amounts.ts"
import { ago, span } from "../ago.ts"
import { wholeNumber } from "../arguments.ts"
import type { Client } from "../../client/connect.ts"
import { command, type Context, fased } from "../command.ts"
import { runFailed } from "../run-failed.ts"
import { noteTarget, withGateway } from "../gateway-client.ts"
import { type GatewayArgs, gatewayFlags } from "../gateway-flags.ts"
import { printable, printableText } from "../printable.ts"
import { type Cell, facts, table } from "../table.ts"
import { momentHere, runArgument, statusCell, taskArgument, type TaskRun } from "../tasks.ts"

export const taskRun = command({
  about: "Runs a task now, whenever it is due.",
  args: {
    task: taskArgument,
    due: { type: "boolean", description: "Only if its time has come" },
    wait: { type: "boolean", description: "Wait for its end and show the result" },
    ...gatewayFlags,
  },
  examples: [["fased task run morning --wait", "try it out"]],
  async run({ task, due, wait, ...args }, context) {
    const { out } = context
    return withGateway(args, context, async (client, target) => {
      const ended = wait ? endsOf(client) : undefined
      const params = { id: task, mode: due ? "due" : "force" }
      const result = (await client.request("cron.run", params)) as {
        ran: boolean
        reason?: string
        runId?: string
      }
      noteTarget(target, context)
      if (!result.ran || !ended || !result.runId) {
        if (args.json) return out.json(result)
        return out.print(said(result, context))
      }
      await ended(result.runId)
      const { run } = await detailOf(client, result.runId)
      if (args.json) out.json(run)
      else show(run, context)
      return run.status === "ok" ? 0 : 1
    })
  },
})

const said = (
  { ran, reason, runId }: { ran: boolean; reason?: string; runId?: string },
  context: Context,
) => {
  if (ran)
    return `${context.out.paint.good("queued")} ${runId}. See it: ${fased(context, `task run-show ${runId}`)}`
  return reason === "already-running"
    ? "It is at work already, so it was not started again."
    : "It is not due yet, so it was not started."
}

/** Waits for the end of a run; those that end before it is known which one is meant are remembered. */
const endsOf = (client: Client) => {
  const over = new Set<string>()
  let wanted: { runId: string; done: () => void } | undefined
  client.on("cron", (payload) => {
    const { action, runId } = payload as { action: string; runId?: string }
    if (action !== "finished" || !runId) return
    over.add(runId)
    if (wanted?.runId === runId) wanted.done()
  })
  return async (runId: string) => {
    if (over.has(runId)) return
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    wanted = { runId, done: resolve }
    client.onClose(() =>
      reject(runFailed({ status: "error", reason: "the gateway closed the connection." })),
    )
    await promise
  }
}

export const taskRuns = command({
  args: {
    id: { type: "string", valueHint: "task", description: "Only this task's" },
    status: {
      type: "enum",
      options: ["ok", "error", "skipped", "blocked"],
      description: "Only such",
    },
    limit: { type: "string", valueHint: "n", description: "At most this many", default: "20" },
    ...gatewayFlags,
  },
  examples: [["fased task runs --id morning --limit 5", "how it did lately"]],
  async run(args, context) {
    const { out } = context
    const params = {
      limit: wholeNumber("--limit", args.limit, { min: 1, max: 200 }),
      ...(args.id && { id: args.id }),
      ...(args.status && { status: args.status }),
    }
    const result = await withGateway(args, context, (client) => runsOf(client, params))
    if (args.json) return out.json(result)
    const { entries } = result
    if (!entries.length) return out.print("No run is like that.")
    const { accent, muted } = out.paint
    const rows = entries.map((run) => [
      [run.runId ?? "", accent] as const,
      printable(run.jobName ?? "", 20),
      run.ts ? ago(run.ts, Date.now()) : "",
      statusCell(statusOf(run), out.paint),
      printable((run.error ?? run.summary ?? "").replace(/\s+/g, " "), 200),
    ])
    for (const line of table(["RUN", "TASK", "WHEN", "STATUS", "RESULT"], rows, {
      width: out.width,
      muted,
    }))
      out.print(line)
  },
})

/** Runs outlive their task; where there are none of it, one that nobody knows is said so. */
const runsOf = async (client: Client, params: { id?: string }) => {
  const found = (await client.request("cron.runs", params)) as { entries: TaskRun[] }
  if (params.id !== undefined && !found.entries.length)
    await client.request("cron.get", { id: params.id })
  return found
}

export const taskLast = command({
  args: { task: { ...taskArgument, required: false }, ...gatewayFlags },
  examples: [["fased task last morning", "what it said the last time"]],
  async run({ task, ...args }, context) {
    const { out } = context
    const params = { limit: 1, ...(task && { id: task }) }
    const found = await withGateway(args, context, async (client) => {
      const [newest] = (await runsOf(client, params)).entries
      const runId = newest?.runId
      return runId === undefined ? undefined : detailOf(client, runId)
    })
    if (args.json) return out.json(found?.run ?? null)
    if (!found) return out.print("It has not run yet.")
    show(found.run, context, found.transcript)
  },
})

const detailOf = async (client: Client, runId: string) =>
  (await client.request("cron.runDetail", { runId })) as { run: TaskRun; transcript?: string }

export const taskRunShow = command({
  args: { run: runArgument, ...gatewayFlags },
  examples: [["fased task run-show 5f0c9a1b2c3d-mf3x1k0w", "one run in full"]],
  async run(args, context) {
    const { out } = context
    const result = await withGateway(args, context, (client) => detailOf(client, args.run))
    if (args.json) return out.json(result)
    show(result.run, context, result.transcript)
  },
})

/** One that was cancelled counts as skipped; people know why. */
const statusOf = ({ status, state }: TaskRun) => (state === "cancelled" ? state : (status ?? state))

const show = (run: TaskRun, { out }: Context, transcript?: string) => {
  const { error, deliveryError, usage } = run
  const rows: [string, string | undefined][] = [
    ["run", run.runId],
    ["task", `${run.jobName ?? ""} ${run.jobId ?? ""}`.trim()],
    ["problem", error],
    ["began", run.runAtMs ? momentHere(run.runAtMs) : undefined],
    ["took", run.durationMs === undefined ? undefined : span(run.durationMs)],
    ["model", run.model && `${run.provider}/${run.model}`],
    ["tokens", usage && `${usage.input_tokens} in, ${usage.output_tokens} out`],
    ["cost", run.costUsd === undefined ? undefined : dollars(run.costUsd)],
    ["goal", run.reached === undefined ? undefined : run.reached ? "reached" : "not reached"],
    ["delivery", run.deliveryStatus],
    ["", deliveryError === error ? undefined : deliveryError],
    ["session", run.sessionKey],
    ["transcript", transcript],
    ["next", run.nextRunAtMs ? momentHere(run.nextRunAtMs) : undefined],
  ]
  const known = rows.map(([name, value]) => [name, value && printable(value)] as [string, Cell])
  known.splice(2, 0, ["status", statusCell(statusOf(run), out.paint)])
  for (const line of facts(known, { width: out.width, muted: out.paint.muted })) out.print(line)
  if (run.summary) out.print(`\n${printableText(run.summary)}`)
}

export const taskCancelRun = command({
  args: {
    run: runArgument,
    reason: { type: "string", valueHint: "text", description: "Why, for the log" },
    ...gatewayFlags,
  },
  examples: [["fased task cancel-run 5f0c9a1b2c3d-mf3x1k0w", "stop it"]],
  async run({ run, reason, ...args }, context) {
    const { out } = context
    await withGateway(args, context, async (client, target) => {
      const params = { runId: run, ...(reason && { reason }) }
      const result = await client.request("cron.queue.cancel", params)
      noteTarget(target, context)
      if (args.json) return out.json(result)
      out.print(`${out.paint.good("cancelled")} ${printable(run, 120)}`)
    })
  },
})

export const taskRetryRun = command({
  args: { run: runArgument, ...gatewayFlags },
  examples: [["fased task retry-run 5f0c9a1b2c3d-mf3x1k0w", "do it once more"]],
  async run({ run, ...args }, context) {
    const { out } = context
    await withGateway(args, context, async (client, target) => {
      const result = (await client.request("cron.queue.retry", { runId: run })) as { runId: string }
      noteTarget(target, context)
      if (args.json) return out.json(result)
      out.print(said({ ran: true, runId: result.runId }, context))
    })
  },
})

export const taskClearStale = command({
  about: "Ends runs that nothing works on any more. A gateway that starts takes them up by itself.",
  args: { run: { ...runArgument, required: false }, ...gatewayFlags },
  examples: [["fased task clear-stale", "all of them"]],
  async run({ run, ...args }, context) {
    const { out } = context
    await withGateway(args, context, async (client, target) => {
      const result = (await client.request("cron.queue.clearStale", run ? { runId: run } : {})) as {
        cleared: string[]
      }
      noteTarget(target, context)
      if (args.json) return out.json(result)
      const count = result.cleared.length
      out.print(
        count ? `${out.paint.good("ended")} ${result.cleared.join(", ")}` : "No run is stale.",
      )
    })
  },
})

export const taskAudit = command({
  about: "Looks for what keeps tasks from doing their work, before their time comes.",
  args: gatewayFlags,
  examples: [["fased task audit", "a gone model, a revoked device, a session that is no more"]],
  async run(args: GatewayArgs & { json?: boolean }, context) {
    const { out } = context
    const result = (await withGateway(args, context, (client) =>
      client.request("tasks.audit", {}),
    )) as {
      checked: number
      findings: { jobId: string; jobName: string; problem: string; next: string }[]
    }
    const { checked, findings } = result
    if (args.json) out.json(result)
    else if (!findings.length)
      out.print(`${out.paint.good("nothing found")} in ${checked} tasks that are switched on`)
    for (const { jobId, jobName, problem, next } of args.json ? [] : findings) {
      out.print(`${out.paint.accent(jobId)} ${printable(jobName, 60)}: ${printable(problem)}`)
      out.print(`  ${printable(next)}`)
    }
    return findings.length ? 1 : 0
  },
})
