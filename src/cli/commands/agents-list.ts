import { agents, defaultAgentId, listAgents, modelsOf, workspaceOf } from "../../agents/config.ts"
import { command, fased } from "../command.ts"
import { modelsHere } from "../models-here.ts"
import { printable } from "../printable.ts"
import { openSettings } from "../settings.ts"
import { table } from "../table.ts"

export const agentsList = command({
  about: "Reads the config; no gateway has to run.",
  args: { json: { type: "boolean", description: "One JSON document on stdout" } },
  examples: [["fased agents list", "who there is, which model answers, where each one works"]],
  async run({ json }, context) {
    const { out, paths } = context
    const config = (await openSettings(context)).section(agents)
    const models = await modelsHere(context)
    const defaultId = defaultAgentId(config)
    const rows = listAgents(config).map((agent) => ({
      id: agent.id,
      name: agent.name,
      identity: agent.identity,
      isDefault: agent.id === defaultId,
      model: modelsOf(agent, config)[0] ?? models.defaultRef(),
      workspace: workspaceOf(agent, config, paths),
    }))
    if (json) return out.json({ defaultId, agents: rows })
    const { accent, muted } = out.paint
    const lines = rows.map(({ id, name, identity, isDefault, model, workspace }) => [
      [id, accent] as const,
      printable([identity?.emoji, identity?.name ?? name].filter(Boolean).join(" "), 40),
      isDefault ? "yes" : "",
      printable(model, 60),
      printable(workspace, 200),
    ])
    const head = ["AGENT", "NAME", "DEFAULT", "MODEL", "FOLDER"]
    for (const line of table(head, lines, { width: out.width, muted })) out.print(line)
    if (rows.length === 1) out.print(muted(`\nAdd another: ${fased(context, "agents add <name>")}`))
  },
})
