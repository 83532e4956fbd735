import type { Database } from "../store/database.ts"
import type { Job } from "./job.ts"
import type { JobRows } from "./job-store.ts"
import type { Run, RunState } from "./run.ts"
import type { DeliveryStatus, Status } from "./status.ts"
import { where } from "./where.ts"

export interface RunFilter {
  jobId?: string
  statuses?: readonly Status[]
  deliveryStatuses?: readonly DeliveryStatus[]
  query?: string
  sortDir: "asc" | "desc"
  limit: number
  offset: number
}

/** What a task used of late. */
export interface RunsSince {
  runs: number
  tokens: number
  usd: number
}

/** Runs of tasks. Each call is one transaction. */
export interface RunStore {
  /**
   * Claims a run and moves its task on, in one step: a run is written down before it begins, and
   * never twice. False when there is one of that id, or when `change` finds the task is another by now.
   */
  claim(run: Run, change: (job: Job) => Job | null): Promise<boolean>
  run(runId: string): Promise<Run | null>
  /** When the newest run was claimed; 0 when there is none. */
  lastClaim(): Promise<number>
  /** Takes the run that waits longest; null when none does. */
  take(at: number): Promise<Run | null>
  /** Runs that a dead process was at, or that wait for their session. */
  open(state: RunState): Promise<Run[]>
  /** The run of a task that has not ended; null when it has none. */
  atWork(jobId: string): Promise<Run | null>
  saveRun(run: Run): Promise<void>
  /** Ends a run and notes on its task what came of it, in one step. */
  end(run: Run, change: (job: Job) => Job | null): Promise<Job | null>
  runs(filter: RunFilter): Promise<{ runs: Run[]; total: number }>
  /** What a task used since then. */
  since(jobId: string, at: number): Promise<RunsSince>
  /** Forgets a task's oldest runs. */
  prune(jobId: string, keep: { lines: number; bytes: number }): Promise<void>
  /** Sessions of runs that ended before `at` and are listed still. */
  listed(at: number, limit: number): Promise<string[]>
  unlist(sessionKey: string): Promise<void>
}

interface Row {
  run: string
}
const toRun = ({ run }: Row) => JSON.parse(run) as Run

const rowOf = (run: Run) => ({
  runId: run.runId,
  state: run.state,
  status: run.status ?? null,
  deliveryStatus: run.deliveryStatus ?? null,
  endedAt: run.endedAt ?? null,
  tokens: run.usage?.total_tokens ?? 0,
  run: JSON.stringify(run),
})

