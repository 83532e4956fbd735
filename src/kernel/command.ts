import type { Sender, TurnOptions } from "./channel.ts"
import type { Needs, Supplied } from "./service.ts"
import type { Standing } from "./tool.ts"

/** The conversation a command is typed in, and who typed it. */
export interface CommandContext {
  sessionKey: string
  sessionId: string
  agentId: string
  /** Where it came in: `webchat`, `agent`, `telegram`, … */
  channel: string
  /** True for an operator with full rights, or a sender that `commands.allowFrom` makes one. */
  owner: boolean
  sender: Sender
  /** For the tools it uses. */
  standing: Standing
  signal: AbortSignal
}

export const commandGroups = ["chat", "model", "work", "gateway"] as const
export type CommandGroup = (typeof commandGroups)[number]

/** A directive inside a message: what it asks of that turn, and how many words it takes up. */
export interface Inline {
  options: TurnOptions
  words: number
}

/** `say`: the gateway's answer, no model is asked. `ask`: the model is asked this instead. */
export type CommandAnswer = { say: string } | { ask: string }

export interface Command<N extends Needs = Needs> {
  /** Typed as `/name`, with or without a `:` behind it. */
  readonly name: string
  readonly aliases: readonly string[]
  readonly description: string
  /** What it is about, for lists that people read. */
  readonly group: CommandGroup
  /** What may follow, as people write it: `<model> | list | status`. */
  readonly usage?: string
  /** Words that may come first after the name, for completion and native menus. */
  readonly choices?: readonly string[]
  /** Who may use it. For others the message is ignored where commands are gated, or refused with the reason. */
  readonly authority: "anyone" | "owner"
  /** False for what only makes sense as text, in no network's own menu. */
  readonly native: boolean
  readonly needs: N
  /** Anything but true leaves it out of lists. The words say what would switch it on. */
  available?(needs: Supplied<N>): true | string
  /**
   * Makes it a directive: inside a message it holds for that message alone, and is taken out of it.
   * `following` are the words behind its name; undefined when they are no value for it, and it is
   * text like any other.
   */
  inline?(following: readonly string[], needs: Supplied<N>): Inline | undefined
  /** The words the config the config has for it, slash included, where those stand for its name and aliases. */
  triggers?(needs: Supplied<N>): readonly string[]
  /** `args` is what follows the name, trimmed. A thrown Fault becomes the answer. */
  run(args: string, context: Supplied<N> & CommandContext): Promise<CommandAnswer> | CommandAnswer
}

/** Declares a word in a chat that the gateway answers itself, without a queue and without a model. */
export const command = <const N extends Needs = {}>(
  declaration: Omit<Command<N>, "needs" | "aliases" | "native" | "group"> &
    Partial<Pick<Command<N>, "needs" | "aliases" | "native" | "group">>,
): Command<N> => ({ needs: {} as N, aliases: [], native: true, group: "chat", ...declaration })

// oxlint-disable-next-line typescript/no-explicit-any -- the registry holds commands of every shape
export type AnyCommand = Command<any>
