import type { Needs, Supplied } from "./service.ts"

/** The conversation a command is typed in, and who typed it. */
export interface CommandContext {
  sessionKey: string
  sessionId: string
  agentId: string
  /** Where it came in: `webchat`, `agent`, `telegram`, … */
  channel: string
  /** True for an operator with full rights, or a sender that `commands.allowFrom` makes one. */
  owner: boolean
  signal: AbortSignal
}

/** `say`: the gateway's answer, no model is asked. `ask`: the model is asked this instead. */
export type CommandAnswer = { say: string } | { ask: string }

export interface Command<N extends Needs = Needs> {
  /** Typed as `/name`, with or without a `:` behind it. */
  readonly name: string
  readonly aliases: readonly string[]
  readonly description: string
  /** What may follow, as people write it: `<model> | list | status`. */
  readonly usage?: string
  /** Words that may come first after the name, for completion and native menus. */
  readonly choices?: readonly string[]
  /** Who may use it. For others the message is ignored where commands are gated, or refused with the reason. */
  readonly authority: "anyone" | "owner"
  /** False for what only makes sense as text, in no network's own menu. */
  readonly native: boolean
  readonly needs: N
  /** The words the config has for it, slash included, where those stand for its name and aliases. */
  triggers?(needs: Supplied<N>): readonly string[]
  /** `args` is what follows the name, trimmed. A thrown Fault becomes the answer. */
  run(args: string, context: Supplied<N> & CommandContext): Promise<CommandAnswer> | CommandAnswer
}

/** Declares a word in a chat that the gateway answers itself, without a queue and without a model. */
export const command = <const N extends Needs = {}>(
  declaration: Omit<Command<N>, "needs" | "aliases" | "native"> &
    Partial<Pick<Command<N>, "needs" | "aliases" | "native">>,
): Command<N> => ({ needs: {} as N, aliases: [], native: true, ...declaration })

// oxlint-disable-next-line typescript/no-explicit-any -- the registry holds commands of every shape
export type AnyCommand = Command<any>
