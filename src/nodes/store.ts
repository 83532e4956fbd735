import { service } from "../kernel/service.ts"
import type { Database } from "../store/database.ts"
import type { Claims } from "./claims.ts"

export const workTypes = ["status.request", "location.request"] as const
export const priorities = ["normal", "high"] as const

/** Something a sleeping node is to do when it comes back. */
export interface Work {
  id: string
  nodeId: string
  type: (typeof workTypes)[number]
  priority: (typeof priorities)[number]
  createdAt: number
  expiresAt: number
}

/** What is kept of a node besides its pairing. */
export interface Known {
  nodeId: string
  /** As the operator calls it. */
  displayName: string | null
  /** As it said when it was last here. */
  claims: Claims | null
  connectedAt: number | null
  remoteIp: string | null
}

export interface NodeStore {
  list(): Promise<Known[]>
  get(nodeId: string): Promise<Known | null>
  connected(nodeId: string, what: { claims: Claims; at: number; remoteIp?: string }): Promise<void>
  rename(nodeId: string, displayName: string): Promise<void>
  /** Null when `most` wait already. What has ended is dropped. */
  addWork(work: Work, most: number): Promise<Work | null>
  /** What waits and has not ended: the urgent first, then the oldest. */
  work(nodeId: string, now: number, most: number): Promise<Work[]>
  /** Gives how many there were. */
  dropWork(nodeId: string, ids: readonly string[]): Promise<number>
  /** Uses an approval up, once and for all; false when it was. */
  useApproval(id: string, at: number): Promise<boolean>
}

export type NodeRecords = NodeStore
export const NodeRecords = service<NodeStore>("node store")

type Row = Omit<Known, "claims"> & { claims: string | null }

const keptMs = 30 * 24 * 60 * 60_000

export const createNodeStore = (db: Database): NodeStore => {
  const { sqlite } = db
  const columns = `node_id AS nodeId, display_name AS displayName, claims,
    connected_at AS connectedAt, remote_ip AS remoteIp`
  const toKnown = (row: Row): Known => ({
    ...row,
    claims: row.claims === null ? null : (JSON.parse(row.claims) as Claims),
  })
  return {
    list: async () => sqlite.query<Row, []>(`SELECT ${columns} FROM nodes`).all().map(toKnown),
    async get(nodeId) {
      const row = sqlite
        .query<Row, [string]>(`SELECT ${columns} FROM nodes WHERE node_id = ?`)
        .get(nodeId)
      return row && toKnown(row)
    },
    async connected(nodeId, { claims, at, remoteIp = null }) {
      const insert = sqlite.query(
        `INSERT INTO nodes (node_id, claims, connected_at, remote_ip)
         VALUES ($nodeId, $claims, $at, $remoteIp) ON CONFLICT (node_id) DO UPDATE
         SET claims = $claims, connected_at = $at, remote_ip = $remoteIp`,
      )
      db.write(() => insert.run({ nodeId, claims: JSON.stringify(claims), at, remoteIp }))
    },
    async rename(nodeId, displayName) {
      const insert = sqlite.query(
        `INSERT INTO nodes (node_id, display_name) VALUES ($nodeId, $displayName)
         ON CONFLICT (node_id) DO UPDATE SET display_name = $displayName`,
      )
      db.write(() => insert.run({ nodeId, displayName }))
    },
    async addWork(work, most) {
      const { id, nodeId, type, priority, createdAt, expiresAt } = work
      const waiting = sqlite.query<{ count: number }, [string]>(
        "SELECT count(*) AS count FROM node_work WHERE node_id = ?",
      )
      return db.write(() => {
        sqlite.query("DELETE FROM node_work WHERE expires_at <= ?").run(createdAt)
        if (waiting.get(nodeId)!.count >= most) return null
        sqlite
          .query(
            `INSERT INTO node_work (id, node_id, type, priority, created_at, expires_at)
             VALUES ($id, $nodeId, $type, $priority, $createdAt, $expiresAt)`,
          )
          .run({ id, nodeId, type, priority, createdAt, expiresAt })
        return work
      })
    },
    work: async (nodeId, now, most) =>
      sqlite
        .query<Work, [string, number, number]>(
          `SELECT id, node_id AS nodeId, type, priority, created_at AS createdAt,
             expires_at AS expiresAt FROM node_work WHERE node_id = ? AND expires_at > ?
           ORDER BY priority = 'high' DESC, created_at, id LIMIT ?`,
        )
        .all(nodeId, now, most),
    async dropWork(nodeId, ids) {
      const drop = sqlite.query("DELETE FROM node_work WHERE node_id = ? AND id = ?")
      return db.write(() => ids.reduce((sum, id) => sum + drop.run(nodeId, id).changes, 0))
    },
    async useApproval(id, at) {
      const used = db.write(() => {
        sqlite.query("DELETE FROM node_runs WHERE at < ?").run(at - keptMs)
        return (
          sqlite
            .query("INSERT INTO node_runs (approval_id, at) VALUES (?, ?) ON CONFLICT DO NOTHING")
            .run(id, at).changes > 0
        )
      })
      await db.synced()
      return used
    },
  }
}
