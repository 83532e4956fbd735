import type { Migration } from "../store/database.ts"

/** Sums are kept by the quarter of an hour: days of every time zone are made of whole ones. */
export const quarterMs = 15 * 60_000

export const migrations: Migration[] = [
  {
    id: "usage.1",
    sql: `
      CREATE TABLE usage_calls (
        id INTEGER PRIMARY KEY,
        at INTEGER NOT NULL,
        agent_id TEXT NOT NULL,
        session_key TEXT NOT NULL,
        session_id TEXT,
        run_id TEXT,
        kind TEXT NOT NULL,
        provider TEXT NOT NULL,
        model TEXT NOT NULL,
        profile TEXT,
        input INTEGER,
        output INTEGER,
        cache_read INTEGER,
        cache_write INTEGER,
        billing TEXT NOT NULL,
        micros INTEGER,
        price TEXT,
        ms INTEGER NOT NULL,
        outcome TEXT NOT NULL
      ) STRICT;
      CREATE INDEX usage_calls_at ON usage_calls (at);
      CREATE INDEX usage_calls_of_session ON usage_calls (session_key, at);
      CREATE INDEX usage_calls_of_transcript ON usage_calls (session_id);
      CREATE TABLE usage_sums (
        quarter INTEGER NOT NULL,
        agent_id TEXT NOT NULL,
        session_key TEXT NOT NULL,
        provider TEXT NOT NULL,
        model TEXT NOT NULL,
        kind TEXT NOT NULL,
        calls INTEGER NOT NULL,
        failed INTEGER NOT NULL,
        input INTEGER NOT NULL,
        output INTEGER NOT NULL,
        cache_read INTEGER NOT NULL,
        cache_write INTEGER NOT NULL,
        micros INTEGER NOT NULL,
        unpriced INTEGER NOT NULL,
        subscription INTEGER NOT NULL,
        uncounted INTEGER NOT NULL,
        PRIMARY KEY (quarter, agent_id, session_key, provider, model, kind)
      ) STRICT, WITHOUT ROWID;`,
  },
]
