import { type AgentsConfig, defaultAgentId, listAgents } from "../agents/config.ts"
import type { SessionConfig } from "../sessions/config.ts"
import { directKey, roomKey, threadKey } from "../sessions/make-key.ts"
import type { Bindings } from "./config.ts"
import { bindingFor, type Spot, type Tier } from "./tiers.ts"

export interface Route {
  agentId: string
  sessionKey: string
  /** What named the agent. */
  by: Tier | "topic" | "default"
}

/** Which agent and which session answer what was said on a network. */
export const route = (
  spot: Spot,
  {
    bindings,
    agents,
    session,
    topicAgent,
  }: {
    bindings: Bindings
    agents: AgentsConfig
    session: SessionConfig
    /** The agent that a topic has for itself. */
    topicAgent?: string
  },
): Route => {
  const known = (id: string | undefined) => {
    const wanted = id?.trim().toLowerCase()
    return listAgents(agents).find((agent) => agent.id === wanted)?.id
  }
  const bound = bindingFor(bindings, spot)
  const ofTopic = known(topicAgent)
  const ofBinding = known(bound?.binding.agentId)
  const agentId = ofTopic ?? ofBinding ?? defaultAgentId(agents)
  const by = ofTopic ? "topic" : ofBinding ? bound!.tier : "default"
  return { agentId, sessionKey: keyOf(spot, agentId, session), by }
}

const keyOf = (
  { channel, account, conversation, sender }: Spot,
  agentId: string,
  session: SessionConfig,
) => {
  const { kind, id, thread } = conversation
  if (kind === "direct" || kind === undefined) {
    const key = directKey({ agentId, channel, account, peer: sender.ids[0] }, session)
    return thread ? threadKey(key, thread.id) : key
  }
  return roomKey({ agentId, channel, kind, id, thread }, session)
}
