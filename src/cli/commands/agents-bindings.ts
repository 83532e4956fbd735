import { agents, findAgent } from "../../agents/config.ts"
import { bind, readSpot, spotText, unbind } from "../../routing/bind.ts"
import { type Binding, bindings as section } from "../../routing/config.ts"
import { command, fased } from "../command.ts"
import { changeConfig } from "../config-change.ts"
import { usage } from "../faults.ts"
import { printable } from "../printable.ts"
import { openSettings } from "../settings.ts"
import { table } from "../table.ts"

const agent = {
  type: "string",
  valueHint: "id",
  description: "The agent; unset, the default one",
} as const
const places = {
  type: "string",
  valueHint: "places",
  description: "Channels, or accounts as telegram:work; several with commas",
} as const
const json = { type: "boolean", description: "One JSON document on stdout" } as const

const spotsIn = (text: string) => text.split(",").map(readSpot)

/** `telegram:work group -100123` */
const describe = ({ match }: Binding) =>
  [
    spotText(match),
    match.peer && `${match.peer.kind} ${match.peer.id}`,
    match.guildId !== undefined && `guild ${match.guildId}`,
    match.teamId !== undefined && `team ${match.teamId}`,
    match.roles && `roles ${match.roles.join(", ")}`,
  ]
    .filter(Boolean)
    .join(" ")

export const agentsBindings = command({
  about: "The narrowest binding wins; where none fits, the default agent answers.",
  args: { agent: { ...agent, description: "Only those of this agent" }, json },
  examples: [["fased agents bindings", "which agent answers where"]],
  async run({ agent, json }, context) {
    const { out } = context
    const settings = await openSettings(context)
    const only = agent && findAgent(settings.section(agents), agent).id
    const found = settings.section(section).filter(({ agentId }) => !only || agentId === only)
    if (json) return out.json({ bindings: found })
    const { accent, muted } = out.paint
    if (!found.length)
      return out.print(
        `Nothing is bound. Bind a channel: ${accent(fased(context, "agents bind --agent <id> --bind telegram"))}`,
      )
    const rows = found.map((binding) => [
      [printable(binding.agentId, 64), accent] as const,
      printable(describe(binding), 200),
    ])
    for (const line of table(["AGENT", "WHERE"], rows, { width: out.width, muted })) out.print(line)
  },
})

export const agentsBind = command({
  about: "A place is bound to one agent. A channel without an account is its default account.",
  args: { agent, bind: { ...places, required: true }, json },
  examples: [
    ["fased agents bind --agent work --bind telegram:work,slack", "one account and a channel"],
    ["fased agents bind --agent work --bind 'telegram:*'", "every account of a channel"],
  ],
  async run({ agent, bind: text, json }, context) {
    const settings = await openSettings(context)
    const { id } = findAgent(settings.section(agents), agent)
    const edits = bind(settings.section(section), id, spotsIn(text))
    await changeConfig(
      (settings) => (edits.length ? settings.change(edits) : settings.read()),
      { json, unchanged: () => "It is bound so already; nothing was changed." },
      context,
    )
  },
})

export const agentsUnbind = command({
  about: "Where nothing else is bound, the default agent answers then.",
  args: {
    agent,
    bind: places,
    all: { type: "boolean", description: "Everything the agent is bound to" },
    json,
  },
  examples: [
    ["fased agents unbind --agent work --bind slack", "one channel"],
    ["fased agents unbind --agent work --all", "all of them"],
  ],
  async run({ agent, bind: text, all, json }, context) {
    if (Boolean(text) === Boolean(all))
      throw usage({ problem: "What to unbind was not said.", hint: "Give --bind, or --all." })
    const settings = await openSettings(context)
    const { id } = findAgent(settings.section(agents), agent)
    const edits = unbind(settings.section(section), id, text ? spotsIn(text) : "all")
    await changeConfig(
      (settings) => (edits.length ? settings.change(edits) : settings.read()),
      { json, unchanged: () => "It is not bound there; nothing was changed." },
      context,
    )
  },
})
