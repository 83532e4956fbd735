import type { ExecRequest } from "../approvals/gate.ts"
import type { Prepared, RunPlan, RunResult } from "../nodes/run-plan.ts"
import type { Node } from "../nodes/shown.ts"
import { requestedVariables } from "./environment.ts"
import { commandDenied, commandRefused, notOnNodes } from "./faults.ts"
import type { Terms } from "./host.ts"
import type { Command, Context } from "./run.ts"
import { first, from, mayWait, patienceMs } from "./waiting.ts"

/**
 * Runs one command on a paired node. The node says what the command would be there and what its own
 * list makes of it; what is judged and shown is what is sent, to the letter.
 */
export const runOnNode = async (asked: Command, terms: Terms, context: Context) => {
  if (asked.pty || asked.background) throw notOnNodes()
  const { nodes, gate, signal } = context
  const node = await nodes.forCommands(terms.node)
  const looked = await nodes.prepare(node.nodeId, planOf(asked, context), signal)
  const verdict = await gate.judge(requestOf(looked, node, asked, terms, context))
  if (verdict.kind === "refuse") throw commandRefused({ reason: verdict.reason })
  const run = async (how: { approval?: string; signal?: AbortSignal }) =>
    shown(node, await nodes.run(node.nodeId, looked.plan, how))
  if (verdict.kind === "run") return run({ signal })

  const { id, decided, expiresAt } = verdict
  context.progress?.(`Waiting for a decision on approval ${id}.`)
  const decision = await first(decided, mayWait(context) ? patienceMs : 0, context)
  if (decision === "deny") throw commandDenied({ id })
  if (decision) return run({ approval: id, signal })
  if (!signal.aborted)
    void decided.then((late) => runLate(late === "deny", id, () => run({ approval: id }), context))
  const note =
    "It runs as soon as somebody allows it, and the session is told how it ends. Do not ask for it again."
  return { status: "approval-pending", approvalId: id, expiresAt, command: asked.command, note }
}

/** The shell every system has; the login shell of the gateway's user is nothing to a node. */
const planOf = (asked: Command, { agentId, sessionKey, settings }: Context): RunPlan => ({
  command: ["/bin/sh", "-c", asked.command],
  rawCommand: asked.command,
  cwd: asked.workdir ?? null,
  env: requestedVariables(asked.env),
  timeoutMs: Math.round((asked.timeout ?? settings(agentId).timeoutSec) * 1000),
  agentId,
  sessionKey,
})

const requestOf = (
  { plan, allowed, because, programs }: Prepared,
  { nodeId }: Node,
  asked: Command,
  { security, ask }: Terms,
  context: Context,
): ExecRequest => ({
  command: asked.command,
  argv: plan.command,
  cwd: plan.cwd ?? "~",
  env: plan.env ?? {},
  host: "node",
  node: { id: nodeId, allowed, because, programs },
  agentId: context.agentId,
  sessionKey: context.sessionKey,
  runId: context.runId,
  toolCallId: context.toolCallId,
  from: from(context),
  security,
  ask,
})

const mostShown = 30_000

const shown = (
  { displayName, nodeId }: Node,
  { exitCode, signal, timedOut, ...ended }: RunResult,
) => {
  const output = [ended.stdout, ended.stderr].filter(Boolean).join("\n")
  return {
    status: ended.success ? "completed" : "failed",
    node: displayName ?? nodeId,
    exitCode: exitCode ?? null,
    ...(signal && { signal }),
    ...(timedOut && { stopped: "its time was over; give a longer timeout" }),
    ...(ended.error && { error: ended.error }),
    output:
      output.length > mostShown
        ? `${output.slice(0, mostShown).toWellFormed()}\n[… cut …]`
        : output,
  }
}

/** A decision came when the turn had gone on: the session is told what became of it. */
const runLate = async (
  denied: boolean,
  id: string,
  run: () => Promise<ReturnType<typeof shown>>,
  { sessionKey, events, log }: Context,
) => {
  if (denied) return events.enqueue(sessionKey, `Exec denied (approval ${id}).`)
  try {
    const { node, exitCode, output } = await run()
    const end = output.slice(-400).trim()
    events.enqueue(
      sessionKey,
      `Exec finished (approval ${id}, node ${node}, code ${exitCode})${end && `, its output ends with ${JSON.stringify(end)}`}`,
    )
  } catch (error) {
    log.for("exec").warn("an approved command did not run on its node", { approval: id, error })
    events.enqueue(sessionKey, `Exec not run (approval ${id}): ${(error as Error).message}`)
  }
}
