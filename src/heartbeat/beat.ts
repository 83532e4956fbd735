/** Which agents are woken, how often, and how. */
import type { AgentsConfig } from "../agents/config.ts"
import { defaultAgentId, listAgents } from "../agents/config.ts"
import { everyMs, type HeartbeatSettings } from "../agents/heartbeat.ts"
import { mainSession } from "../sessions/keys.ts"

export interface Beat extends HeartbeatSettings {
  agentId: string
  everyMs: number
}

/** Oftener than this nothing is gained. */
const shortestMs = 10_000
const spanOf = (every: HeartbeatSettings["every"]) => {
  const ms = everyMs(every)
  return ms ? Math.max(ms, shortestMs) : 0
}

/** Every agent that may be woken. Those with a block of their own, or else the default one. */
export const beatsOf = (config: AgentsConfig): Beat[] => {
  const agents = listAgents(config)
  const own = agents.filter(({ heartbeat }) => heartbeat)
  const first = defaultAgentId(config)
  const woken = own.length ? own : agents.filter(({ id }) => id === first)
  return woken.map(({ id, heartbeat = {} }) => {
    const settings: HeartbeatSettings = { ...config.defaults.heartbeat, ...heartbeat }
    return { ...settings, agentId: id, everyMs: spanOf(settings.every) }
  })
}

/** How often the default agent is woken; 0 for never. */
export const wokenEvery = (config: AgentsConfig) => {
  const first = defaultAgentId(config)
  return beatsOf(config).find(({ agentId }) => agentId === first)?.everyMs ?? 0
}

/** The session it is woken in, as a key of the agent. */
export const sessionOf = ({ agentId, session }: Beat): string => {
  if (session === "main") return mainSession(agentId)
  return /^(?:agent:|global$)/.test(session) ? session : `agent:${agentId}:${session}`
}
