import type { BrokenHook } from "../hooks/discover.ts"
import type { Hook } from "../hooks/hook.ts"
import { type Context, fased } from "./command.ts"
import { usage } from "./faults.ts"
import { printable } from "./printable.ts"
import { openSettings } from "./settings.ts"

export interface HookHere extends Omit<Hook, "run"> {
  state: "on" | "off" | "lacking"
}

/** The hooks of this instance, whether a gateway runs or not. None of them is run. */
export const hooksHere = async (
  context: Context,
): Promise<{ hooks: readonly HookHere[]; broken: readonly BrokenHook[]; enabled: boolean }> => {
  const [{ discoverHooks }, { hooks: section }, { plugins: pluginsSection }, config, settings] =
    await Promise.all([
      import("../hooks/discover.ts"),
      import("../webhooks/config.ts"),
      import("../plugins/config.ts"),
      import("../agents/config.ts"),
      openSettings(context),
    ])
  const { enabled, entries, load } = settings.section(section).internal
  const agents = settings.section(config.agents)
  const { paths, env } = context
  const workspaces = config
    .listAgents(agents)
    .map((agent) => config.workspaceOf(agent, agents, paths))
  const plugins = settings.section(pluginsSection)
  const { hooks, broken } = await discoverHooks({ paths, env, load, plugins, workspaces })
  const stateOf = ({ name, missing }: Hook) =>
    missing.length ? "lacking" : enabled && entries[name]?.enabled ? "on" : "off"
  return {
    hooks: hooks
      .map(({ run: _, ...hook }) => ({ ...hook, state: stateOf(hook as Hook) }) as const)
      .toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    broken,
    enabled,
  }
}

export const hookNamed = async (name: string, context: Context): Promise<HookHere> => {
  const hook = (await hooksHere(context)).hooks.find((one) => one.name === name)
  if (hook) return hook
  throw usage({
    problem: `No hook is named "${printable(name, 60)}".`,
    hint: `See which there are: ${fased(context, "hooks list")}`,
  })
}
