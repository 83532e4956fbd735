import type { Migration } from "../store/database.ts"

export const migrations: Migration[] = [
  {
    id: "nodes.1",
    sql: `
      CREATE TABLE nodes (
        node_id TEXT PRIMARY KEY,
        display_name TEXT,
        claims TEXT,
        connected_at INTEGER,
        remote_ip TEXT
      ) STRICT, WITHOUT ROWID;
      CREATE TABLE node_work (
        id TEXT PRIMARY KEY,
        node_id TEXT NOT NULL,
        type TEXT NOT NULL,
        priority TEXT NOT NULL,
        created_at INTEGER NOT NULL,
        expires_at INTEGER NOT NULL
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX node_work_of ON node_work (node_id, priority, created_at);
      CREATE TABLE node_runs (
        approval_id TEXT PRIMARY KEY,
        at INTEGER NOT NULL
      ) STRICT, WITHOUT ROWID;`,
  },
]
