/** An agent's folder is its own: shared with no other agent, and nothing that fased or a person needs. */
import { existsSync, lstatSync, realpathSync, renameSync } from "node:fs"
import { basename, dirname, join, resolve } from "node:path"
import { type Agent, type AgentsConfig, listAgents, workspaceOf } from "../../agents/config.ts"
import { expandTilde, type Paths } from "../../config/paths.ts"
import { privateFolder } from "../../store/files.ts"
import { isWithin } from "../../tools/boundary.ts"
import { folderTaken, linkedFolder } from "./faults.ts"

type Places = Pick<Paths, "home" | "state" | "config" | "workspace">

const real = (path: string): string => {
  if (existsSync(path)) return realpathSync(path)
  return path === dirname(path) ? path : join(real(dirname(path)), basename(path))
}

/** A folder as a person names it, absolute. */
export const folderFrom = (written: string, paths: Pick<Paths, "home" | "config">) =>
  resolve(dirname(paths.config), expandTilde(written, paths.home))

/** Throws when `folder` holds what is not the agent's, or is in use by another one. */
export const requireOwn = (
  folder: string,
  agentId: string,
  config: AgentsConfig,
  paths: Places,
) => {
  const own = real(folder)
  for (const [place, why] of [
    [paths.home, "your home lies in it"],
    [paths.state, "fased keeps its own files there"],
    [dirname(paths.config), "the config file lies in it"],
  ] as const)
    if (isWithin(own, real(place))) throw folderTaken({ folder, why })
  for (const agent of listAgents(config)) {
    if (agent.id === agentId) continue
    const other = real(workspaceOf(agent, config, paths))
    const isSubfolder = config.defaults.workspace !== undefined && isWithin(other, own)
    if (own === other || isWithin(own, other) || (isWithin(other, own) && !isSubfolder))
      throw folderTaken({ folder, why: `${agent.id} works there` })
  }
}

/** An agent's folder, if it may go with the agent; nothing when there is none. Throws when it may not. */
export const disposable = (
  agent: Agent,
  config: AgentsConfig,
  paths: Places,
): string | undefined => {
  const folder = workspaceOf(agent, config, paths)
  const stats = lstatSync(folder, { throwIfNoEntry: false })
  if (!stats) return undefined
  if (!stats.isDirectory()) throw linkedFolder({ folder })
  requireOwn(folder, agent.id, config, paths)
  return folder
}

/** Moves a folder out of the way, and says where it is now. */
export const moveToTrash = (folder: string, { state }: Pick<Paths, "state">, now: number) => {
  const stamp = new Date(now).toISOString().replace(/[:.]/g, "-")
  const name = `${basename(folder)}.deleted-${stamp}`
  // One rename on one disk: a folder from elsewhere stays beside where it was.
  const trash = dirname(folder) === state ? privateFolder(join(state, "trash")) : dirname(folder)
  renameSync(folder, join(trash, name))
  return join(trash, name)
}
