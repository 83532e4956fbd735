import { randomUUID } from "node:crypto"
import { type AgentsConfig, defaultAgentId, listAgents } from "../agents/config.ts"
import { hookKey } from "../sessions/make-key.ts"
import type { HooksConfig } from "./config.ts"
import { agentNotYours, sessionNotYours } from "./faults.ts"

/** The agent a call reaches: one nobody knows is the default one, and then the list counts. */
export const agentFor = (
  wanted: string | undefined,
  { agents, hooks }: { agents: AgentsConfig; hooks: HooksConfig },
): string => {
  const id = wanted?.trim().toLowerCase()
  const found = listAgents(agents).find((agent) => agent.id === id)?.id ?? defaultAgentId(agents)
  const allowed = hooks.allowedAgentIds
  if (allowed && !allowed.some((one) => one === "*" || one.toLowerCase() === found))
    throw agentNotYours({ id: found })
  return found
}

const reserved = /^(?:agent:[^:]*:)?(?:subagent|cron|acp|node)[:-]/i

/**
 * The session a call goes to, as a key of the agent. A key that the caller had a hand in needs the
 * operator's word: a prefix that is allowed, or for the mapping's own template one of the hooks'.
 */
export const sessionFor = (
  { key, id, from }: { key: string | undefined; id?: string; from: "request" | "mapping" },
  { agentId, hooks }: { agentId: string; hooks: HooksConfig },
): string => {
  const prefixes = hooks.allowedSessionKeyPrefixes
  const own = key?.trim() || hooks.defaultSessionKey
  const short = own ?? hookKey(id ?? randomUUID())
  const refuse = (why: string) => sessionNotYours({ key: short, why })
  if (key?.trim() && from === "request" && !hooks.allowRequestSessionKey)
    throw refuse("a call may not name one (hooks.allowRequestSessionKey)")
  if (reserved.test(short)) throw refuse("it belongs to something else")
  if (/^agent:/i.test(short) && !short.toLowerCase().startsWith(`agent:${agentId}:`))
    throw refuse("it belongs to another agent")
  if (prefixes.length) {
    if (!prefixes.some((prefix) => short.startsWith(prefix)))
      throw refuse("hooks.allowedSessionKeyPrefixes does not name its beginning")
  } else if (key?.trim() && from === "request" && !short.startsWith("hook:"))
    throw refuse("it has to begin with hook:, or hooks.allowedSessionKeyPrefixes has to allow it")
  return /^agent:/i.test(short) ? short : `agent:${agentId}:${short}`
}
