import type { Migration } from "../store/database.ts"

export const migrations: Migration[] = [
  {
    id: "access.1",
    sql: `
      CREATE TABLE pairing_requests (
        channel TEXT NOT NULL,
        account TEXT NOT NULL,
        sender TEXT NOT NULL,
        code TEXT NOT NULL,
        name TEXT NOT NULL,
        conversation TEXT NOT NULL,
        created_at INTEGER NOT NULL,
        PRIMARY KEY (channel, account, sender)
      ) STRICT, WITHOUT ROWID;
      CREATE TABLE paired_senders (
        channel TEXT NOT NULL,
        account TEXT NOT NULL,
        sender TEXT NOT NULL,
        name TEXT NOT NULL,
        approved_at INTEGER NOT NULL,
        PRIMARY KEY (channel, account, sender)
      ) STRICT, WITHOUT ROWID;`,
  },
]
