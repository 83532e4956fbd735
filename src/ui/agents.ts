import type { Gateway } from "./gateway.ts"
import type { Result } from "./methods.ts"
import { useResource } from "./resource.ts"

export type AgentRow = Result<"agents.list">["agents"][number]

/** The agents there are, and which of them answers where none is named. */
export const useAgents = (gateway: Gateway) =>
  useResource(gateway, () => gateway.call("agents.list"), { events: ["config.changed"] })

/** What to call an agent: as it presents itself, or by the config's name for it. */
export const agentName = ({ id, name, identity }: AgentRow) =>
  [identity?.["emoji"], identity?.["name"] ?? name ?? id].filter(Boolean).join(" ")
