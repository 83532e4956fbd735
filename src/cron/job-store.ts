import type { Database } from "../store/database.ts"
import type { Job } from "./job.ts"
import { where } from "./where.ts"

export interface JobFilter {
  enabled: "all" | "enabled" | "disabled"
  agentId?: string
  /** Also those that name no agent. */
  nobodys?: boolean
  query?: string
  sortBy: "nextRunAtMs" | "updatedAtMs" | "name"
  sortDir: "asc" | "desc"
  limit: number
  offset: number
}

/** Tasks. Each call is one transaction. */
export interface JobStore {
  save(job: Job): Promise<void>
  get(id: string): Promise<Job | null>
  /** Those of that id, or of that name, or whose id begins so. */
  find(written: string): Promise<Job[]>
  /** Changes a task in one step; null when there is none. What `change` leaves null removes it. */
  update(id: string, change: (job: Job) => Job | null): Promise<Job | null>
  remove(id: string): Promise<boolean>
  list(filter: JobFilter): Promise<{ jobs: Job[]; total: number }>
  count(): Promise<{ all: number; enabled: number }>
  /** When the first task is due; null when none ever is. */
  nextDue(): Promise<number | null>
  /** Those due by then, the longest due first. */
  due(at: number, limit: number): Promise<Job[]>
  /** Switched-on tasks, by id, from the one after `after`. */
  enabled(after: string, limit: number): Promise<Job[]>
}

/** Reads and writes single tasks, for use within a transaction. */
export interface JobRows {
  get(id: string): Job | null
  save(job: Job): void
  change(id: string, work: (job: Job) => Job | null): Job | null
}

interface Row {
  job: string
}
const toJob = ({ job }: Row) => JSON.parse(job) as Job

const sorts = {
  nextRunAtMs: "next_run_at IS NULL, next_run_at",
  updatedAtMs: "updated_at",
  name: "name COLLATE NOCASE",
}

const removal = "DELETE FROM cron_jobs WHERE id = ?"

export const createJobRows = ({ sqlite }: Database): JobRows => {
  const byId = sqlite.query<Row, [string]>("SELECT job FROM cron_jobs WHERE id = ?")
  const put = sqlite.query(
    `INSERT INTO cron_jobs (id, name, agent_id, enabled, next_run_at, created_at, updated_at, job)
     VALUES ($id, $name, $agentId, $enabled, $nextRunAt, $createdAt, $updatedAt, $job)
     ON CONFLICT (id) DO UPDATE SET name = $name, agent_id = $agentId, enabled = $enabled,
       next_run_at = $nextRunAt, updated_at = $updatedAt, job = $job`,
  )
  const remove = sqlite.query<unknown, [string]>(removal)

  const get = (id: string) => {
    const row = byId.get(id)
    return row && toJob(row)
  }
  const save = (job: Job) =>
    void put.run({
      id: job.id,
      name: job.name,
      agentId: job.agentId ?? null,
      enabled: Number(job.enabled),
      nextRunAt: job.state.nextRunAtMs ?? null,
      createdAt: job.createdAtMs,
      updatedAt: job.updatedAtMs,
      job: JSON.stringify(job),
    })
  return {
    get,
    save,
    change(id, work) {
      const before = get(id)
      const after = before && work(before)
      if (after) save(after)
      else if (before) remove.run(id)
      return after
    },
  }
}

export const createJobStore = (db: Database, rows: JobRows): JobStore => {
  const { sqlite } = db
  const byName = sqlite.query<Row, [string, string]>(
    `SELECT job FROM cron_jobs WHERE name = ? COLLATE NOCASE
       OR (length(?) >= 4 AND substr(id, 1, length(?2)) = ?2) LIMIT 10`,
  )
  const remove = sqlite.query<unknown, [string]>(removal)
  const totals = sqlite.query<{ all: number; enabled: number }, []>(
    `SELECT count(*) AS "all", coalesce(sum(enabled), 0) AS enabled FROM cron_jobs`,
  )
  const first = sqlite.query<{ at: number }, []>(
    `SELECT next_run_at AS at FROM cron_jobs WHERE enabled AND next_run_at IS NOT NULL
     ORDER BY next_run_at LIMIT 1`,
  )
  const due = sqlite.query<Row, [number, number]>(
    `SELECT job FROM cron_jobs WHERE enabled AND next_run_at IS NOT NULL AND next_run_at <= ?
     ORDER BY next_run_at LIMIT ?`,
  )
  const enabled = sqlite.query<Row, [string, number]>(
    "SELECT job FROM cron_jobs WHERE enabled AND id > ? ORDER BY id LIMIT ?",
  )

  return {
    async save(job) {
      db.write(() => rows.save(job))
    },
    get: async (id) => rows.get(id),
    async find(written) {
      const exact = rows.get(written)
      return exact ? [exact] : byName.all(written, written).map(toJob)
    },
    update: async (id, work) => db.write(() => rows.change(id, work)),
    remove: async (id) => db.write(() => remove.run(id).changes > 0),
    async list({ sortBy, sortDir, limit, offset, ...filter }) {
      const { sql, values } = where([
        filter.enabled !== "all" && ["enabled = ?", Number(filter.enabled === "enabled")],
        filter.agentId !== undefined && [
          filter.nobodys ? "(agent_id = ? OR agent_id IS NULL)" : "agent_id = ?",
          filter.agentId,
        ],
        filter.query !== undefined && ["instr(lower(job), lower(?)) > 0", filter.query],
      ])
      const found = sqlite
        .query<Row, (string | number)[]>(
          `SELECT job FROM cron_jobs ${sql} ORDER BY ${sorts[sortBy]} ${sortDir}, id LIMIT ? OFFSET ?`,
        )
        .all(...values, limit, offset)
      const counted = sqlite
        .query<{ total: number }, (string | number)[]>(
          `SELECT count(*) AS total FROM cron_jobs ${sql}`,
        )
        .get(...values)
      return { jobs: found.map(toJob), total: counted!.total }
    },
    count: async () => totals.get()!,
    nextDue: async () => first.get()?.at ?? null,
    due: async (at, limit) => due.all(at, limit).map(toJob),
    enabled: async (after, limit) => enabled.all(after, limit).map(toJob),
  }
}
