import { Elevation } from "../agents/elevated.ts"
import { ExecGate, type ExecRequest, type Recheck } from "../approvals/gate.ts"
import { Environment, Paths } from "../config/paths.ts"
import { Clock } from "../kernel/clock.ts"
import { Log } from "../kernel/log.ts"
import { Nodes } from "../nodes/service.ts"
import type { Supplied } from "../kernel/service.ts"
import { SystemEvents } from "../kernel/system-events.ts"
import type { Standing, ToolContext } from "../kernel/tool.ts"
import { Sandboxes } from "../sandbox/service.ts"
import { Directory } from "../sessions/directory.ts"
import { SkillEnvironment } from "../skills/environment.ts"
import { ExecSettings } from "../tools/exec-settings.ts"
import { Toolbox } from "../tools/toolbox.ts"
import { requestedVariables } from "./environment.ts"
import { changedSince, commandDenied, commandRefused } from "./faults.ts"
import { type Terms, termsOf, type Wishes } from "./host.ts"
import { type Job, Jobs } from "./jobs.ts"
import { runOnNode } from "./on-node.ts"
import { report } from "./report.ts"
import { Shell } from "./shell.ts"
import { first, from, mayWait, patienceMs } from "./waiting.ts"
import { inSandbox, onGateway } from "./where.ts"

export const needs = {
  settings: ExecSettings,
  elevation: Elevation,
  gate: ExecGate,
  jobs: Jobs,
  shell: Shell,
  sandboxes: Sandboxes,
  directory: Directory,
  nodes: Nodes,
  toolbox: Toolbox,
  skillEnv: SkillEnvironment,
  events: SystemEvents,
  env: Environment,
  paths: Paths,
  clock: Clock,
  log: Log,
}
export type Context = ToolContext & Supplied<typeof needs>

export interface Command extends Wishes {
  command: string
  workdir?: string
  env: Readonly<Record<string, string>>
  yieldMs?: number
  background: boolean
  timeout?: number
  pty: boolean
}

const shownTail = 4000
const terminal = { cols: 120, rows: 40 }

/** Runs one command as far as the policy and the people asked let it. */
export const runCommand = async (asked: Command, context: Context) => {
  const terms = await termsHere(asked, context)
  if (terms.host === "node") return runOnNode(asked, terms, context)
  const plan = await prepare(asked, { ...terms, host: terms.host }, context)
  const verdict = await context.gate.judge(plan.request)
  if (verdict.kind === "refuse") throw commandRefused({ reason: verdict.reason })
  const start = () => startUnchanged(plan, verdict.recheck)
  if (verdict.kind === "run") return attend(start(), asked, context)

  const { id, decided, expiresAt } = verdict
  context.progress?.(`Waiting for a decision on approval ${id}.`)
  const waits = mayWait(context) ? patienceMs : 0
  const decision = await first(decided, waits, context)
  if (decision === "deny") throw commandDenied({ id })
  if (decision) return attend(start(), asked, context)
  if (!context.signal.aborted)
    void decided.then((late) => runLate(late === "deny", id, start, context))
  const note =
    "It runs as soon as somebody allows it, and the session is told how it ends. Do not ask for it again."
  return { status: "approval-pending", approvalId: id, expiresAt, command: asked.command, note }
}

const standingIn = ({ agentId, sessionKey, owner, model, surface, place }: Standing): Standing => ({
  agentId,
  sessionKey,
  owner,
  surface,
  ...(model && { model }),
  ...(place && { place }),
})

/** A decision came when the turn had gone on: the session is told what became of it. */
const runLate = (denied: boolean, id: string, start: () => Job, context: Context) => {
  const { sessionKey, events, clock, settings, agentId, log } = context
  if (denied) return events.enqueue(sessionKey, `Exec denied (approval ${id}).`)
  try {
    const job = start()
    job.background = true
    const { approvalRunningNoticeMs: noticeMs } = settings(agentId)
    const tell = () =>
      events.enqueue(sessionKey, `Exec running (approval ${id}, session ${job.id}).`)
    const cancel = noticeMs ? clock.after(noticeMs, tell) : () => undefined
    void job.done.then(cancel)
  } catch (error) {
    log.for("exec").warn("an approved command could not be started", { approval: id, error })
    events.enqueue(sessionKey, `Exec not started (approval ${id}): ${(error as Error).message}`)
  }
}

