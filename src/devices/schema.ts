import type { Migration } from "../store/database.ts"

export const migrations: Migration[] = [
  {
    id: "devices.1",
    sql: `
      CREATE TABLE devices (
        device_id TEXT NOT NULL,
        role TEXT NOT NULL,
        public_key TEXT NOT NULL,
        scopes TEXT NOT NULL,
        platform TEXT NOT NULL,
        device_family TEXT NOT NULL,
        generation INTEGER NOT NULL,
        issued_at INTEGER NOT NULL,
        last_seen_at INTEGER NOT NULL,
        PRIMARY KEY (device_id, role)
      ) STRICT, WITHOUT ROWID;
      CREATE TABLE device_requests (
        request_id TEXT PRIMARY KEY,
        device_id TEXT NOT NULL,
        role TEXT NOT NULL,
        request TEXT NOT NULL,
        created_at INTEGER NOT NULL,
        UNIQUE (device_id, role)
      ) STRICT, WITHOUT ROWID;
      CREATE TABLE instance_secrets (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;`,
  },
  {
    id: "devices.2",
    sql: `
      ALTER TABLE devices ADD COLUMN display_name TEXT;
      ALTER TABLE devices ADD COLUMN client_id TEXT NOT NULL DEFAULT '';
      ALTER TABLE devices ADD COLUMN client_mode TEXT NOT NULL DEFAULT '';
      ALTER TABLE devices ADD COLUMN paired_at INTEGER NOT NULL DEFAULT 0;
      ALTER TABLE devices ADD COLUMN revoked_at INTEGER;
      UPDATE devices SET paired_at = issued_at;
      CREATE TABLE setup_codes (
        hash TEXT PRIMARY KEY,
        role TEXT NOT NULL,
        scopes TEXT NOT NULL,
        made_by TEXT,
        expires_at INTEGER NOT NULL
      ) STRICT, WITHOUT ROWID;`,
  },
]

/** Tables whose rows let someone in: a backup that holds no secrets goes without them. */
export const secretTables = ["instance_secrets", "setup_codes"]
