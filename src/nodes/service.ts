import { service } from "../kernel/service.ts"
import type { CommandRules } from "./allowlist.ts"
import type { Answer, Invocation, Link } from "./links.ts"
import type { Prepared, RunPlan, RunResult } from "./run-plan.ts"
import type { Node } from "./shown.ts"

/** The machines that were paired as nodes, and what is asked of them. */
export interface Nodes {
  list(): Promise<Node[]>
  get(nodeId: string): Promise<Node>
  /** By its id or the start of it, its name or its address. */
  find(written: string): Promise<Node>
  /** Whether a node is connected that may be asked for it. */
  offers(command: string): boolean
  /** Where commands run: the node that is named, else the one that is connected and runs some. */
  forCommands(written?: string): Promise<Node>
  rename(nodeId: string, displayName: string): Promise<Node>
  /** Asks a node for what it offers and the rules allow. Throws `nodes.*`. */
  invoke(invocation: Invocation): Promise<unknown>
  /** What a command would be there, to the letter, and whether the node's own list allows it. */
  prepare(nodeId: string, plan: RunPlan, signal?: AbortSignal): Promise<Prepared>
  /** Runs a command there, with the approval it was given, which is used up. */
  run(
    nodeId: string,
    plan: RunPlan,
    how: { approval?: string; signal?: AbortSignal },
  ): Promise<RunResult>
  /** A node has connected. */
  arrive(link: Link): Promise<void>
  /** What a node answered; false when nobody waits for it any more. */
  answer(connection: string, answer: Answer): boolean
}
export const Nodes = service<Nodes>("nodes")

/** `gateway.nodes` as it stands. */
export const NodeRules = service<CommandRules>("node rules")
