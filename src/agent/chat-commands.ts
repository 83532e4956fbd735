import { z } from "zod"
import type { AnyCommand, CommandAnswer, CommandContext } from "../kernel/command.ts"
import { Fault } from "../kernel/fault.ts"
import { method } from "../kernel/method.ts"
import { service, type Services } from "../kernel/service.ts"

/** The words a chat understands, whichever folder declares them. */
export interface ChatCommands {
  readonly all: readonly AnyCommand[]
  /** The command a message is, and what follows its name; undefined when it is for the model. */
  find(text: string): { command: AnyCommand; args: string } | undefined
  /** Answers a command. Null when the text is none. */
  answer(text: string, context: CommandContext): Promise<CommandAnswer | null>
}
export const ChatCommands = service<ChatCommands>("chat commands")

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

/** `/name`, an optional `:`, and what follows. */
const written = /^\/([a-z0-9_-]{1,64})(?::\s*|\s+|$)/i

export const createChatCommands = (
  declared: readonly AnyCommand[],
  services: Services,
): ChatCommands => {
  const byName = new Map<string, AnyCommand>()
  const all = [help(declared), ...declared]
  for (const command of all)
    if (!command.triggers)
      for (const name of [command.name, ...command.aliases]) byName.set(name, command)
  const triggered = all.filter(({ triggers }) => triggers)

  const find = (text: string) => {
    const typed = text.trim()
    for (const command of triggered) {
      const args = afterTrigger(typed, command.triggers!(services.supply(command.needs)))
      if (args !== undefined) return { command, args }
    }
    const name = written.exec(typed)
    const command = name && byName.get(name[1]!.toLowerCase())
    return command ? { command, args: typed.slice(name[0].length).trim() } : undefined
  }

  return {
    all,
    find,
    async answer(text, context) {
      const found = find(text)
      if (!found) return null
      const { command, args } = found
      if (command.authority === "owner" && !context.owner)
        return { say: `\`/${command.name}\` needs the operator.admin scope.` }
      try {
        return await command.run(args, Object.assign(services.supply(command.needs), context))
      } catch (error) {
        if (!(error instanceof Fault)) throw error
        return { say: [error.message, error.hint].filter(Boolean).join(" ") }
      }
    },
  }
}

/** What follows the longest of the words that the text begins with. */
const afterTrigger = (typed: string, triggers: readonly string[]) => {
  const start = triggers
    .filter((word) => typed.toLowerCase().startsWith(word.toLowerCase()))
    .filter((word) => /^(?:$|[\s:])/.test(typed.slice(word.length)))
    .toSorted((a, b) => b.length - a.length)[0]
  return start === undefined ? undefined : typed.slice(start.length).replace(/^:/, "").trim()
}

const help = (declared: readonly AnyCommand[]): AnyCommand => ({
  name: "help",
  aliases: ["commands"],
  description: "List what can be typed here.",
  authority: "anyone",
  native: true,
  needs: {},
  run: () => ({ say: declared.map(line).join("\n") }),
})

const line = ({ name, usage, description }: AnyCommand) =>
  `- \`/${name}${usage ? ` ${usage}` : ""}\` ${description}`

export const listCommands = method({
  name: "commands.list",
  scope: "read",
  summary: "List the commands a chat understands.",
  params: z.object({
    agentId: z.string().optional().describe("Agent the chat is with."),
    scope: z.enum(["text", "native", "both"]).default("both").describe("Where they are typed."),
    includeArgs: z.boolean().default(false).describe("Also what each takes."),
  }),
  result: z.object({
    commands: z.array(
      z.object({
        name: z.string(),
        textAliases: z.array(z.string()),
        description: z.string(),
        source: z.literal("core"),
        scope: z.enum(["text", "both"]),
        acceptsArgs: z.boolean(),
        args: z
          .array(z.object({ name: z.string(), choices: z.array(z.string()).optional() }))
          .optional(),
      }),
    ),
  }),
  example: {},
  needs: { commands: ChatCommands },
  handle: ({ scope, includeArgs }, { commands }) => ({
    commands: commands.all
      .filter(({ native }) => scope !== "native" || native)
      .map(({ name, aliases, description, native, usage, choices }) => ({
        name,
        textAliases: [name, ...aliases].map((word) => `/${word}`),
        description,
        source: "core" as const,
        scope: native ? ("both" as const) : ("text" as const),
        acceptsArgs: usage !== undefined,
        ...(includeArgs && {
          args:
            usage === undefined ? [] : [{ name: usage, ...(choices && { choices: [...choices] }) }],
        }),
      })),
  }),
})
