import type { z } from "zod"
import type { TurnOptions } from "./channel.ts"
import type { Conversation } from "./network.ts"
import { type Later, madeOnce } from "./later.ts"
import type { Needs, Supplied } from "./service.ts"

/** Whose call it is, as the server knows it; the policy is worked out from this and from nothing a model says. */
export interface Standing {
  agentId: string
  sessionKey: string
  /** True when an operator with full rights started the turn. */
  owner: boolean
  /** The model that asks, for rules by provider. Absent on a call that no model made. */
  model?: { provider: string; model: string }
  /** Where the turn came from: `chat`, `channel`, `http`, `hook`, `cron`, `subagent`, `node`. */
  surface: Surface
  /** Of its tools, only those that these patterns name: a task may be given less than its agent. */
  only?: readonly string[]
  /** The room and the sender, for the rules of a group (contract 10 §3.4). */
  place?: {
    channel: string
    account: string
    group?: string
    sender?: string
    /** As the network told it, for rules of topics, threads and roles. */
    conversation?: Conversation
    ids?: readonly string[]
  }
}
export const surfaces = ["chat", "channel", "http", "hook", "cron", "subagent", "node"] as const
export type Surface = (typeof surfaces)[number]

/** The call a tool answers. */
export interface ToolContext extends Standing {
  /** The agent's workspace folder, absolute. */
  workspace: string
  signal: AbortSignal
  /** The turn and the call; absent outside a turn, e.g. on `/tools/invoke`. */
  runId?: string
  toolCallId?: string
  /** What the turn's message asks of commands, over what the session does. */
  wishes?: Pick<TurnOptions, "elevated" | "exec">
  /** Tells those who watch how far it is. What it says is not kept. */
  progress?(text: string): void
}

/** An MCP server or a plugin, by id. */
export interface ToolSource {
  readonly kind: "mcp" | "plugin"
  readonly id: string
  /** An extra of a plugin: off until someone allows it by name. */
  readonly optional?: true
}

export interface Tool<P extends z.ZodType = z.ZodType, N extends Needs = Needs> {
  readonly name: string
  /** The policy group it belongs to, e.g. `fs`, `sessions`, `automation` (contract 18 §1). */
  readonly group: string
  /** For people; models read `description`. */
  readonly label: string
  readonly description: string
  readonly params: P
  /** The arguments as JSON Schema, where someone else wrote it (MCP); else it is made from `params`. */
  readonly parameters?: Readonly<Record<string, unknown>>
  /** Only for turns the operator started; nobody else is offered it, whatever the config allows. */
  readonly ownerOnly?: true
  /** Longest it may run. Default: two minutes. `own`: it keeps to a limit of its own. */
  readonly deadlineMs?: number | "own"
  /** Where it came from, when not out of the binary. Set by `Toolbox.adopt`. */
  readonly source?: ToolSource
  readonly needs: N
  /** Anything but true leaves it out for this call: what it needs is not set up. Words say what. */
  available?(context: Supplied<N> & Standing): boolean | string
  /**
   * What the model reads: text, a value that becomes JSON, or `toolContent(…)` with pictures in it.
   * A thrown Fault becomes a tool error.
   */
  run(params: z.output<P>, context: Supplied<N> & ToolContext): Promise<unknown> | unknown
}

/** Declares one tool a model may call. */
export const tool = <P extends z.ZodType, const N extends Needs = {}>({
  params,
  ...declaration
}: Omit<Tool<P, N>, "needs" | "params"> & { needs?: N; params: Later<P> }): Tool<P, N> => {
  const made = madeOnce(params)
  return {
    needs: {} as N,
    ...declaration,
    get params() {
      return made()
    },
  }
}

// oxlint-disable-next-line typescript/no-explicit-any -- the registry holds tools of every shape
export type AnyTool = Tool<any, any>
