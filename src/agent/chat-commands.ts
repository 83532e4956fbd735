import {
  commands as section,
  type CommandsConfig,
  isOwnerOn,
  listedFor,
} from "../agents/commands.ts"
import type { Inbound, TurnOptions } from "../kernel/channel.ts"
import {
  type AnyCommand,
  command,
  type CommandAnswer,
  type CommandContext,
} from "../kernel/command.ts"
import { Clock } from "../kernel/clock.ts"
import { Fault } from "../kernel/fault.ts"
import { tellHooks } from "../kernel/hook-event.ts"
import { service, type Services } from "../kernel/service.ts"
import { readDirectives } from "./directives/inline.ts"
import { help } from "./help.ts"
import { isOwner } from "./standing.ts"

/** A command, and what follows its name. */
export interface Call {
  command: AnyCommand
  args: string
}

/**
 * What a message is. `words`: for the model, once its directives are taken out · `calls`: commands
 * that the gateway answers · `ignored`: a command of somebody who may use none here
 */
export type Meaning =
  | { kind: "words"; text: string; options: TurnOptions }
  | { kind: "calls"; calls: readonly Call[] }
  | { kind: "ignored" }

/** The words a chat understands, whichever folder declares them. */
export interface ChatCommands {
  readonly all: readonly AnyCommand[]
  /** Those that come and go, as they are now. */
  more(agentId?: string): Promise<readonly AnyCommand[]>
  /** Those that can be used as things are set, by an owner or by anyone. */
  usable(owner: boolean): readonly AnyCommand[]
  rights(message: Pick<Inbound, "sender" | "channel" | "network">): Rights
  read(message: Pick<Inbound, "text" | "sender" | "channel" | "surface" | "network">): Meaning
  answer(calls: readonly Call[], context: CommandContext): Promise<CommandAnswer>
}
export const ChatCommands = service<ChatCommands>("chat commands")

/** Commands that come and go with other things, such as the skills of an agent. */
export type CommandSource = (agentId?: string) => Promise<readonly AnyCommand[]>

/** Whole messages that stop the turn under way instead of starting one (contract 16 §7). */
const stopPhrases = new Set([
  "/stop",
  "stop",
  "stop action",
  "stop run",
  "stop fased",
  "please stop",
])
export const asksToStop = (text: string) => stopPhrases.has(text.trim().toLowerCase())

/** Commands are used as an owner, as anyone, or not at all. Only people do: a model's words are words. */
export type Rights = "owner" | "anyone" | "none"

export const commandRights = (
  message: Pick<Inbound, "sender" | "channel" | "network">,
  config: Pick<CommandsConfig, "allowFrom" | "ownerAllowFrom" | "useAccessGroups">,
): Rights => {
  const { sender, channel, network } = message
  if (sender.kind === "operator") return isOwner(message) ? "owner" : "anyone"
  if (sender.kind !== "person") return "none"
  const ids = sender.ids ?? [sender.id]
  const named = listedFor(config, channel, ids)
  if (named === "nobody") return "none"
  if (named === "id" || isOwnerOn(config, channel, ids)) return "owner"
  if (named === "everybody" || network?.conversation.kind === "direct") return "anyone"
  return config.useAccessGroups && network?.listed === false ? "none" : "anyone"
}

/** `/name`, an optional `:`, and what follows. */
const written = /^\/([a-z0-9_-]{1,64})(?::\s*|\s+|$)/i

