import type { Context } from "./command.ts"
import { openSettings } from "./settings.ts"

/** Makes what a first start needs: a config with a token, and the agent's folder. Nothing is replaced. */
export const setUp = async (context: Context) => {
  const { out, paths, env } = context
  const { setUpLocalProfile } = await import("../config/setup.ts")
  const settings = await openSettings(context)
  const made = await setUpLocalProfile({ settings, env })
  if (made.created) out.print(`Made ${paths.config}${made.token ? " with a new token" : ""}`)
  else if (made.token) out.print(`Added a token to ${paths.config}`)
  const [{ agents, findAgent, workspaceOf }, { ensureWorkspace }] = await Promise.all([
    import("../agents/config.ts"),
    import("../agent/workspace.ts"),
  ])
  const config = settings.section(agents)
  const workspace = workspaceOf(findAgent(config), config, paths)
  await ensureWorkspace(workspace, { skipBootstrap: config.defaults.skipBootstrap, env })
  if (made.created) out.print(`Your agent's folder: ${workspace}`)
}
