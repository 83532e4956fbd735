import * as z from "zod"
import { agents, findAgent } from "../agents/config.ts"
import { commands as section } from "../agents/commands.ts"
import { type AnyCommand, commandGroups } from "../kernel/command.ts"
import { holds, method } from "../kernel/method.ts"
import { ChatCommands } from "./chat-commands.ts"

export const listCommands = method({
  name: "commands.list",
  scope: "read",
  summary: "List the commands a chat understands from this caller.",
  params: () =>
    z.object({
      agentId: z.string().optional().describe("Agent the chat is with."),
      scope: z.enum(["text", "native", "both"]).default("both").describe("Where they are typed."),
      includeArgs: z.boolean().default(false).describe("Also what each takes."),
    }),
  result: () =>
    z.object({
      commands: z.array(
        z.object({
          name: z.string(),
          nativeName: z.string().optional(),
          textAliases: z.array(z.string()),
          description: z.string(),
          category: z.enum(commandGroups),
          source: z.enum(["core", "skill"]),
          scope: z.enum(["text", "both"]),
          acceptsArgs: z.boolean(),
          args: z
            .array(z.object({ name: z.string(), choices: z.array(z.string()).optional() }))
            .optional(),
        }),
      ),
    }),
  example: {},
  needs: { commands: ChatCommands, config: section, agents },
  async handle({ agentId, scope, includeArgs }, { commands, config, agents, caller }) {
    const { id } = findAgent(agents, agentId)
    const { native, nativeSkills } = config
    const own = commands
      .usable(holds(caller.scopes, "admin"))
      .map((command) => listed(command, "core", native !== false && command.native, includeArgs))
    const more = (await commands.more(id)).map((command) =>
      listed(command, "skill", native !== false && nativeSkills !== false, includeArgs),
    )
    const shown = [...own, ...more]
    return { commands: shown.filter((one) => scope !== "native" || one.scope === "both") }
  },
})

const listed = (
  command: AnyCommand,
  source: "core" | "skill",
  native: boolean,
  withArgs: boolean,
) => {
  const { name, aliases, description, group, usage, choices } = command
  return {
    name,
    ...(native && { nativeName: name }),
    textAliases: [name, ...aliases].map((word) => `/${word}`),
    description,
    category: group,
    source,
    scope: native ? ("both" as const) : ("text" as const),
    acceptsArgs: usage !== undefined,
    ...(withArgs && {
      args: usage === undefined ? [] : [{ name: usage, ...(choices && { choices: [...choices] }) }],
    }),
  }
}
