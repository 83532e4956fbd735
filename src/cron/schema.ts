import type { Migration } from "../store/database.ts"

export const migrations: Migration[] = [
  {
    id: "cron.1",
    sql: `
      CREATE TABLE cron_jobs (
        id TEXT PRIMARY KEY,
        name TEXT NOT NULL,
        agent_id TEXT,
        enabled INTEGER NOT NULL,
        next_run_at INTEGER,
        created_at INTEGER NOT NULL,
        updated_at INTEGER NOT NULL,
        job TEXT NOT NULL
      ) STRICT;
      CREATE INDEX cron_jobs_due ON cron_jobs (next_run_at) WHERE enabled AND next_run_at IS NOT NULL;
      CREATE INDEX cron_jobs_named ON cron_jobs (name);
      CREATE TABLE cron_runs (
        run_id TEXT PRIMARY KEY,
        job_id TEXT NOT NULL,
        state TEXT NOT NULL, -- queued, running, waiting for the main session, done, cancelled
        status TEXT,
        delivery_status TEXT,
        scheduled_at INTEGER NOT NULL,
        created_at INTEGER NOT NULL,
        ended_at INTEGER,
        tokens INTEGER NOT NULL DEFAULT 0,
        listed INTEGER NOT NULL DEFAULT 0, -- its session still stands among the others
        run TEXT NOT NULL
      ) STRICT;
      CREATE INDEX cron_runs_of ON cron_runs (job_id, created_at);
      CREATE INDEX cron_runs_recent ON cron_runs (created_at);
      CREATE INDEX cron_runs_open ON cron_runs (state, created_at) WHERE ended_at IS NULL;
      CREATE TABLE cron_notes (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
      CREATE TABLE cron_days (
        day TEXT PRIMARY KEY,
        runs INTEGER NOT NULL DEFAULT 0,
        told INTEGER NOT NULL DEFAULT 0
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX cron_runs_listed ON cron_runs (ended_at) WHERE listed;`,
  },
  {
    // Runs may be forgotten before it is time for their sessions to be put away.
    id: "cron.2",
    sql: `
      CREATE TABLE cron_sessions (
        key TEXT PRIMARY KEY,
        ended_at INTEGER NOT NULL
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX cron_sessions_ended ON cron_sessions (ended_at);
      INSERT INTO cron_sessions
        SELECT run ->> '$.sessionKey', ended_at FROM cron_runs WHERE listed AND ended_at IS NOT NULL;
      DROP INDEX cron_runs_listed;
      ALTER TABLE cron_runs DROP COLUMN listed;`,
  },
]
