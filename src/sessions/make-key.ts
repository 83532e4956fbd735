/** Keys for what comes in from outside (contract 10 §6, 16 §3). Nothing in an id can look like another part. */
import type { SessionConfig } from "./config.ts"
import { mainSession, readKey } from "./keys.ts"

/** An id as one part of a key: what would end the part, or is not let into a key, is written `%3A`. */
const part = (id: string) =>
  id.replace(/[\p{C}\p{Z}%:/\\]|\.(?=\.)/gu, (char) =>
    [...Buffer.from(char)]
      .map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, "0")}`)
      .join(""),
  )

export interface Person {
  agentId: string
  channel: string
  account: string
  peer: string
}

/** The session of a private chat. */
export const directKey = (
  { agentId, channel, account, peer }: Person,
  { scope, dmScope, identityLinks }: Pick<SessionConfig, "scope" | "dmScope" | "identityLinks">,
): string => {
  if (scope === "global") return "global"
  const start = `agent:${agentId}`
  const who = `direct:${part(personOf({ channel, peer }, identityLinks))}`
  switch (dmScope) {
    case "main":
      return mainSession(agentId)
    case "per-peer":
      return `${start}:${who}`
    case "per-channel-peer":
      return `${start}:${part(channel)}:${who}`
    case "per-account-channel-peer":
      return `${start}:${part(channel)}:${part(account)}:${who}`
  }
}

/** The name someone's ids are linked to, or the id. A stranger who calls himself so is not taken for them. */
const personOf = (
  { channel, peer }: Pick<Person, "channel" | "peer">,
  links: SessionConfig["identityLinks"],
) => {
  const id = `${channel}:${peer}`.toLowerCase()
  const linked = Object.entries(links).find(([, ids]) =>
    ids.some((one) => one.toLowerCase() === id),
  )
  if (linked) return linked[0]
  const isTaken = Object.keys(links).some((name) => name.toLowerCase() === peer.toLowerCase())
  return isTaken ? `${channel}:${peer}` : peer
}

export interface Room {
  agentId: string
  channel: string
  kind: "group" | "channel"
  id: string
  /** A thread within it; forums call theirs a topic. */
  thread?: { kind: "thread" | "topic"; id: string }
}

/** The session of a group, a channel, or a thread in one. */
export const roomKey = (
  { agentId, channel, kind, id, thread }: Room,
  { scope }: Pick<SessionConfig, "scope">,
) => {
  if (scope === "global") return "global"
  const around = `agent:${agentId}:${part(channel)}:${kind}:${part(id)}`
  return thread ? `${around}:${thread.kind}:${part(thread.id)}` : around
}

/** The session of a thread under any other. */
export const threadKey = (parent: string, id: string) => `${parent}:thread:${part(id)}`

/** The session of a subagent; below another subagent's, one deeper. */
export const subagentKey = (agentId: string, id: string, parent?: string) => {
  const above = parent && readKey(parent).kind === "subagent" ? parent : `agent:${agentId}`
  return `${above}:subagent:${part(id)}`
}

export const slashKey = ({ agentId, channel, peer }: Omit<Person, "account">) =>
  `agent:${agentId}:${part(channel)}:slash:${part(peer)}`

export const harnessKey = (agentId: string, id: string) => `agent:${agentId}:acp:${part(id)}`

export const jobKey = (jobId: string) => `cron:${part(jobId)}`
export const jobRunKey = (agentId: string, jobId: string, runId: string) =>
  `agent:${agentId}:cron:${part(jobId)}:run:${part(runId)}`

export const hookKey = (id: string) => `hook:${part(id)}`
export const nodeKey = (id: string) => `node-${part(id)}`
