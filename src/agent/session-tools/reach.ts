import type { Standing } from "../../kernel/tool.ts"
import type { ToolsConfig } from "../../tools/config.ts"
import type { Subagents } from "../subagents/subagents.ts"

type Rules = Pick<ToolsConfig, "sessions" | "agentToAgent">
type Who = Pick<Standing, "agentId" | "sessionKey">

const agentOf = (key: string) => /^agent:([^:]+):/.exec(key)?.[1]

const matches = (patterns: readonly string[], id: string) =>
  patterns.some((pattern) =>
    new RegExp(`^${pattern.split(/\*+/).map(RegExp.escape).join(".*")}$`, "i").test(id),
  )

/** May a session's tools see another session? Its own and what it started it may, as `tree` says. */
export const mayReach = (
  { agentId, sessionKey }: Who,
  key: string,
  { sessions, agentToAgent }: Rules,
  subagents: Pick<Subagents, "descendants">,
): boolean => {
  if (key === sessionKey) return true
  const { visibility } = sessions
  if (visibility === "self") return false
  if (subagents.descendants(sessionKey).includes(key)) return true
  if (visibility === "tree") return false
  const other = agentOf(key)
  if (other === agentId) return true
  if (visibility === "agent") return false
  const { enabled, allow } = agentToAgent
  return enabled && other !== undefined && matches(allow, agentId) && matches(allow, other)
}