/** Waits for a command while its turn does; longer ones go on in the background. */
const attend = async (job: Job, asked: Command, context: Context) => {
  const { jobs, clock, settings, agentId, toolbox, signal } = context
  const mayYield = toolbox.offered(standingIn(context)).some(({ name }) => name === "process")
  if (mayYield && asked.background) job.background = true
  let told = 0
  const stop = clock.every(1000, () => {
    if (job.output.total === told) return
    told = job.output.total
    context.progress?.(job.output.last(shownTail))
  })
  const patience = asked.yieldMs ?? settings(agentId).backgroundMs
  const ending = job.background
    ? undefined
    : await first(
        job.done,
        mayYield ? patience : Number(asked.timeout ?? settings(agentId).timeoutSec) * 1000 + 5000,
        context,
      )
  stop()
  if (ending) {
    jobs.forget(job)
    return report(job, ending)
  }
  if (signal.aborted && !job.background) return report(job, await jobs.stop(job, "aborted"))
  if (!mayYield) return report(job, await jobs.stop(job, "timeout"))
  job.background = true
  const next = "Use process (poll, log, write, kill) with this sessionId."
  return {
    status: "running",
    sessionId: job.id,
    pid: job.child.pid,
    tail: job.output.fresh(shownTail),
    next,
  }
}

interface Plan {
  request: ExecRequest
  /** True while what would run is what it was when this was made. */
  unchanged(): boolean
  start(): Job
}

/** Right before it runs: programs, scripts and folder are to be those that were judged. */
const startUnchanged = (plan: Plan, recheck?: Recheck) => {
  const changed = recheck?.()
  if (changed !== undefined || !plan.unchanged()) throw changedSince({ file: changed })
  return plan.start()
}

const termsHere = async (asked: Command, context: Context) => {
  const { agentId, sessionKey, settings, sandboxes, directory } = context
  const session = await directory.find(sessionKey)
  const sandboxed = sandboxes.confinement(context) !== undefined
  const { elevated, ...overrides } = {
    ...session?.overrides,
    ...(context.wishes?.elevated && { elevated: context.wishes.elevated }),
    exec: { ...session?.overrides.exec, ...context.wishes?.exec },
  }
  return termsOf(asked, {
    config: settings(agentId),
    overrides: elevated && context.elevation(context) ? { ...overrides, elevated } : overrides,
    sandboxed,
  })
}

const prepare = async (
  asked: Command,
  { node: _, ...terms }: Terms & { host: "gateway" | "sandbox" },
  context: Context,
): Promise<Plan> => {
  const { agentId, sessionKey, settings, jobs, runId, toolCallId } = context
  const config = settings(agentId)
  const env = requestedVariables(asked.env)
  const what =
    terms.host === "sandbox"
      ? await inSandbox(asked, env, context)
      : await onGateway(asked, { ...(await context.skillEnv(agentId)), ...env }, context)
  const request = {
    command: asked.command,
    cwd: what.place,
    env,
    agentId,
    sessionKey,
    runId,
    toolCallId,
    from: from(context),
    path: what.env.PATH,
    ...terms,
  }
  return {
    request,
    unchanged: what.unchanged,
    start() {
      const timeoutMs = (asked.timeout ?? config.timeoutSec) * 1000
      const { command } = asked
      const keepMs = config.cleanupMs
      const size = asked.pty ? { terminal } : {}
      const stdin = asked.background
      const start = { ...what, ...size, agentId, sessionKey, command, host: terms.host, stdin }
      return jobs.start({ ...start, timeoutMs, keepMs })
    },
  }
}