export const createChatCommands = (
  declared: readonly AnyCommand[],
  services: Services,
  sources: readonly CommandSource[] = [],
): ChatCommands => {
  const byName = new Map<string, AnyCommand>()
  const usable = (owner: boolean): readonly AnyCommand[] =>
    all.filter(
      (command) =>
        (owner || command.authority === "anyone") &&
        (command.available?.(services.supply(command.needs)) ?? true) === true,
    )
  const all: readonly AnyCommand[] = [help(usable), ...declared]
  for (const command of all)
    if (!command.triggers)
      for (const name of [command.name, ...command.aliases]) byName.set(name, command)
  const triggered = all.filter(({ triggers }) => triggers)
  const config = () => services.get(section)
  const told = tellHooks(services)

  const find = (text: string): Call | undefined => {
    const typed = asCommand(text.trim())
    for (const command of triggered) {
      const args = afterTrigger(typed, command.triggers!(services.supply(command.needs)))
      if (args !== undefined) return { command, args }
    }
    const name = written.exec(typed)
    const command = name && byName.get(name[1]!.toLowerCase())
    return command ? { command, args: typed.slice(name[0].length).trim() } : undefined
  }

  const more = async (agentId?: string) => {
    const known = await Promise.all(sources.map((source) => source(agentId)))
    return known.flat().filter(({ name }) => !byName.has(name))
  }

  /** A source may know this word, which is only seen once it is asked; else it is for the model. */
  const perhaps = (text: string): Call | undefined => {
    const typed = text.trim()
    const [start = "", name = ""] = (sources.length && written.exec(typed)) || []
    if (!name) return undefined
    const ask = command({
      name,
      description: "",
      authority: "anyone",
      async run(args, context) {
        const found = (await more(context.agentId)).find((one) => one.name === name.toLowerCase())
        return found ? run({ command: found, args }, context) : { ask: text }
      },
    })
    return { command: ask, args: typed.slice(start.length).trim() }
  }

  /** `!ls` is another way to write `/bash ls`, where that may be used. */
  const asCommand = (typed: string) =>
    typed.startsWith("!") && config().bash ? `/bash ${typed.slice(1)}` : typed

  const inline = (name: string, following: readonly string[]) => {
    const command = byName.get(name)
    return command?.inline?.(following, services.supply(command.needs))
  }

  const tell = ({ command }: Call, context: CommandContext) => {
    const { sessionKey, sessionId, agentId, channel, sender } = context
    told({
      type: "command",
      action: command.name,
      sessionKey,
      timestamp: services.get(Clock).now(),
      context: {
        sessionId,
        agentId,
        commandSource: channel,
        ...(sender.kind === "person" && { senderId: sender.id }),
      },
    })
  }

  const run = async ({ command, args }: Call, context: CommandContext): Promise<CommandAnswer> => {
    if (command.authority === "owner" && !context.owner)
      return { say: `\`/${command.name}\` needs the operator.admin scope.` }
    try {
      const supplied = services.supply(command.needs)
      const available = command.available?.(supplied) ?? true
      if (available !== true) return { say: available }
      return await command.run(args, Object.assign(supplied, context))
    } catch (error) {
      return { say: explained(error) }
    }
  }

  return {
    all,
    more,
    usable,
    rights: (message) => commandRights(message, config()),
    read(message) {
      const { text, sender, surface, network } = message
      const words = { kind: "words" as const, text, options: {} }
      // What another session or another program says, nobody typed.
      if (surface || (sender.kind !== "operator" && sender.kind !== "person")) return words
      // Networks with a menu of their own may be told to take commands from that alone.
      if (network?.menu === "typed" && !config().text) return words
      const rights = commandRights(message, config())
      const call = find(text)
      if (call && !call.command.inline) {
        const refusedQuietly = call.command.authority === "owner" && sender.kind === "person"
        if (rights === "none" || (rights === "anyone" && refusedQuietly)) return { kind: "ignored" }
        return { kind: "calls", calls: [call] }
      }
      if (text.includes("/")) {
        const { found, options, text: left } = readDirectives(text, inline)
        if (found.length && left)
          return rights === "owner" ? { kind: "words", text: left, options } : words
        if (found.length && rights === "owner") {
          const calls = found.map(({ name, args }) => ({ command: byName.get(name)!, args }))
          return { kind: "calls", calls }
        }
      }
      const perhapsOne = call || rights === "none" ? undefined : perhaps(text)
      if (perhapsOne) return { kind: "calls", calls: [perhapsOne] }
      // An operator is told why; what somebody else may not direct is text like any other.
      const mayHear = rights === "owner" || sender.kind === "operator"
      return call && mayHear ? { kind: "calls", calls: [call] } : words
    },
    async answer(calls, context) {
      const answers: CommandAnswer[] = []
      for (const call of calls) {
        tell(call, context)
        answers.push(await run(call, context))
      }
      const [first] = answers
      if (first && "ask" in first) return first
      return {
        say: answers.flatMap((answer) => ("say" in answer ? [answer.say] : [])).join("\n"),
      }
    },
  }
}

/** The words of a Fault as a chat reads them; anything else goes on its way. */
export const explained = (error: unknown) => {
  if (!(error instanceof Fault)) throw error
  // A list of problems keeps its lines; what to do comes below it.
  return [error.message, error.hint].filter(Boolean).join(error.message.includes("\n") ? "\n" : " ")
}

/** What follows the longest of the words that the text begins with. */
const afterTrigger = (typed: string, triggers: readonly string[]) => {
  const start = triggers
    .filter((word) => typed.toLowerCase().startsWith(word.toLowerCase()))
    .filter((word) => /^(?:$|[\s:])/.test(typed.slice(word.length)))
    .toSorted((a, b) => b.length - a.length)[0]
  return start === undefined ? undefined : typed.slice(start.length).replace(/^:/, "").trim()
}
