import { agents, listAgents, workspaceOf } from "../agents/config.ts"
import type { Settings } from "../config/settings.ts"
import type { Context } from "./command.ts"

/** Every agent's folder, each once; none when the config does not say. */
export const workspacesOf = (settings: Settings, { paths }: Pick<Context, "paths">) => {
  if (!settings.current().values) return [{ agent: "main", path: paths.workspace }]
  const config = settings.section(agents)
  const found = new Map<string, string>()
  for (const agent of listAgents(config)) {
    const path = workspaceOf(agent, config, paths)
    if (![...found.values()].includes(path)) found.set(agent.id, path)
  }
  return Array.from(found, ([agent, path]) => ({ agent, path }))
}
