import type { Migration } from "../store/database.ts"

export const migrations: Migration[] = [
  {
    id: "channels.1",
    sql: `
      CREATE TABLE channel_memory (
        channel TEXT NOT NULL,
        account TEXT NOT NULL,
        key TEXT NOT NULL,
        value TEXT NOT NULL,
        PRIMARY KEY (channel, account, key)
      ) STRICT, WITHOUT ROWID;`,
  },
]

/** Where a connection was left off lets whoever has it take it up. */
export const secretTables = ["channel_memory"]
