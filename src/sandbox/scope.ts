import { createHash } from "node:crypto"
import { join, resolve } from "node:path"
import { type AgentsConfig, findAgent, workspaceOf } from "../agents/config.ts"
import { type SandboxConfig, sandboxOf } from "../agents/sandbox.ts"
import { expandTilde, type Paths } from "../config/paths.ts"
import type { Confinement, Whose } from "./service.ts"

/** Where the agent's workspace is in a container that may only read it. */
export const agentFolder = "/agent"

/** What the config makes of one session. */
export interface Scope {
  /** `shared`, `agent:<id>` or the session's key: who has the same one uses the same container. */
  key: string
  config: SandboxConfig
  container: string
  /** The agent's workspace on this machine. */
  workspace: string
  /** The folder on this machine that is the container's workspace. */
  folder: string
  confinement: Confinement
}

const short = (text: string) => createHash("sha256").update(text).digest("hex").slice(0, 12)

const readable = (text: string) =>
  text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .slice(0, 24)
    .replace(/^-|-$/g, "")

/** Containers of other instances on this machine are not ours. */
export const instanceOf = ({ state }: Pick<Paths, "state">) => short(state)

/** The sandbox of a session; undefined where it has none. */
export const scopeOf = (
  { agentId, sessionKey }: Whose,
  agents: AgentsConfig,
  paths: Paths,
): Scope | undefined => {
  const agent = findAgent(agents, agentId)
  const mode = agent.sandbox?.mode ?? agents.defaults.sandbox?.mode ?? "off"
  const isMain = sessionKey === `agent:${agent.id}:main`
  if (mode === "off" || (mode === "non-main" && isMain)) return undefined
  const config = sandboxOf(agent.sandbox, agents.defaults.sandbox)
  const keys = { shared: "shared", agent: `agent:${agent.id}`, session: sessionKey }
  const key = keys[config.scope]
  const name = `${readable(key)}-${short(`${paths.state}\n${key}`)}`
  const root = config.workspaceRoot
    ? resolve(expandTilde(config.workspaceRoot, paths.home))
    : join(paths.state, "sandboxes")
  const workspace = workspaceOf(agent, agents, paths)
  const own = join(root, name)
  const folder = config.workspaceAccess === "rw" ? workspace : own
  return {
    key,
    config,
    container: `${config.docker.containerPrefix}${name}`,
    workspace,
    folder,
    confinement: {
      workspace: config.workspaceAccess === "ro" ? workspace : folder,
      readOnly: config.workspaceAccess === "ro",
    },
  }
}
