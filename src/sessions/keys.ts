import { badSessionKey } from "./faults.ts"

export const mainKey = "main"
export const mainSession = (agentId: string) => `agent:${agentId}:${mainKey}`

export interface ParsedKey {
  /** The canonical key, as stored. */
  key: string
  agentId: string
  /** What follows the agent: `main`, `telegram:direct:42`, … */
  rest: string
}

const longest = 512

const problem = (key: string): string | undefined => {
  if (!key) return "it is empty"
  if (key.length > longest) return `it is longer than ${longest} characters`
  if (/[\p{C}\p{Z}\\]/u.test(key)) return "it has spaces or control characters"
  if (key.includes("..") || key.includes("/")) return 'it has ".." or "/"'
  return undefined
}

/**
 * Reads a session key as a client sends it. `main` and other short keys belong to `defaultAgent`;
 * the agent part is case-insensitive. A key routes, it never authorises.
 */
export const parseKey = (text: string, defaultAgent: string): ParsedKey => {
  const written = text.trim()
  const why = problem(written)
  if (why) throw badSessionKey({ key: text.slice(0, 80), why })
  const [head, agent, ...rest] = written.split(":")
  if (head?.toLowerCase() !== "agent")
    return { key: `agent:${defaultAgent}:${written}`, agentId: defaultAgent, rest: written }
  const tail = rest.join(":")
  if (!agent || !tail)
    throw badSessionKey({ key: text.slice(0, 80), why: "it has no agent or no name after it" })
  const agentId = agent.toLowerCase()
  return { key: `agent:${agentId}:${tail}`, agentId, rest: tail }
}

/** What kind of conversation a key names. */
export const kindOf = (key: string): "direct" | "group" | "global" | "unknown" => {
  if (key === "global" || key === "unknown") return key
  return /:(group|channel):/.test(key) ? "group" : "direct"
}
