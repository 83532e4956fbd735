import { ago, span } from "../ago.ts"
import { wholeNumber } from "../arguments.ts"
import type { Client } from "../../client/connect.ts"
import { command, type Context, fased } from "../command.ts"
import { runFailed } from "../run-failed.ts"
import { noteTarget, withGateway } from "../gateway-client.ts"
import { gatewayFlags } from "../gateway-flags.ts"
import { printable, printableText } from "../printable.ts"
import { columns, table } from "../table.ts"
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
      const { run } = (await client.request("cron.runDetail", { runId: result.runId })) as {
        run: TaskRun
      }
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
    const result = await withGateway(args, context, (client) => client.request("cron.runs", params))
    if (args.json) return out.json(result)
    const { entries } = result as { entries: TaskRun[] }
    if (!entries.length) return out.print("No run is like that.")
    const { accent, muted } = out.paint
    const rows = entries.map((run) => [
      [run.runId ?? "", accent] as const,
      printable(run.jobName ?? "", 20),
      run.ts ? ago(run.ts, Date.now()) : "",
      statusCell(run.status ?? run.state, out.paint),
      printable((run.error ?? run.summary ?? "").replace(/\s+/g, " "), 200),
    ])
    for (const line of table(["RUN", "TASK", "WHEN", "STATUS", "RESULT"], rows, {
      width: out.width,
      muted,
    }))
      out.print(line)
  },
})

export const taskLast = command({
  args: { task: { ...taskArgument, required: false }, ...gatewayFlags },
  examples: [["fased task last morning", "what it said the last time"]],
  async run({ task, ...args }, context) {
    const { out } = context
    const params = { limit: 1, ...(task && { id: task }) }
    const result = (await withGateway(args, context, (client) =>
      client.request("cron.runs", params),
    )) as { entries: TaskRun[] }
    const [run] = result.entries
    if (args.json) return out.json(run ?? null)
    if (!run) return out.print("It has not run yet.")
    show(run, context)
  },
})

export const taskRunShow = command({
  args: { run: runArgument, ...gatewayFlags },
  examples: [["fased task run-show 5f0c9a1b2c3d-mf3x1k0w", "one run in full"]],
  async run(args, context) {
    const { out } = context
    const result = (await withGateway(args, context, (client) =>
      client.request("cron.runDetail", { runId: args.run }),
    )) as { run: TaskRun; transcript?: string }
    if (args.json) return out.json(result)
    show(result.run, context, result.transcript)
  },
})

const show = (run: TaskRun, { out }: Context, transcript?: string) => {
  const facts: [string, string | undefined][] = [
    ["run", run.runId],
    ["task", `${run.jobName ?? ""} ${run.jobId ?? ""}`.trim()],
    ["status", run.status ?? run.state],
    ["problem", run.error],
    ["began", run.runAtMs ? momentHere(run.runAtMs) : undefined],
    ["took", run.durationMs === undefined ? undefined : span(run.durationMs)],
    ["model", run.model && `${run.provider}/${run.model}`],
    ["tokens", run.usage && `${run.usage.input_tokens} in, ${run.usage.output_tokens} out`],
    ["delivery", run.deliveryStatus],
    ["", run.deliveryError],
    ["session", run.sessionKey],
    ["transcript", transcript],
    ["next", run.nextRunAtMs ? momentHere(run.nextRunAtMs) : undefined],
  ]
  const lines = facts.flatMap(([name, value]) =>
    value
      ? [
          [
            [name, out.paint.muted] as const,
            name === "status" ? statusCell(value, out.paint) : printable(value, 200),
          ],
        ]
      : [],
  )
  for (const line of columns(lines, { width: out.width })) out.print(line)
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
