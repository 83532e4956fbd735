import { z } from "zod"
import { method } from "../kernel/method.ts"
import type { Models } from "../models/service.ts"
import type { Directory } from "../sessions/directory.ts"
import type { Session } from "../sessions/session.ts"

interface Shop {
  directory: Directory
  models: Models
}

/** A word in a chat that the gateway answers itself. */
interface Command {
  name: string
  aliases: readonly string[]
  description: string
  /** Needs what the same act by RPC needs. */
  admin?: true
  run(session: Session, shop: Shop): Promise<string>
}

const reset = async ({ key }: Session, { directory }: Shop) => {
  await directory.reset(key)
  return "A new conversation begins here. The old one is archived."
}

export const commands: readonly Command[] = [
  {
    name: "help",
    aliases: ["/help", "/commands"],
    description: "List what can be typed here.",
    run: async () =>
      commands.map(({ aliases, description }) => `- \`${aliases[0]}\` ${description}`).join("\n"),
  },
  {
    name: "status",
    aliases: ["/status"],
    description: "Show this session's model and tokens.",
    async run(
      { key, model, provider, inputTokens, outputTokens, sessionId },
      { directory, models },
    ) {
      const used = model ? `${provider}/${model}` : models.defaultRef()
      const messages = await directory.size(sessionId)
      return [
        `- Session: \`${key}\``,
        `- Model: \`${used}\``,
        `- Messages: ${messages}`,
        `- Tokens: ${inputTokens} in, ${outputTokens} out`,
      ].join("\n")
    },
  },
  {
    name: "new",
    aliases: ["/new", "/reset"],
    description: "Start a new conversation; the old one is archived.",
    admin: true,
    run: reset,
  },
  {
    name: "stop",
    aliases: ["/stop"],
    description: "Stop the turn under way.",
    // A turn under way is stopped before this is reached, not in line behind it.
    run: async () => "Nothing is under way here.",
  },
]

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

/** The command a message is; anything else is for the model. */
const findCommand = (text: string) => {
  const typed = text.trim().toLowerCase()
  return commands.find(({ aliases }) => aliases.includes(typed))
}

/** Answers a command; null when the text is none. */
export const answerCommand = async (
  { text, admin, session }: { text: string; admin: boolean; session: Session },
  shop: Shop,
): Promise<string | null> => {
  const command = findCommand(text)
  if (!command) return null
  if (command.admin && !admin) return `\`${text.trim()}\` needs the operator.admin scope.`
  return command.run(session, shop)
}

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
        scope: z.literal("text"),
        acceptsArgs: z.boolean(),
        args: z.array(z.unknown()).optional(),
      }),
    ),
  }),
  example: {},
  handle: ({ scope, includeArgs }) => ({
    commands:
      scope === "native"
        ? []
        : commands.map(({ name, aliases, description }) => ({
            name,
            textAliases: [...aliases],
            description,
            source: "core" as const,
            scope: "text" as const,
            acceptsArgs: false,
            ...(includeArgs && { args: [] }),
          })),
  }),
})
