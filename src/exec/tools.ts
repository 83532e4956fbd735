import * as z from "zod"
import { Clock } from "../kernel/clock.ts"
import { tool } from "../kernel/tool.ts"
import { notRunning, stillRunning, takesNoInput } from "./faults.ts"
import { type Job, Jobs } from "./jobs.ts"
import { keyBytes, pasted } from "./keys.ts"
import { report } from "./report.ts"
import { needs, runCommand } from "./run.ts"

const mostCommand = 100_000

export const exec = tool({
  name: "exec",
  group: "runtime",
  label: "Run a command",
  description:
    "Runs a shell command. One that takes longer than yieldMs goes on in the background: follow it with process. " +
    "Use background for servers and what is written to, pty for programs that need a terminal. " +
    "A person may be asked first; when the answer is approval-pending, do not ask for it again.",
  params: () =>
    z.object({
      command: z.string().trim().min(1).max(mostCommand).describe("Shell command."),
      workdir: z
        .string()
        .max(4096)
        .optional()
        .describe("Folder to run in. Default: the workspace."),
      env: z.record(z.string(), z.string().max(100_000)).default({}).describe("More variables."),
      yieldMs: z
        .int()
        .min(10)
        .max(120_000)
        .optional()
        .describe("Wait so long before it goes on in the background."),
      background: z
        .boolean()
        .default(false)
        .describe("Go on in the background at once, with its input open."),
      timeout: z
        .number()
        .positive()
        .max(172_800)
        .optional()
        .describe("End it after so many seconds."),
      pty: z.boolean().default(false).describe("Run it in a terminal."),
      host: z.enum(["auto", "sandbox", "gateway", "node"]).optional().describe("Where to run it."),
      security: z
        .enum(["deny", "allowlist", "full"])
        .optional()
        .describe("A stricter policy for this call."),
      ask: z
        .enum(["off", "on-miss", "always"])
        .optional()
        .describe("Ask more often for this call."),
      elevated: z
        .boolean()
        .optional()
        .describe("Out of the sandbox, where the session is elevated."),
    }),
  deadlineMs: "own",
  needs,
  run: (command, context) => runCommand(command, context),
})

const actions = [
  "list",
  "poll",
  "log",
  "write",
  "send-keys",
  "submit",
  "paste",
  "resize",
  "kill",
  "clear",
  "remove",
] as const

const lastLines = 200
const mostLines = 2000
const shown = 30_000

export const processTool = tool({
  name: "process",
  group: "runtime",
  label: "Commands in the background",
  description:
    "Follows commands that exec left running: list them, poll for new output and the end, log for all lines, " +
    "write, send-keys, submit (Enter) or paste input, kill, clear (forget one that ended), remove (kill and forget).",
  params: () =>
    z.object({
      action: z.enum(actions),
      sessionId: z.string().max(64).optional().describe("As exec gave it. Not needed for list."),
      data: z.string().max(1_000_000).optional().describe("For write, submit and paste: the text."),
      keys: z
        .array(z.string().max(40))
        .max(200)
        .optional()
        .describe("For send-keys: enter, C-c, up, …"),
      eof: z.boolean().default(false).describe("For write: end the input afterwards."),
      timeoutMs: z
        .int()
        .min(0)
        .max(60_000)
        .default(0)
        .describe("For poll: wait so long for the end."),
      offset: z
        .int()
        .min(0)
        .optional()
        .describe("For log: first line, from 0. Default: the last 200."),
      limit: z.int().min(1).max(mostLines).default(lastLines).describe("For log: most lines."),
      cols: z.int().min(10).max(500).default(120).describe("For resize."),
      rows: z.int().min(5).max(300).default(40).describe("For resize."),
    }),
  needs: { jobs: Jobs, clock: Clock },
  async run({ action, sessionId = "", ...params }, context) {
    const { jobs, clock } = context
    if (action === "list") return { sessions: jobs.of(context).map((job) => row(job, clock.now())) }
    const job = jobs.get(sessionId, context)
    switch (action) {
      case "poll": {
        await waited(job, params.timeoutMs, clock, context.signal)
        const output = job.output.fresh(shown)
        return job.ending
          ? { ...report(job, job.ending), output }
          : { ...row(job, clock.now()), output }
      }
      case "log":
        return lines(job, params)
      case "write":
        if (params.data) input(job, params.data)
        if (params.eof) closable(job).close()
        break
      case "send-keys":
        input(job, (params.keys ?? []).map(keyBytes).join(""))
        break
      case "submit":
        input(job, `${params.data ?? ""}${job.pty ? "\r" : "\n"}`)
        break
      case "paste":
        input(job, job.pty ? pasted(params.data ?? "") : (params.data ?? ""))
        break
      case "resize":
        closable(job).resize(params.cols, params.rows)
        break
      case "kill":
        if (job.ending) throw notRunning({ id: job.id })
        return report(job, await jobs.stop(job, "killed"))
      case "clear":
        if (!job.ending) throw stillRunning({ id: job.id })
        jobs.forget(job)
        break
      case "remove":
        await jobs.stop(job, "killed")
        jobs.forget(job)
    }
    return { ok: true, sessionId: job.id }
  },
})

const closable = (job: Job) => {
  if (job.ending) throw notRunning({ id: job.id })
  if (!job.child.writable) throw takesNoInput({ id: job.id })
  return job.child
}

const input = (job: Job, data: string) => closable(job).write(data)

const row = (job: Job, now: number) => ({
  sessionId: job.id,
  status: job.ending ? (job.ending.code === 0 ? "completed" : "failed") : "running",
  command: job.command.length > 200 ? `${job.command.slice(0, 200)}…` : job.command,
  cwd: job.cwd,
  host: job.host,
  pid: job.child.pid,
  ...(job.ending && { exitCode: job.ending.code }),
  runtimeMs: (job.ending?.at ?? now) - job.startedAt,
  outputBytes: job.output.total,
})

const waited = async (job: Job, ms: number, clock: Clock, signal: AbortSignal) => {
  if (!ms || job.ending) return
  const over = Promise.withResolvers<void>()
  const cancel = clock.after(ms, over.resolve)
  signal.addEventListener("abort", () => over.resolve(), { once: true })
  await Promise.race([job.done, over.promise])
  cancel()
}

const lines = (job: Job, { offset, limit }: { offset?: number; limit: number }) => {
  const all = job.output.text().split("\n")
  if (all.at(-1) === "") all.pop()
  const from = offset ?? Math.max(0, all.length - limit)
  const part = all.slice(from, from + limit)
  if (!part.length) return `[nothing printed${all.length ? ` after line ${all.length}` : " yet"}]`
  const note =
    part.length < all.length
      ? `\n[lines ${from} to ${from + part.length - 1} of ${all.length}]`
      : ""
  return part.join("\n") + note
}
