import type { z } from "zod"
import type { Needs, Supplied } from "./service.ts"

/** The turn a tool is called from. */
export interface ToolContext {
  agentId: string
  sessionKey: string
  /** The agent's workspace folder, absolute. */
  workspace: string
  signal: AbortSignal
}

export interface Tool<P extends z.ZodType = z.ZodType, N extends Needs = Needs> {
  readonly name: string
  /** The policy group it belongs to, e.g. `fs`, `sessions`, `automation` (contract 18 §1). */
  readonly group: string
  /** For people; models read `description`. */
  readonly label: string
  readonly description: string
  readonly params: P
  /** Only for turns the operator started; nobody else is offered it, whatever the config allows. */
  readonly ownerOnly?: true
  readonly needs: N
  /** What the model reads: text, or a value that becomes JSON. A thrown Fault becomes a tool error. */
  run(params: z.output<P>, context: Supplied<N> & ToolContext): Promise<unknown> | unknown
}

/** Declares one tool a model may call. */
export const tool = <P extends z.ZodType, const N extends Needs = {}>(
  declaration: Omit<Tool<P, N>, "needs"> & { needs?: N },
): Tool<P, N> => ({ needs: {} as N, ...declaration })

// oxlint-disable-next-line typescript/no-explicit-any -- the registry holds tools of every shape
export type AnyTool = Tool<any, any>
