import { createHash } from "node:crypto"
import type { Decision, ExecAsk, ExecHost, ExecRequest, ExecSecurity } from "./gate.ts"

/** What somebody is asked to say yes to: all of it is bound to the answer. */
export interface AskedCommand extends Pick<
  ExecRequest,
  "command" | "argv" | "env" | "runId" | "toolCallId" | "from"
> {
  cwd: string | null
  host: ExecHost
  agentId: string | null
  sessionKey: string | null
  nodeId?: string
  /** The files of the programs it would run, as far as that can be said. */
  programs: readonly string[]
  security?: ExecSecurity
  ask?: ExecAsk
  /** Why somebody is asked, and why it cannot be allowed for good. */
  because?: string
}

/** `expired`: nobody answered in time · `interrupted`: the gateway ended while it waited */
export type Outcome = Decision | "expired" | "interrupted"

export interface Approval {
  id: string
  digest: string
  request: AskedCommand
  /**
   * What `allow-always` adds to the agent's allowlist; without any it can only be allowed once.
   * Null when whoever asks keeps a list of their own.
   */
  patterns: readonly string[] | null
  createdAt: number
  expiresAt: number
  outcome: Outcome | null
  decidedAt: number | null
  decidedBy: string | null
}

/** Stands for the exact command, where and how it would run: another one has another digest. */
export const digestOf = (request: AskedCommand) => {
  const { command, argv, cwd, env, host, nodeId, agentId, sessionKey } = request
  const variables = Object.entries(env).toSorted(([a], [b]) => (a < b ? -1 : 1))
  const all = [command, argv ?? null, cwd, variables, host, nodeId ?? null, agentId, sessionKey]
  return createHash("sha256").update(JSON.stringify(all)).digest("hex")
}

export const allowedDecisions = ({ patterns }: Pick<Approval, "patterns">): Decision[] =>
  patterns === null || patterns.length
    ? ["allow-once", "allow-always", "deny"]
    : ["allow-once", "deny"]

/** What became of it, for the one who waits: whatever is no yes is a no. */
export const decisionOf = ({ outcome }: Approval): Decision =>
  outcome === "allow-once" || outcome === "allow-always" ? outcome : "deny"
