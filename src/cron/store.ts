import type { Database } from "../store/database.ts"
import type { Job } from "./job.ts"
import type { Run, RunState } from "./run.ts"
import type { DeliveryStatus, Status } from "./status.ts"
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

export interface RunFilter {
  jobId?: string
  statuses?: readonly Status[]
  deliveryStatuses?: readonly DeliveryStatus[]
  query?: string
  sortDir: "asc" | "desc"
  limit: number
  offset: number
}

/** Tasks and their runs. Each call is one transaction. */
export interface TaskStore {
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
  /** Switched-on tasks whose next run is to be worked out anew. */
  enabled(after: string, limit: number): Promise<Job[]>
  /**
   * Claims a run and moves its task on, in one step: a run is written down before it begins, and
   * never twice. False when there is one of that id, or when `change` finds the task is another by now.
   */
  claim(run: Run, change: (job: Job) => Job | null): Promise<boolean>
  run(runId: string): Promise<Run | null>
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
  /** How often a task ran, and the tokens of it. */
  since(jobId: string, at: number): Promise<{ runs: number; tokens: number }>
  /** Forgets a task's oldest runs. */
  prune(jobId: string, keep: { lines: number; bytes: number }): Promise<void>
  /** Runs whose session is listed and that ended before `at`. */
  listed(at: number, limit: number): Promise<Run[]>
  unlist(runId: string): Promise<void>
  /** Something to remember beside the tasks; null when nothing was noted. */
  noted(name: string): Promise<string | null>
  note(name: string, value: string): Promise<void>
  /** Counts one more run of that day. */
  countDay(day: string): Promise<void>
  day(day: string): Promise<{ runs: number; told: boolean }>
  /** Notes that people know the day is used up; false when they knew. */
  tellDay(day: string): Promise<boolean>
}

/** True when there is a task that may come due, or a run that has not ended. */
export const hasWork = ({ sqlite }: Database) =>
  sqlite
    .query(
      `SELECT 1 FROM cron_jobs WHERE enabled
       UNION ALL SELECT 1 FROM cron_runs WHERE ended_at IS NULL LIMIT 1`,
    )
    .get() !== null

interface Row {
  job: string
}
interface RunRow {
  run: string
}

const toJob = ({ job }: Row) => JSON.parse(job) as Job
const toRun = ({ run }: RunRow) => JSON.parse(run) as Run

const sorts = {
  nextRunAtMs: "next_run_at IS NULL, next_run_at",
  updatedAtMs: "updated_at",
  name: "name COLLATE NOCASE",
}

