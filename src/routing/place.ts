import type { Inbound } from "../kernel/channel.ts"

export interface Place {
  agentId: string
  sessionKey: string
}

/** What there is to be routed to. */
export interface Destinations {
  /** The canonical key for what an operator surface wrote. Throws `sessions.bad-key`. */
  key(written: string): { key: string; agentId: string }
  /** Throws `agents.unknown`. */
  requireAgent(id: string): void
}

/** Which agent and which session answer. An operator surface names the session itself. */
export const place = (message: Inbound, destinations: Destinations): Place => {
  const { key, agentId } = destinations.key(message.chat)
  destinations.requireAgent(agentId)
  return { agentId, sessionKey: key }
}
