import type { ArgsDef } from "citty"
import type { Client } from "../client/connect.ts"
import { fault } from "../kernel/fault.ts"
import type { Context } from "./command.ts"
import { findNode } from "./nodes.ts"
import { printable, printableText } from "./printable.ts"

/** A command that waits, as a gateway lists it; gateways in the field leave parts out. */
export interface Waiting {
  id: string
  createdAtMs?: number
  expiresAtMs?: number
  /** What it came to, once it is over. */
  status?: string
  resolvedBy?: string | null
  request: {
    command: string
    commandHash?: string
    cwd?: string | null
    env?: Record<string, string>
    host?: string
    nodeId?: string
    agentId?: string | null
    sessionKey?: string | null
    resolvedPaths?: string[]
    allowedDecisions?: string[]
    reason?: string
  }
}

export const noSuchApproval = fault<{ start: string; found: number }>("cli.no-such-approval", {
  status: 404,
  message: ({ start, found }) =>
    found
      ? `${found} waiting commands have an id that begins with "${start}".`
      : `No command that waits has an id that begins with "${start}".`,
  hint: ({ found }) => (found ? "Write more of it." : "See what waits with: fased approvals list"),
})

export const listWaiting = async (client: Client) =>
  (await client.request("exec.approval.list", {})) as Waiting[]

/** The one waiting command whose id begins so. */
export const findWaiting = async (client: Client, start: string): Promise<Waiting> => {
  const begin = start.trim().toLowerCase()
  const found = (await listWaiting(client)).filter(({ id }) => id.toLowerCase().startsWith(begin))
  if (found.length === 1) return found[0]!
  // By its whole id it is found when it is over, too: answering then says what it came to.
  if (!found.length && begin.length >= 36)
    return (await client.request("exec.approval.get", { id: begin })) as Waiting
  throw noSuchApproval({ start: printable(start, 64), found: found.length })
}

export const shortId = (id: string) => printable(id.slice(0, 8), 8)

/** All that somebody is about to say yes to. Nothing of it is cut. */
export const tellWhole = ({ id, request }: Waiting, { out }: Pick<Context, "out">) => {
  const { heading, muted, warn } = out.paint
  const line = (name: string, value: string | null | undefined) =>
    value && out.print(`  ${muted(name.padEnd(8))} ${printable(value, 4096)}`)
  out.print(heading(`Command ${shortId(id)}`))
  for (const text of printableText(request.command).split("\n")) out.print(`  ${text}`)
  out.print()
  line("in", request.cwd)
  line("runs", request.resolvedPaths?.join(", "))
  for (const [name, value] of Object.entries(request.env ?? {})) line("with", `${name}=${value}`)
  line("for", [request.agentId, request.sessionKey].filter(Boolean).join(", "))
  line("on", [request.host, request.nodeId?.slice(0, 12)].filter(Boolean).join(" "))
  line("sha256", request.commandHash)
  if (request.reason) out.print(`  ${warn("asked")}    because ${printable(request.reason, 500)}`)
}

/** The policy for commands, in the shape of exec-approvals.json. */
export interface PolicyFile {
  version: 1
  defaults?: Limits
  agents?: Record<string, Limits & { allowlist?: Entry[] }>
}
export interface Limits {
  security?: string
  ask?: string
  askFallback?: string
  autoAllowSkills?: boolean
}
interface Entry {
  id?: string
  pattern: string
  lastUsedAt?: number
  lastUsedCommand?: string
}
export interface Snapshot {
  path: string
  hash: string
  file: PolicyFile
}

export const readPolicy = async (client: Client, node?: string) => {
  if (!node) return (await client.request("exec.approvals.get", {})) as Snapshot
  const { nodeId } = await findNode(client, node)
  return (await client.request("exec.approvals.node.get", { nodeId })) as Snapshot
}

/** Changes the policy as it stands now, or not at all. */
export const changePolicy = async (
  client: Client,
  change: (file: PolicyFile) => PolicyFile,
  node?: string,
) => {
  const { file, hash } = await readPolicy(client, node)
  const changed = { file: change(file), baseHash: hash }
  if (!node) return (await client.request("exec.approvals.set", changed)) as Snapshot
  const { nodeId } = await findNode(client, node)
  return (await client.request("exec.approvals.node.set", { nodeId, ...changed })) as Snapshot
}

export const ofNodeFlag = {
  node: {
    type: "string",
    valueHint: "node",
    description: "What this node keeps, in place of the gateway's own",
  },
} satisfies ArgsDef

export const agentFlag = {
  agent: {
    type: "string",
    valueHint: "id",
    default: "*",
    description: "Which agent's; * is every agent's",
  },
} satisfies ArgsDef

/** The limits of one agent after a change of them. */
export const withAgent = (
  file: PolicyFile,
  agent: string,
  change: (own: NonNullable<PolicyFile["agents"]>[string]) => typeof own,
): PolicyFile => ({
  ...file,
  agents: { ...file.agents, [agent]: change(file.agents?.[agent] ?? {}) },
})

export const limitsText = ({ security, ask, askFallback, autoAllowSkills }: Limits) =>
  [
    security && `security ${security}`,
    ask && `ask ${ask}`,
    askFallback && `ask-fallback ${askFallback}`,
    autoAllowSkills !== undefined && `auto-allow-skills ${autoAllowSkills ? "on" : "off"}`,
  ]
    .filter(Boolean)
    .join(", ") || "as the config says"
