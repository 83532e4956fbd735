import { type AnyCommand, type CommandGroup, commandGroups } from "../kernel/command.ts"

const titles: Record<CommandGroup, string> = {
  chat: "This conversation",
  model: "The model",
  work: "Commands and subagents",
  gateway: "The gateway",
}

/** Lists what whoever asks may type, by what it is about. */
export const help = (usable: (owner: boolean) => readonly AnyCommand[]): AnyCommand => ({
  name: "help",
  aliases: ["commands"],
  description: "List what can be typed here, or what one of them takes.",
  usage: "[command]",
  group: "chat",
  authority: "anyone",
  native: true,
  needs: {},
  run(args, { owner }) {
    const all = usable(owner)
    const wanted = args.toLowerCase().replace(/^\//, "")
    const one = all.find(({ name, aliases }) => [name, ...aliases].includes(wanted))
    if (one) return { say: details(one) }
    const groups = Map.groupBy(all, ({ group }) => group)
    const parts = commandGroups.flatMap((group) => {
      const commands = groups.get(group)
      return commands ? [`**${titles[group]}**\n${commands.map(line).join("\n")}`] : []
    })
    const unknown = wanted && `There is no \`/${wanted.slice(0, 40)}\` here.\n\n`
    return { say: unknown + parts.join("\n\n") }
  },
})

/** What is long is told by `/help <command>`. */
const mostUsage = 60

const line = ({ name, usage = "", description }: AnyCommand) => {
  const shown = usage.length > mostUsage ? "[…]" : usage
  return `- \`${`/${name} ${shown}`.trim()}\` ${description}`
}

const details = ({ name, aliases, usage = "", description, inline }: AnyCommand) =>
  [
    `\`${`/${name} ${usage}`.trim()}\``,
    description,
    ...(aliases.length ? [`Also ${aliases.map((alias) => `\`/${alias}\``).join(", ")}.`] : []),
    ...(inline ? ["Inside a message it holds for that message alone."] : []),
  ].join("\n")