export const createTaskStore = (db: Database): TaskStore => {
  const { sqlite } = db
  const put = sqlite.query(
    `INSERT INTO cron_jobs (id, name, agent_id, enabled, next_run_at, created_at, updated_at, job)
     VALUES ($id, $name, $agentId, $enabled, $nextRunAt, $createdAt, $updatedAt, $job)
     ON CONFLICT (id) DO UPDATE SET name = $name, agent_id = $agentId, enabled = $enabled,
       next_run_at = $nextRunAt, updated_at = $updatedAt, job = $job`,
  )
  const byId = sqlite.query<Row, [string]>("SELECT job FROM cron_jobs WHERE id = ?")
  const byName = sqlite.query<Row, [string, string]>(
    `SELECT job FROM cron_jobs WHERE name = ? COLLATE NOCASE
       OR (length(?) >= 4 AND substr(id, 1, length(?2)) = ?2) LIMIT 10`,
  )
  const removeJob = sqlite.query<unknown, [string]>("DELETE FROM cron_jobs WHERE id = ?")
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
  const insertRun = sqlite.query(
    `INSERT INTO cron_runs (run_id, job_id, state, status, delivery_status, scheduled_at, created_at,
       ended_at, tokens, listed, run)
     VALUES ($runId, $jobId, $state, $status, $deliveryStatus, $scheduledAt, $createdAt, $endedAt,
       $tokens, $listed, $run)
     ON CONFLICT (run_id) DO NOTHING`,
  )
  const updateRun = sqlite.query(
    `UPDATE cron_runs SET state = $state, status = $status, delivery_status = $deliveryStatus,
       ended_at = $endedAt, tokens = $tokens, listed = $listed, run = $run WHERE run_id = $runId`,
  )
  const runById = sqlite.query<RunRow, [string]>("SELECT run FROM cron_runs WHERE run_id = ?")
  const ofState = sqlite.query<RunRow, [string, number]>(
    `SELECT run FROM cron_runs WHERE ended_at IS NULL AND state = ?
     ORDER BY created_at, run_id LIMIT ?`,
  )
  const atWork = sqlite.query<RunRow, [string]>(
    `SELECT run FROM cron_runs INDEXED BY cron_runs_of
     WHERE job_id = ? AND ended_at IS NULL ORDER BY created_at DESC LIMIT 1`,
  )
  const since = sqlite.query<{ runs: number; tokens: number }, [string, number]>(
    `SELECT count(*) AS runs, coalesce(sum(tokens), 0) AS tokens FROM cron_runs
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
  const listed = sqlite.query<RunRow, [number, number]>(
    "SELECT run FROM cron_runs WHERE listed AND ended_at < ? ORDER BY ended_at LIMIT ?",
  )
  const unlist = sqlite.query<unknown, [string]>("UPDATE cron_runs SET listed = 0 WHERE run_id = ?")

  const noted = sqlite.query<{ value: string }, [string]>(
    "SELECT value FROM cron_notes WHERE name = ?",
  )
  const note = sqlite.query(
    `INSERT INTO cron_notes (name, value) VALUES ($name, $value)
     ON CONFLICT (name) DO UPDATE SET value = $value`,
  )
  const ofDay = sqlite.query<{ runs: number; told: number }, [string]>(
    "SELECT runs, told FROM cron_days WHERE day = ?",
  )
  const countDay = sqlite.query<unknown, [string]>(
    `INSERT INTO cron_days (day, runs) VALUES (?, 1)
     ON CONFLICT (day) DO UPDATE SET runs = runs + 1`,
  )
  const tellDay = sqlite.query<unknown, [string]>(
    `INSERT INTO cron_days (day, told) VALUES (?, 1)
     ON CONFLICT (day) DO UPDATE SET told = 1 WHERE told = 0`,
  )

  const get = (id: string) => {
    const row = byId.get(id)
    return row && toJob(row)
  }
  const save = (job: Job) =>
    put.run({
      id: job.id,
      name: job.name,
      agentId: job.agentId ?? null,
      enabled: Number(job.enabled),
      nextRunAt: job.state.nextRunAtMs ?? null,
      createdAt: job.createdAtMs,
      updatedAt: job.updatedAtMs,
      job: JSON.stringify(job),
    })
  const change = (id: string, work: (job: Job) => Job | null) => {
    const before = get(id)
    const after = before && work(before)
    if (after) save(after)
    else if (before) removeJob.run(id)
    return after
  }
  const rowOf = (run: Run) => ({
    runId: run.runId,
    state: run.state,
    status: run.status ?? null,
    deliveryStatus: run.deliveryStatus ?? null,
    endedAt: run.endedAt ?? null,
    tokens: run.usage?.total_tokens ?? 0,
    listed: Number(run.job.sessionTarget === "isolated" && run.sessionKey !== undefined),
    run: JSON.stringify(run),
  })
  const putRun = (run: Run) => updateRun.run(rowOf(run))
  const addRun = (run: Run) =>
    insertRun.run({
      ...rowOf(run),
      jobId: run.job.id,
      scheduledAt: run.scheduledAt,
      createdAt: run.createdAt,
    }).changes > 0

  return {
    async save(job) {
      db.write(() => save(job))
    },
    get: async (id) => get(id),
    async find(written) {
      const exact = get(written)
      return exact ? [exact] : byName.all(written, written).map(toJob)
    },
    update: async (id, work) => db.write(() => change(id, work)),
    remove: async (id) => db.write(() => removeJob.run(id).changes > 0),
    async list({ sortBy, sortDir, limit, offset, ...filter }) {
      const { sql, values } = where([
        filter.enabled !== "all" && ["enabled = ?", Number(filter.enabled === "enabled")],
        filter.agentId !== undefined && [
          filter.nobodys ? "(agent_id = ? OR agent_id IS NULL)" : "agent_id = ?",
          filter.agentId,
        ],
        filter.query !== undefined && ["instr(lower(job), lower(?)) > 0", filter.query],
      ])
      const rows = sqlite
        .query<Row, (string | number)[]>(
          `SELECT job FROM cron_jobs ${sql} ORDER BY ${sorts[sortBy]} ${sortDir}, id LIMIT ? OFFSET ?`,
        )
        .all(...values, limit, offset)
      const found = sqlite
        .query<{ total: number }, (string | number)[]>(
          `SELECT count(*) AS total FROM cron_jobs ${sql}`,
        )
        .get(...values)
      return { jobs: rows.map(toJob), total: found!.total }
    },
    count: async () => totals.get()!,
    nextDue: async () => first.get()?.at ?? null,
    due: async (at, limit) => due.all(at, limit).map(toJob),
    enabled: async (after, limit) => enabled.all(after, limit).map(toJob),
    claim: async (run, work) =>
      db.write(() => {
        const before = get(run.job.id)
        const after = before && work(before)
        if (!after) return false
        save(after)
        return addRun(run)
      }),
    async run(runId) {
      const row = runById.get(runId)
      return row && toRun(row)
    },
    take: async (at) =>
      db.write(() => {
        const row = ofState.get("queued", 1)
        if (!row) return null
        const run: Run = { ...toRun(row), state: "running", startedAt: at }
        putRun(run)
        change(run.job.id, (job) => ({ ...job, state: { ...job.state, runningAtMs: at } }))
        return run
      }),
    open: async (state) => ofState.all(state, 100_000).map(toRun),
    async atWork(jobId) {
      const row = atWork.get(jobId)
      return row && toRun(row)
    },
    async saveRun(run) {
      db.write(() => putRun(run))
    },
    end: async (run, work) =>
      db.write(() => {
        putRun(run)
        return change(run.job.id, work)
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
      const rows = sqlite
        .query<RunRow, (string | number)[]>(
          `SELECT run FROM cron_runs ${sql} ORDER BY created_at ${sortDir}, run_id LIMIT ? OFFSET ?`,
        )
        .all(...values, limit, offset)
      const found = sqlite
        .query<{ total: number }, (string | number)[]>(
          `SELECT count(*) AS total FROM cron_runs ${sql}`,
        )
        .get(...values)
      return { runs: rows.map(toRun), total: found!.total }
    },
    since: async (jobId, at) => since.get(jobId, at)!,
    async prune(jobId, { lines, bytes }) {
      db.write(() => prune.run({ jobId, lines, bytes }))
    },
    listed: async (at, limit) => listed.all(at, limit).map(toRun),
    async unlist(runId) {
      db.write(() => unlist.run(runId))
    },
    noted: async (name) => noted.get(name)?.value ?? null,
    async note(name, value) {
      db.write(() => note.run({ name, value }))
    },
    async countDay(day) {
      db.write(() => countDay.run(day))
    },
    async day(day) {
      const row = ofDay.get(day)
      return { runs: row?.runs ?? 0, told: row?.told === 1 }
    },
    tellDay: async (day) => db.write(() => tellDay.run(day).changes > 0),
  }
}
