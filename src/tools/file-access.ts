import { dirname } from "node:path"
import { Paths } from "../config/paths.ts"
import { service, type Supplied } from "../kernel/service.ts"
import type { ToolContext } from "../kernel/tool.ts"
import { type Boundary, isWithin } from "./boundary.ts"
import { tools as section } from "./config.ts"
import { notText } from "./faults.ts"
import { Confined } from "./standing.ts"

/** Folders outside the workspace that an agent may read, such as those of its skills. */
export type SharedFolders = (agentId: string) => readonly string[]
export const SharedFolders = service<SharedFolders>("shared folders")

/** What every file tool needs to know how far it reaches. */
export const fileNeeds = { tools: section, paths: Paths, confined: Confined, shared: SharedFolders }
type Context = ToolContext & Supplied<typeof fileNeeds>

/** How far file tools reach in a call: a sandboxed session has its own folder and nothing else. */
export const boundaryOf = (context: Context): Boundary => {
  const { tools, paths, confined, shared } = context
  const confinement = confined(context)
  return {
    workspace: confinement?.workspace ?? context.workspace,
    workspaceOnly: tools.fs.workspaceOnly || confinement !== undefined,
    readOnly: confinement?.readOnly,
    own: [paths.state, ...configPlaces(paths)],
    shared: shared(context.agentId),
  }
}

/** The config, its copy, and its folder with what it includes, unless that is where everything lies. */
const configPlaces = ({ config, home }: Context["paths"]) => {
  const folder = dirname(config)
  return [config, `${config}.bak`, ...(isWithin(folder, home) ? [] : [folder])]
}

/** Strict, so that an edit never quietly damages a file it could not read; keeps a BOM. */
export const decode = (bytes: Buffer, path: string) => {
  if (bytes.includes(0)) throw notText({ path })
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch (error) {
    throw notText({ path }, error)
  }
}
