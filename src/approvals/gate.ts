import { service } from "../kernel/service.ts"

export type ExecHost = "gateway" | "sandbox" | "node"
export const execSecurities = ["deny", "allowlist", "full"] as const
export type ExecSecurity = (typeof execSecurities)[number]
export const execAsks = ["off", "on-miss", "always"] as const
export type ExecAsk = (typeof execAsks)[number]
export const decisions = ["allow-once", "allow-always", "deny"] as const
export type Decision = (typeof decisions)[number]

/** A command as it would run: what is judged, shown and bound to the decision. */
export interface ExecRequest {
  /** As written: a shell line, or the words of `argv` joined for people. */
  command: string
  /** Set when it runs without a shell. */
  argv?: readonly string[]
  /** Absolute, links resolved. */
  cwd: string
  /** Only what differs from the environment every command gets. */
  env: Readonly<Record<string, string>>
  /** The PATH the command gets; left out, the gateway's own. */
  path?: string
  host: ExecHost
  /** With host `node`: which one, and what it says of the command itself. */
  node?: { id: string; allowed: boolean; because?: string; programs: readonly string[] }
  agentId: string
  sessionKey: string
  runId?: string
  toolCallId?: string
  /** What the config, the session or the call asks for; the gate takes the stricter of it and its file. */
  security: ExecSecurity
  ask: ExecAsk
  /** An elevated session: `ask` still asks, `full` skips approvals. Never overrides a refusal by policy. */
  elevated?: "on" | "ask" | "full"
  /** Where an answer can be asked for besides the operator's clients. */
  from?: { channel: string; to?: string; accountId?: string; threadId?: string }
}

/** Asked right before it runs: names a file that is not the one that was judged; undefined when all are. */
export type Recheck = () => string | undefined

export type Verdict =
  | { kind: "run"; recheck?: Recheck }
  /** `reason` is for the model and the person: what is refused and what would allow it. */
  | { kind: "refuse"; reason: string }
  /** `decided` resolves with the first decision, or with `deny` when its time is over. */
  | { kind: "wait"; id: string; expiresAt: number; decided: Promise<Decision>; recheck?: Recheck }

/** May this command run? The one way to a shell, for every tool, task and node. */
export interface ExecGate {
  judge(request: ExecRequest): Promise<Verdict>
}
export const ExecGate = service<ExecGate>("exec gate")
