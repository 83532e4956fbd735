import type { Migration } from "../../store/database.ts"

export const migrations: Migration[] = [
  {
    id: "webhooks.1",
    sql: `
      CREATE TABLE gmail_watches (
        account TEXT PRIMARY KEY,
        history_id TEXT NOT NULL, -- what happened up to here is done
        synced_at INTEGER NOT NULL,
        watched_as TEXT, -- topic and label Gmail was told, when it was
        watched_at INTEGER,
        expires_at INTEGER
      ) STRICT;
      CREATE TABLE gmail_messages (
        account TEXT NOT NULL,
        message_id TEXT NOT NULL,
        done_at INTEGER NOT NULL,
        PRIMARY KEY (account, message_id)
      ) STRICT, WITHOUT ROWID;`,
  },
]
