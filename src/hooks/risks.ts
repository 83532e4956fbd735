import { realpath, stat } from "node:fs/promises"
import { dirname, join, sep } from "node:path"
import { agents, listAgents, workspaceOf } from "../agents/config.ts"
import { Environment, Paths } from "../config/paths.ts"
import { type Exposure, risk } from "../kernel/risk.ts"
import { plugins } from "../plugins/config.ts"
import { InternalHooks } from "../webhooks/internal.ts"

/** A folder that hooks are loaded from, and who else may put one there. */
interface OpenFolder {
  folder: string
  setting: string
  who: string
}

export const openToOthers = risk({
  id: "hooks.internal_load_open",
  title: "Hooks are loaded from folders that others may write to",
  needs: { hooks: InternalHooks, plugins, agents, paths: Paths, env: Environment },
  async detect({ hooks, plugins, agents, paths, env }): Promise<Exposure | null> {
    const { load, enabled, entries } = hooks
    if (!load.workspaces && !load.extraDirs.length) return null
    const { discoverHooks, extraFolders } = await import("./discover.ts")
    const workspaces = listAgents(agents).map((agent) => workspaceOf(agent, agents, paths))
    const owned = await Promise.all(workspaces.map(resolved))
    const extra = await Promise.all(
      extraFolders(load, paths).map(async (folder) => {
        const who = await writers(await resolved(folder), owned)
        return who ? { folder, setting: "hooks.internal.load.extraDirs", who } : undefined
      }),
    )
    const setting = "hooks.internal.load.workspaces"
    const open: OpenFolder[] = [
      ...extra.filter((one) => one !== undefined),
      ...(load.workspaces
        ? workspaces.map((folder) => ({ folder: join(folder, "hooks"), setting, who: "agents" }))
        : []),
    ]
    if (!open.length) return null
    const places = await Promise.all(open.map(({ folder }) => resolved(folder)))
    const { hooks: found } = await discoverHooks({ paths, env, load, plugins, workspaces })
    const running = found.filter(
      ({ name, file }) =>
        enabled && entries[name]?.enabled && places.some((place) => isIn(file ?? "", place)),
    )
    const told = open.map(({ folder, setting, who }) => `${folder} (${setting}): ${who}`).join(", ")
    const names = running.map(({ name }) => name).join(", ")
    return {
      severity: running.length ? "critical" : "warn",
      detail: `Who may write there has code run as you: ${told}.${names && ` Switched on from there: ${names}.`}`,
      remediation: `Take it out of ${[...new Set(open.map(({ setting }) => setting))].join(" and ")}, and install the hooks you want: fased hooks install <folder>`,
    }
  },
})

const everybody = "everybody on this machine"

const isIn = (path: string, folder: string) => path === folder || path.startsWith(folder + sep)

const resolved = (path: string) => realpath(path).catch(() => path)

/** Whoever may put something into a folder, or put another one in the place of one above it. */
const writers = async (
  folder: string,
  workspaces: readonly string[],
): Promise<string | undefined> => {
  if (workspaces.some((workspace) => isIn(folder, workspace) || isIn(workspace, folder)))
    return "agents"
  if ((await modeOf(folder)) & 0o002) return everybody
  for (let above = dirname(folder); above !== dirname(above); above = dirname(above))
    if (((await modeOf(above)) & 0o1002) === 0o002) return everybody
  return undefined
}

const modeOf = async (path: string) => (await stat(path).catch(() => undefined))?.mode ?? 0
