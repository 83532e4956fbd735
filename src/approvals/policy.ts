import { createHash, randomUUID } from "node:crypto"
import * as z from "zod"
import { type ExecAsk, execAsks, type ExecSecurity, execSecurities } from "./gate.ts"

const limits = {
  security: z.enum(execSecurities).optional().describe("Most that may run."),
  ask: z.enum(execAsks).optional().describe("When a person is asked."),
  askFallback: z
    .enum(execSecurities)
    .optional()
    .describe("What may run when nobody can be asked. Left out: deny."),
  autoAllowSkills: z.boolean().optional().describe("Also allow the programs that skills name."),
}
const entry = z.strictObject({
  id: z.string().min(1).max(128).optional(),
  pattern: z
    .string()
    .trim()
    .min(1)
    .max(1024)
    .describe("Program by its path; * and ** stand for more."),
  lastUsedAt: z.number().optional(),
  lastUsedCommand: z.string().optional(),
  lastResolvedPath: z.string().optional(),
})
export type AllowEntry = z.infer<typeof entry> & { id: string }

const ofAgent = z.strictObject({ ...limits, allowlist: z.array(entry).max(2000).optional() })
const file = z.strictObject({
  version: z.literal(1),
  socket: z
    .strictObject({ path: z.string().optional(), token: z.string().optional() })
    .optional()
    .describe("Of older files; not kept, for this gateway has no such socket."),
  defaults: z.strictObject(limits).optional().describe("What holds for every agent."),
  agents: z
    .record(z.string().min(1).max(64), ofAgent)
    .optional()
    .describe("By agent; * is every one."),
})

/** What a host says of commands, beside its config: `exec-approvals.json` of older gateways. */
export const policyFile = file.transform(({ version, defaults, agents }) => ({
  version,
  ...(defaults && { defaults }),
  ...(agents && { agents: renamed(agents) }),
}))
export type PolicyFile = z.input<typeof policyFile>

export interface Limits {
  security?: ExecSecurity
  ask?: ExecAsk
  askFallback?: ExecSecurity
  autoAllowSkills?: boolean
}
export interface AgentPolicy extends Limits {
  allowlist: AllowEntry[]
}
export interface Policy {
  defaults: Limits
  agents: Record<string, AgentPolicy>
}

/** Every agent, in the place of one's id. */
export const everyAgent = "*"

/** The agent that was called `default` is `main` now; what `main` says itself wins. */
const renamed = (agents: NonNullable<z.infer<typeof file>["agents"]>): typeof agents => {
  if (!Object.hasOwn(agents, "default")) return agents
  const { default: old, main, ...others } = agents
  const allowlist = [...(old?.allowlist ?? []), ...(main?.allowlist ?? [])]
  return { ...others, main: { ...old, ...main, ...(allowlist.length && { allowlist }) } }
}

/** A policy as it is kept: every entry with an id, none twice. */
export const toPolicy = ({ defaults = {}, agents = {} }: z.output<typeof policyFile>): Policy => ({
  defaults,
  agents: Object.fromEntries(
    Object.entries(agents).map(([id, { allowlist = [], ...own }]) => {
      const seen = new Map(allowlist.map((one) => [one.pattern, one]))
      const kept = [...seen.values()].map((one) => ({ ...one, id: one.id ?? randomUUID() }))
      return [id.toLowerCase(), { ...own, allowlist: kept }]
    }),
  ),
})

export const toFile = ({ defaults, agents }: Policy): PolicyFile => ({
  version: 1,
  ...(Object.keys(defaults).length && { defaults }),
  agents,
})

/** Stands for what the policy says, and not for when it was last used. */
export const hashOf = ({ defaults, agents }: Policy) => {
  const rules = Object.entries(agents)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([id, { allowlist, security, ask, askFallback, autoAllowSkills }]) => [
      [id, security, ask, askFallback, autoAllowSkills],
      allowlist.map(({ pattern }) => pattern).toSorted(),
    ])
  const { security, ask, askFallback, autoAllowSkills } = defaults
  const all = [[security, ask, askFallback, autoAllowSkills], rules]
  return createHash("sha256").update(JSON.stringify(all)).digest("hex")
}

/** What the policy says of one agent: its own word, else that for every agent, else the defaults. */
export const policyOf = ({ defaults, agents }: Policy, agentId: string): AgentPolicy => {
  const { allowlist: shared = [], ...all } = agents[everyAgent] ?? {}
  const { allowlist: own = [], ...word } = agents[agentId.toLowerCase()] ?? {}
  return { ...defaults, ...said(all), ...said(word), allowlist: [...own, ...shared] }
}

const said = (limits: Limits): Limits =>
  Object.fromEntries(Object.entries(limits).filter(([, value]) => value !== undefined))

export const stricterSecurity = (a: ExecSecurity, b: ExecSecurity = a): ExecSecurity =>
  execSecurities.find((level) => level === a || level === b)!
export const stricterAsk = (a: ExecAsk, b: ExecAsk = a): ExecAsk =>
  execAsks.findLast((level) => level === a || level === b)!
