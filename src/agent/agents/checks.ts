import { agents, listAgents, workspaceOf } from "../../agents/config.ts"
import { configValid } from "../../config/checks.ts"
import { Paths } from "../../config/paths.ts"
import { check } from "../../kernel/check.ts"

export const foldersOwn = check({
  id: "agents.workspace-shared",
  title: "Every agent has a folder of its own",
  severity: "warn",
  after: [configValid],
  needs: { agents, paths: Paths },
  detect({ agents, paths }) {
    const byFolder = Map.groupBy(listAgents(agents), (agent) => workspaceOf(agent, agents, paths))
    const shared = [...byFolder].flatMap(([folder, agents]) =>
      agents.length > 1 ? [{ folder, ids: agents.map(({ id }) => id) }] : [],
    )
    return shared.length ? { shared } : null
  },
  explain: ({ shared }) =>
    shared
      .map(({ folder, ids }) => `${ids.join(" and ")} work in the same folder, ${folder}.`)
      .join(" ") + " What one is told, the others read; what one writes, the others go by.",
  next: ({ shared: [first] }) =>
    `Give one of them another: fased agents update --agent-id ${first!.ids.at(-1)} --workspace <folder>`,
})