export const createRunStore = (db: Database, jobs: JobRows): RunStore => {
  const { sqlite } = db
  const insert = sqlite.query(
    `INSERT INTO cron_runs (run_id, job_id, state, status, delivery_status, scheduled_at, created_at,
       ended_at, tokens, run)
     VALUES ($runId, $jobId, $state, $status, $deliveryStatus, $scheduledAt, $createdAt, $endedAt,
       $tokens, $run)
     ON CONFLICT (run_id) DO NOTHING`,
  )
  const put = sqlite.query(
    `UPDATE cron_runs SET state = $state, status = $status, delivery_status = $deliveryStatus,
       ended_at = $endedAt, tokens = $tokens, run = $run WHERE run_id = $runId`,
  )
  const byId = sqlite.query<Row, [string]>("SELECT run FROM cron_runs WHERE run_id = ?")
  const ofState = sqlite.query<Row, [string, number]>(
    `SELECT run FROM cron_runs WHERE ended_at IS NULL AND state = ?
     ORDER BY created_at, run_id LIMIT ?`,
  )
  const atWork = sqlite.query<Row, [string]>(
    `SELECT run FROM cron_runs INDEXED BY cron_runs_of
     WHERE job_id = ? AND ended_at IS NULL ORDER BY created_at DESC LIMIT 1`,
  )
  const lastClaim = sqlite.query<{ at: number }, []>(
    "SELECT coalesce(max(created_at), 0) AS at FROM cron_runs",
  )
  const since = sqlite.query<RunsSince, [string, number]>(
    `SELECT count(*) AS runs, coalesce(sum(tokens), 0) AS tokens,
       coalesce(sum(run ->> '$.costUsd'), 0) AS usd FROM cron_runs
     WHERE job_id = ? AND created_at > ? AND status IS NOT 'skipped' AND status IS NOT 'blocked'`,
  )
  const prune = sqlite.query(
    `DELETE FROM cron_runs WHERE ended_at IS NOT NULL AND run_id IN (
       SELECT run_id FROM (
         SELECT run_id, row_number() OVER newest AS line, sum(octet_length(run)) OVER newest AS bytes
         FROM cron_runs WHERE job_id = $jobId
         WINDOW newest AS (ORDER BY created_at DESC, run_id)
       ) WHERE line > 1 AND (line > $lines OR bytes > $bytes))`,
  )
  const list = sqlite.query<unknown, [string, number]>(
    "INSERT INTO cron_sessions (key, ended_at) VALUES (?, ?) ON CONFLICT (key) DO NOTHING",
  )
  const listed = sqlite.query<{ key: string }, [number, number]>(
    "SELECT key FROM cron_sessions WHERE ended_at < ? ORDER BY ended_at LIMIT ?",
  )
  const unlist = sqlite.query<unknown, [string]>("DELETE FROM cron_sessions WHERE key = ?")

  const add = (run: Run) =>
    insert.run({
      ...rowOf(run),
      jobId: run.job.id,
      scheduledAt: run.scheduledAt,
      createdAt: run.createdAt,
    }).changes > 0

  return {
    claim: async (run, work) =>
      db.write(() => {
        const before = jobs.get(run.job.id)
        const after = before && work(before)
        if (!after) return false
        jobs.save(after)
        return add(run)
      }),
    async run(runId) {
      const row = byId.get(runId)
      return row && toRun(row)
    },
    lastClaim: async () => lastClaim.get()!.at,
    take: async (at) =>
      db.write(() => {
        const row = ofState.get("queued", 1)
        if (!row) return null
        const run: Run = { ...toRun(row), state: "running", startedAt: at }
        put.run(rowOf(run))
        jobs.change(run.job.id, (job) => ({ ...job, state: { ...job.state, runningAtMs: at } }))
        return run
      }),
    open: async (state) => ofState.all(state, 100_000).map(toRun),
    async atWork(jobId) {
      const row = atWork.get(jobId)
      return row && toRun(row)
    },
    async saveRun(run) {
      db.write(() => put.run(rowOf(run)))
    },
    end: async (run, work) =>
      db.write(() => {
        put.run(rowOf(run))
        const { job, sessionKey, endedAt } = run
        if (job.sessionTarget === "isolated" && sessionKey !== undefined)
          list.run(sessionKey, endedAt!)
        return jobs.change(job.id, work)
      }),
    async runs({ jobId, statuses, deliveryStatuses, query, sortDir, limit, offset }) {
      const { sql, values } = where([
        jobId !== undefined && ["job_id = ?", jobId],
        statuses && [`status IN (${statuses.map(() => "?").join()})`, ...statuses],
        deliveryStatuses && [
          `delivery_status IN (${deliveryStatuses.map(() => "?").join()})`,
          ...deliveryStatuses,
        ],
        query !== undefined && ["instr(lower(run), lower(?)) > 0", query],
      ])
      const found = sqlite
        .query<Row, (string | number)[]>(
          `SELECT run FROM cron_runs ${sql} ORDER BY created_at ${sortDir}, run_id LIMIT ? OFFSET ?`,
        )
        .all(...values, limit, offset)
      const counted = sqlite
        .query<{ total: number }, (string | number)[]>(
          `SELECT count(*) AS total FROM cron_runs ${sql}`,
        )
        .get(...values)
      return { runs: found.map(toRun), total: counted!.total }
    },
    since: async (jobId, at) => since.get(jobId, at)!,
    async prune(jobId, { lines, bytes }) {
      db.write(() => prune.run({ jobId, lines, bytes }))
    },
    listed: async (at, limit) => listed.all(at, limit).map(({ key }) => key),
    async unlist(sessionKey) {
      db.write(() => unlist.run(sessionKey))
    },
  }
}
