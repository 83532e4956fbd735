import type { Migration } from "../store/database.ts"

export const migrations: Migration[] = [
  {
    id: "approvals.1",
    sql: `
      CREATE TABLE exec_approvals (
        id TEXT PRIMARY KEY,
        digest TEXT NOT NULL,
        request TEXT NOT NULL,
        patterns TEXT NOT NULL,
        created_at INTEGER NOT NULL,
        expires_at INTEGER NOT NULL,
        outcome TEXT,
        decided_at INTEGER,
        decided_by TEXT
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX exec_approvals_waiting ON exec_approvals (created_at) WHERE outcome IS NULL;
      CREATE TABLE exec_policies (
        agent_id TEXT PRIMARY KEY,
        limits TEXT NOT NULL
      ) STRICT, WITHOUT ROWID;
      CREATE TABLE exec_allowlist (
        agent_id TEXT NOT NULL,
        pattern TEXT NOT NULL,
        id TEXT NOT NULL,
        last_used_at INTEGER,
        last_used_command TEXT,
        last_resolved_path TEXT,
        PRIMARY KEY (agent_id, pattern)
      ) STRICT, WITHOUT ROWID;`,
  },
]
