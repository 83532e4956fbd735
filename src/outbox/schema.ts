import type { Migration } from "../store/database.ts"

export const migrations: Migration[] = [
  {
    id: "outbox.1",
    sql: `
      CREATE TABLE outbox_deliveries (
        id TEXT PRIMARY KEY,
        key TEXT NOT NULL UNIQUE,
        destination TEXT NOT NULL,
        session_key TEXT,
        source TEXT,
        created_at INTEGER NOT NULL
      ) STRICT;
      CREATE INDEX outbox_deliveries_by_age ON outbox_deliveries (created_at);
      CREATE TABLE outbox (
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        delivery TEXT NOT NULL REFERENCES outbox_deliveries (id) ON DELETE CASCADE,
        channel TEXT NOT NULL,
        account TEXT NOT NULL,
        chat TEXT NOT NULL,
        part TEXT NOT NULL,
        replaces TEXT,
        plain INTEGER NOT NULL DEFAULT 0,
        state TEXT NOT NULL,
        attempts INTEGER NOT NULL DEFAULT 0,
        not_before INTEGER NOT NULL,
        created_at INTEGER NOT NULL,
        sent_at INTEGER,
        settled_at INTEGER,
        message_id TEXT,
        error TEXT
      ) STRICT;
      CREATE INDEX outbox_of_delivery ON outbox (delivery);
      CREATE INDEX outbox_waiting ON outbox (channel, account, chat, seq)
        WHERE state IN ('pending', 'sending');
      CREATE INDEX outbox_trouble ON outbox (seq) WHERE state IN ('failed', 'unknown');
      CREATE TABLE outbox_last (
        session_key TEXT PRIMARY KEY,
        destination TEXT NOT NULL,
        at INTEGER NOT NULL
      ) STRICT, WITHOUT ROWID;`,
  },
]
