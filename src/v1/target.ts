import { createHash, randomUUID } from "node:crypto"
import { type AgentsConfig, defaultAgentId, listAgents } from "../agents/config.ts"
import type { Models } from "../models/service.ts"
import type { Directory } from "../sessions/directory.ts"
import { readKey } from "../sessions/keys.ts"
import { reservedSession, unknownAgent, unknownModel } from "./faults.ts"

/** Who is to answer a request (contract 04 §4): an agent in a session, or a model by itself. */
export type Target = AgentTarget | { kind: "model"; ref: string }

export interface AgentTarget {
  kind: "agent"
  agentId: string
  sessionKey: string
  /** The session is for this request alone. */
  passing: boolean
}

interface Asked {
  headers: Headers
  model?: string | null
  /** Who uses the client; one session each. */
  user?: string | null
  /** The same once more gets the same answer. */
  idempotencyKey?: string
}

interface Needs {
  agents: AgentsConfig
  directory: Pick<Directory, "key">
  models: Pick<Models, "aliases" | "list">
}

/** Our own header, else the one that clients of OpenClaw send. */
export const headerOf = (headers: Headers, name: string) =>
  (headers.get(`x-fased-${name}`) ?? headers.get(`x-openclaw-${name}`))?.trim() || undefined

/** Explicit session, then the agent in the model's name, then the header, then the default. */
export const readTarget = (asked: Asked, needs: Needs): Target => {
  const { headers, user, idempotencyKey } = asked
  const { agents, directory } = needs
  const named = readModel(asked.model, needs)
  if ("ref" in named) return { kind: "model", ref: named.ref }
  const key = headerOf(headers, "session-key")
  const chosen = named.agent ?? headerOf(headers, "agent-id") ?? headerOf(headers, "agent")
  const agentId = requireAgent(chosen ?? defaultAgentId(agents), agents)
  if (key) {
    const whole = /^(?:agent:|global$)/i.test(key) ? key : `agent:${agentId}:${key}`
    const meant = directory.key(whole)
    if (isReserved(key) || reservedKinds.has(readKey(meant.key).kind))
      throw reservedSession({ key })
    const sessionKey = meant.key
    return {
      kind: "agent",
      agentId: requireAgent(meant.agentId, agents),
      sessionKey,
      passing: false,
    }
  }
  const start = `agent:${agentId}:openai`
  if (user?.trim())
    return { kind: "agent", agentId, sessionKey: `${start}-user:${keyPart(user)}`, passing: false }
  const id = idempotencyKey === undefined ? randomUUID() : digest(idempotencyKey)
  return { kind: "agent", agentId, sessionKey: `${start}:${id}`, passing: true }
}

/** The agent or the model that a request's `model` names; neither leaves it to the headers. */
const readModel = (
  written: string | null | undefined,
  { agents, models }: Needs,
): { agent?: string } | { ref: string } => {
  const model = written?.trim() ?? ""
  if (!model || ours.test(model)) return {}
  const [, agent] = /^(?:fased|openclaw|agent)[:/](.+)$/i.exec(model) ?? []
  const isKnown = (id: string) => listAgents(agents).some((one) => one.id === id.toLowerCase())
  if (agent !== undefined) {
    if (isKnown(agent)) return { agent }
    if (agent.toLowerCase() === "default") return { agent: defaultAgentId(agents) }
    // The embedded model goes by our own name.
    if (/^fased\//i.test(model) && isModel(model, models)) return { ref: model }
    throw unknownAgent({ id: agent, known: listAgents(agents).map(({ id }) => id) })
  }
  if (model.includes("/")) return { ref: model }
  const ref = models.aliases().get(model.toLowerCase())
  if (ref) return { ref }
  throw unknownModel({ model })
}

const ours = /^(?:fased|openclaw)$/i

const isModel = (ref: string, models: Needs["models"]) =>
  models.list({ all: true }).some(({ provider, id }) => `${provider}/${id}` === ref.toLowerCase())

/** The agent as it is known here. Throws `v1.unknown-agent`. */
export const requireAgent = (id: string, agents: AgentsConfig) => {
  const known = listAgents(agents).map((agent) => agent.id)
  const found = known.find((one) => one === id.trim().toLowerCase())
  if (!found) throw unknownAgent({ id, known })
  return found
}

const reservedKinds = new Set<string>(["subagent", "acp", "cron", "hook", "node"])
const isReserved = (key: string) => /^(?:subagent|acp|cron|hook|node)[:-]/i.test(key)

/** A short name is part of the key as it is, any other by its digest. */
const keyPart = (user: string) =>
  /^[\w.@+-]{1,100}$/.test(user) && !user.includes("..") ? user : digest(user)

const digest = (text: string) => createHash("sha256").update(text).digest("hex").slice(0, 40)
