import { randomUUID } from "node:crypto"
import { service } from "../kernel/service.ts"
import type { Database } from "../store/database.ts"
import { hashOf, type AllowEntry, type Limits, type Policy } from "./policy.ts"

/** What an entry of an allowlist was last used for. */
export interface Use {
  id: string
  at: number
  command: string
  path: string
}

export interface PolicyStore {
  read(): Promise<Policy>
  /** Puts another policy in place, unless the one there is not the one of `baseHash`. */
  replace(policy: Policy, baseHash?: string): Promise<boolean>
  /** Adds patterns to an agent's allowlist; those it has stay. */
  allow(agentId: string, patterns: readonly string[]): Promise<void>
  used(uses: readonly Use[]): Promise<void>
}
export const Policies = service<PolicyStore>("exec policies")

interface Row {
  agentId: string
  pattern: string
  id: string
  lastUsedAt: number | null
  lastUsedCommand: string | null
  lastResolvedPath: string | null
}

/** Under this name are the limits of all agents. */
const defaultsRow = ""

export const createPolicyStore = (db: Database): PolicyStore => {
  const { sqlite } = db
  const limits = sqlite.query<{ agentId: string; limits: string }, []>(
    "SELECT agent_id AS agentId, limits FROM exec_policies",
  )
  const entries = sqlite.query<Row, []>(
    `SELECT agent_id AS agentId, pattern, id, last_used_at AS lastUsedAt,
     last_used_command AS lastUsedCommand, last_resolved_path AS lastResolvedPath
     FROM exec_allowlist ORDER BY agent_id, pattern`,
  )
  const putLimits = sqlite.query("INSERT OR REPLACE INTO exec_policies VALUES ($agentId, $limits)")
  const putEntry = sqlite.query(
    `INSERT OR IGNORE INTO exec_allowlist VALUES ($agentId, $pattern, $id, $lastUsedAt,
     $lastUsedCommand, $lastResolvedPath)`,
  )
  const markUsed = sqlite.query(
    `UPDATE exec_allowlist SET last_used_at = $at, last_used_command = $command,
     last_resolved_path = $path WHERE id = $id`,
  )

  const keep = (agentId: string, entry: AllowEntry) =>
    putEntry.run({
      agentId,
      pattern: entry.pattern,
      id: entry.id,
      lastUsedAt: entry.lastUsedAt ?? null,
      lastUsedCommand: entry.lastUsedCommand ?? null,
      lastResolvedPath: entry.lastResolvedPath ?? null,
    })

  const read = (): Policy => {
    const policy: Policy = { defaults: {}, agents: {} }
    const of = (agentId: string) => (policy.agents[agentId] ??= { allowlist: [] })
    for (const { agentId, limits: text } of limits.all()) {
      const kept = JSON.parse(text) as Limits
      Object.assign(agentId === defaultsRow ? policy.defaults : of(agentId), kept)
    }
    for (const { agentId, pattern, id, ...use } of entries.all())
      of(agentId).allowlist.push({ id, pattern, ...written(use) })
    return policy
  }

  return {
    read: async () => read(),
    async replace({ defaults, agents }, baseHash) {
      const done = db.write(() => {
        if (baseHash !== undefined && hashOf(read()) !== baseHash) return false
        sqlite.run("DELETE FROM exec_policies")
        sqlite.run("DELETE FROM exec_allowlist")
        putLimits.run({ agentId: defaultsRow, limits: JSON.stringify(defaults) })
        for (const [agentId, { allowlist, ...own }] of Object.entries(agents)) {
          putLimits.run({ agentId, limits: JSON.stringify(own) })
          for (const entry of allowlist) keep(agentId, entry)
        }
        return true
      })
      await db.synced()
      return done
    },
    async allow(agentId, patterns) {
      db.write(() => {
        for (const pattern of patterns) keep(agentId.toLowerCase(), { id: randomUUID(), pattern })
      })
      await db.synced()
    },
    async used(uses) {
      db.write(() => {
        for (const { id, at, command, path } of uses) markUsed.run({ id, at, command, path })
      })
    },
  }
}

const written = (use: Omit<Row, "agentId" | "pattern" | "id">) =>
  Object.fromEntries(Object.entries(use).filter(([, value]) => value !== null))
