import type { Migration } from "../../store/database.ts"

export const migrations: Migration[] = [
  {
    id: "models.1",
    sql: `
      CREATE TABLE auth_profiles (
        agent_id TEXT NOT NULL,
        profile_id TEXT NOT NULL,
        provider TEXT NOT NULL,
        email TEXT,
        credential TEXT NOT NULL,
        usage TEXT NOT NULL,
        PRIMARY KEY (agent_id, profile_id)
      ) STRICT, WITHOUT ROWID;
      CREATE TABLE auth_choices (
        agent_id TEXT NOT NULL,
        provider TEXT NOT NULL,
        profile_order TEXT,
        last_good TEXT,
        PRIMARY KEY (agent_id, provider)
      ) STRICT, WITHOUT ROWID;`,
  },
]

/** Tables whose rows are credentials: a backup that holds no secrets goes without them. */
export const secretTables = ["auth_profiles"]
