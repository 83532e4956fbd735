import { realpathSync } from "node:fs"
import type { SafeBinSettings } from "../agents/safe-bins.ts"
import type { Clock } from "../kernel/clock.ts"
import { auditSubsystem, type Log } from "../kernel/log.ts"
import { service } from "../kernel/service.ts"
import { type Analysis, analyse, type Step } from "./analyse.ts"
import { matches, patternFor } from "./allowlist.ts"
import { decisionOf } from "./approval.ts"
import { type Approvals, approvalTtlMs } from "./approvals.ts"
import type { ExecGate, ExecRequest, Verdict } from "./gate.ts"
import { isSame } from "./locate.ts"
import type { PolicyStore, Use } from "./policy-store.ts"
import { type AgentPolicy, policyOf, stricterAsk, stricterSecurity } from "./policy.ts"
import { isSafe } from "./safe-bins.ts"
import { mostCharacters } from "./shell-line.ts"

/** Somebody who may answer, and would see the question. */
export interface Approvers {
  present(): boolean
}
export const Approvers = service<Approvers>("approvers")

/** Somebody who is asked on a chat network. */
export const RemoteApprovers = service<Approvers>("remote approvers")

/** Programs that the skills of an agent need, by name. */
export type SkillPrograms = (agentId: string) => Promise<readonly string[]>
export const SkillPrograms = service<SkillPrograms>("skill programs")

export const createExecGate = (needs: {
  policies: PolicyStore
  approvals: Approvals
  approvers: () => Approvers | undefined
  skillPrograms: SkillPrograms
  safeBins: (agentId: string) => SafeBinSettings
  home: string
  /** Folders that agents write to: what lies there is another program tomorrow. */
  workspaces: () => readonly string[]
  /** Where commands find programs that name no PATH of their own. */
  path: string
  clock: Clock
  log: Log
}): ExecGate => {
  const { policies, approvals, clock, home } = needs
  const audit = needs.log.for(auditSubsystem)

  /** True when every program may run unasked. Notes what allowed it. */
  const allows = async (steps: readonly Step[], policy: AgentPolicy, request: ExecRequest) => {
    const { agentId, command } = request
    const settings = needs.safeBins(agentId)
    const bins = policy.autoAllowSkills ? await needs.skillPrograms(agentId) : []
    const uses: Use[] = []
    const all = steps.every((step) => {
      if (isSafe(step, settings)) return true
      const { program, kind } = step
      if (kind === "plain" && program.byName && bins.includes(program.name)) return true
      const entry = policy.allowlist.find(({ pattern }) => matches(pattern, step, home))
      if (!entry) return false
      uses.push({ id: entry.id, at: clock.now(), command: extract(command), path: program.file })
      return true
    })
    if (all && uses.length) await policies.used(uses)
    return all
  }

  /** The patterns that would let exactly this run from now on; none when it cannot be let. */
  const lasting = (steps: readonly Step[] = []): string[] => {
    const folders = needs.workspaces().map((folder) => `${folder}/`)
    const patterns = steps.map((step) =>
      folders.some((folder) => step.program.file.startsWith(folder)) ? undefined : patternFor(step),
    )
    return patterns.every((pattern) => pattern !== undefined) ? [...new Set(patterns)] : []
  }

  const judge = async (request: ExecRequest): Promise<Verdict> => {
    if (request.command.length > mostCharacters)
      return refuse("the command is too long to be judged. Put it into a script and run that.")
    // What a host says of its commands is not about those inside of a sandbox.
    const policy: AgentPolicy =
      request.host === "sandbox"
        ? { allowlist: [] }
        : policyOf(await policies.read(), request.agentId)
    const security = stricterSecurity(request.security, policy.security)
    const ask = stricterAsk(request.ask, policy.ask)
    if (security === "deny")
      return refuse(
        "commands are switched off here (tools.exec.security, or: fased approvals get).",
      )
    if (request.elevated === "full") return { kind: "run" }

    const analysis: Analysis =
      request.host === "gateway"
        ? analyse({ ...request, path: request.path ?? needs.path })
        : { unclear: "it runs on another machine" }
    const steps = "steps" in analysis ? analysis.steps : undefined
    const recheck =
      request.host === "gateway" ? () => firstChanged(request.cwd, steps ?? []) : undefined
    // The list that counts is kept where the command would run.
    const listed = async () =>
      request.node?.allowed ?? (steps !== undefined && (await allows(steps, policy, request)))
    const allowed = security === "full" || (await listed())
    if (allowed && ask !== "always") return { kind: "run", recheck }
    const miss =
      ask === "always"
        ? "every command is asked about (ask is always)."
        : (request.node?.because ?? missing(analysis))
    if (ask === "off") return refuse(`allowlist miss: ${miss}`)

    const patterns = lasting(steps)
    if (!needs.approvers()?.present()) {
      const fallback = stricterSecurity(policy.askFallback ?? "deny", security)
      if (fallback === "full" || (fallback === "allowlist" && (await listed())))
        return { kind: "run", recheck }
      return refuse(
        `approval required, and nobody is connected who could give it: ${miss} Open the Control UI (fased dashboard) and try again${hintFor(ask === "always" ? [] : patterns)}.`,
      )
    }
    const { id, expiresAt } = await approvals.ask({
      request: {
        ...pick(request),
        programs: steps?.map(({ program }) => program.file) ?? request.node?.programs ?? [],
        security,
        ask,
        because: miss,
      },
      patterns,
      ttlMs: approvalTtlMs,
    })
    const decided = approvals.over(id).then(decisionOf)
    return { kind: "wait", id, expiresAt, decided, recheck }
  }

  return {
    async judge(request) {
      const verdict = await judge(request)
      const { agentId: agent, sessionKey: session, host, runId: run, elevated } = request
      const { kind } = verdict
      audit.info("command judged", { verdict: kind, agent, session, host, run, elevated })
      return verdict
    },
  }
}

const refuse = (why: string): Verdict => ({ kind: "refuse", reason: `SYSTEM_RUN_DENIED: ${why}` })

const missing = (analysis: Analysis) =>
  "unclear" in analysis
    ? `${analysis.unclear}, so no list can allow it.`
    : "not every program in it is on the allowlist."

/** The commands that would allow it for good. */
const hintFor = (patterns: readonly string[]) =>
  patterns.length
    ? `, or allow it for good: ${patterns.map((one) => `fased approvals allowlist add '${one.replaceAll("'", "'\\''")}'`).join("; ")}`
    : ""

const firstChanged = (cwd: string, steps: readonly Step[]) => {
  if (!leadsToItself(cwd)) return cwd
  return steps.find(({ program }) => !isSame(program))?.program.location
}

const leadsToItself = (folder: string) => {
  try {
    return realpathSync(folder) === folder
  } catch {
    return false
  }
}

const pick = ({ command, argv, cwd, env, host, node, ...rest }: ExecRequest) => {
  const { agentId, sessionKey, runId, toolCallId, from } = rest
  const what = { command, argv, cwd, env, host, ...(node && { nodeId: node.id }) }
  return { ...what, agentId, sessionKey, runId, toolCallId, from }
}

const extract = (command: string) => (command.length > 300 ? `${command.slice(0, 299)}…` : command)
