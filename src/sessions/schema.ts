import type { Migration } from "../store/database.ts"

export const migrations: Migration[] = [
  {
    id: "sessions.1",
    sql: `
      CREATE TABLE sessions (
        key TEXT PRIMARY KEY,
        session_id TEXT NOT NULL UNIQUE,
        agent_id TEXT NOT NULL,
        created_at INTEGER NOT NULL,
        updated_at INTEGER NOT NULL,
        label TEXT,
        title TEXT,
        preview TEXT,
        input_tokens INTEGER NOT NULL DEFAULT 0,
        output_tokens INTEGER NOT NULL DEFAULT 0,
        context_tokens INTEGER NOT NULL DEFAULT 0,
        provider TEXT,
        model TEXT,
        status TEXT NOT NULL DEFAULT 'idle',
        last_run_id TEXT,
        started_at INTEGER,
        ended_at INTEGER
      ) STRICT;
      CREATE INDEX sessions_recent ON sessions (updated_at DESC);
      CREATE INDEX sessions_of_agent ON sessions (agent_id, updated_at DESC);
      CREATE INDEX sessions_running ON sessions (key) WHERE status = 'running';
      CREATE TABLE entries (
        session_id TEXT NOT NULL,
        seq INTEGER NOT NULL,
        id TEXT NOT NULL,
        run_id TEXT,
        at INTEGER NOT NULL,
        message TEXT NOT NULL,
        PRIMARY KEY (session_id, seq)
      ) STRICT; -- not WITHOUT ROWID: looking for a row would read through heavy ones
      CREATE TABLE archives (
        session_id TEXT PRIMARY KEY,
        key TEXT NOT NULL,
        title TEXT,
        archived_at INTEGER NOT NULL
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX entries_of_run ON entries (run_id) WHERE run_id IS NOT NULL;
      CREATE TABLE counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;
      INSERT INTO counters VALUES ('sessions', 0);
      CREATE TRIGGER sessions_counted AFTER INSERT ON sessions
        BEGIN UPDATE counters SET value = value + 1 WHERE name = 'sessions'; END;
      CREATE TRIGGER sessions_uncounted AFTER DELETE ON sessions
        BEGIN UPDATE counters SET value = value - 1 WHERE name = 'sessions'; END;`,
  },
  {
    id: "sessions.2",
    sql: `
      ALTER TABLE sessions ADD COLUMN overrides TEXT NOT NULL DEFAULT '{}';
      ALTER TABLE sessions ADD COLUMN spawned_by TEXT;
      ALTER TABLE sessions ADD COLUMN spawn_depth INTEGER NOT NULL DEFAULT 0;
      ALTER TABLE sessions ADD COLUMN compactions INTEGER NOT NULL DEFAULT 0;
      CREATE INDEX sessions_spawned ON sessions (spawned_by) WHERE spawned_by IS NOT NULL;`,
  },
]
