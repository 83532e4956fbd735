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

/** Keys that belong to no agent by their name; the default one answers. */
const ofNobody = /^(?:global$|unknown$|cron:.|hook:.|node-.)/

/**
 * Reads a session key as a client sends it. `main` and other short keys belong to `defaultAgent`;
 * the agent part and the words of reserved keys are case-insensitive. A key routes, it never
 * authorises.
 */
export const parseKey = (text: string, defaultAgent: string): ParsedKey => {
  const written = text.trim()
  const why = problem(written)
  if (why) throw badSessionKey({ key: text.slice(0, 80), why })
  const [head, agent, ...rest] = written.split(":")
  if (head?.toLowerCase() !== "agent") {
    const reserved = written.replace(/^[a-z]+/i, (word) => word.toLowerCase())
    if (ofNobody.test(reserved)) return { key: reserved, agentId: defaultAgent, rest: reserved }
    return { key: `agent:${defaultAgent}:${written}`, agentId: defaultAgent, rest: written }
  }
  const tail = rest.join(":")
  if (!agent || !tail)
    throw badSessionKey({ key: text.slice(0, 80), why: "it has no agent or no name after it" })
  const agentId = agent.toLowerCase()
  return { key: `agent:${agentId}:${tail}`, agentId, rest: tail }
}

/** What a canonical key says of its conversation. */
export interface KeyFacts {
  /** `named`: a name somebody chose, in no form known here. */
  kind:
    | "main"
    | "direct"
    | "group"
    | "channel"
    | "slash"
    | "subagent"
    | "acp"
    | "cron"
    | "hook"
    | "node"
    | "global"
    | "unknown"
    | "named"
  channel?: string
  account?: string
  /** The person or the room. */
  peer?: string
  /** The thread or topic within the room, and the key of the conversation around it. */
  thread?: string
  parent?: string
  /** How many subagents deep. */
  depth?: number
}

/** `slack:channel:C1`, `telegram:work:direct:42`, `direct:ada`. */
const place =
  /^(?:(?<channel>[^:]+):(?:(?<account>[^:]+):)?)?(?<word>direct|dm|group|channel|room|slash):(?<peer>.+)$/
const inThread = /^(?<around>.+):(?:thread|topic):(?<thread>[^:]+)$/
const placeKinds = {
  direct: "direct",
  dm: "direct",
  group: "group",
  channel: "channel",
  room: "channel",
  slash: "slash",
} as const

export const readKey = (key: string): KeyFacts => {
  const [, agent, rest] = /^agent:([^:]+):(.+)$/.exec(key) ?? []
  if (!agent || !rest) return readFree(key)
  if (rest === mainKey) return { kind: "main" }
  const [word] = rest.split(":")
  if (word === "subagent")
    return { kind: "subagent", depth: rest.split(":").filter((one) => one === "subagent").length }
  if (word === "acp" || word === "cron") return { kind: word }
  const threaded = inThread.exec(rest)?.groups
  const around = threaded?.around ?? rest
  const thread = threaded && { thread: threaded.thread!, parent: `agent:${agent}:${around}` }
  const found = place.exec(around)?.groups
  if (!found) return { kind: around === mainKey ? "direct" : "named", ...thread }
  const { channel, account, word: kind, peer } = found
  return {
    kind: placeKinds[kind as keyof typeof placeKinds],
    ...(channel && { channel }),
    ...(account && { account }),
    peer: peer!,
    ...thread,
  }
}

const readFree = (key: string): KeyFacts => {
  if (key === "global" || key === "unknown") return { kind: key }
  if (key.startsWith("cron:")) return { kind: "cron" }
  if (key.startsWith("hook:")) return { kind: "hook" }
  return { kind: key.startsWith("node-") ? "node" : "named" }
}

export const isMain = (key: string) => readKey(key).kind === "main"

/** What kind of conversation a key names, in the words of the wire. */
export const kindOf = (key: string): "direct" | "group" | "global" | "unknown" => {
  const { kind } = readKey(key)
  if (kind === "global" || kind === "unknown") return kind
  return kind === "group" || kind === "channel" ? "group" : "direct"
}
