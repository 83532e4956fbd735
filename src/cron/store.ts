import type { Database } from "../store/database.ts"
import type { Job } from "./job.ts"
import { createJobRows, createJobStore, type JobStore } from "./job-store.ts"
import { createRunStore, type RunStore } from "./run-store.ts"

/** Tasks and their runs. */
export type TaskStore = JobStore & RunStore

export const createTaskStore = (db: Database): TaskStore => {
  const rows = createJobRows(db)
  return { ...createJobStore(db, rows), ...createRunStore(db, rows) }
}

/** True when there is a task that may come due, or a run that has not ended. */
export const hasWork = ({ sqlite }: Database) =>
  sqlite
    .query(
      `SELECT 1 FROM cron_jobs WHERE enabled
       UNION ALL SELECT 1 FROM cron_runs WHERE ended_at IS NULL LIMIT 1`,
    )
    .get() !== null

/** Tasks that keep failing, or were switched off for it; the last changed first. */
export const failingTasks = ({ sqlite }: Database, failures: number): Job[] =>
  sqlite
    .query<{ job: string }, [number]>(
      `SELECT job FROM cron_jobs
       WHERE CASE WHEN enabled THEN job ->> '$.state.consecutiveErrors' >= ?
         ELSE job ->> '$.state.disabledReason' IS NOT NULL AND job ->> '$.state.lastRunStatus' IS NOT 'ok' END
       ORDER BY updated_at DESC`,
    )
    .all(failures)
    .map(({ job }) => JSON.parse(job) as Job)
