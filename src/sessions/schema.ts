import type { Migration } from "../store/database.ts"

/** Room for the entries of one transcript in the rows of the index. */
export const entryBits = 24

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
  {
    id: "sessions.3",
    sql: `
      ALTER TABLE sessions ADD COLUMN damage TEXT;
      ALTER TABLE sessions ADD COLUMN forked_from TEXT;
      CREATE INDEX sessions_labelled ON sessions (agent_id, label) WHERE label IS NOT NULL;
      ALTER TABLE archives ADD COLUMN agent_id TEXT;
      ALTER TABLE archives ADD COLUMN reason TEXT NOT NULL DEFAULT 'reset';
      CREATE INDEX archives_by_age ON archives (archived_at);
      CREATE TABLE quarantine (
        session_id TEXT NOT NULL,
        seq INTEGER NOT NULL, -- of an entry; 0 for the session itself
        key TEXT NOT NULL,
        content TEXT NOT NULL,
        found_at INTEGER NOT NULL,
        PRIMARY KEY (session_id, seq)
      ) STRICT, WITHOUT ROWID;`,
  },
  {
    // Words are found by rows of these; store/snapshot.ts copies rowids as they are.
    id: "sessions.4",
    sql: `
      CREATE VIRTUAL TABLE session_words USING fts5(key, label, title, tokenize = 'trigram');
      INSERT INTO session_words (rowid, key, label, title)
        SELECT rowid, key, label, title FROM sessions;
      CREATE TRIGGER sessions_listed AFTER INSERT ON sessions BEGIN
        INSERT INTO session_words (rowid, key, label, title)
          VALUES (new.rowid, new.key, new.label, new.title);
      END;
      CREATE TRIGGER sessions_relisted AFTER UPDATE OF label, title ON sessions
        WHEN new.label IS NOT old.label OR new.title IS NOT old.title BEGIN
        UPDATE session_words SET label = new.label, title = new.title WHERE rowid = old.rowid;
      END;
      CREATE TRIGGER sessions_unlisted AFTER DELETE ON sessions BEGIN
        DELETE FROM session_words WHERE rowid = old.rowid;
      END;
      CREATE TABLE transcripts (
        no INTEGER PRIMARY KEY,
        session_id TEXT NOT NULL UNIQUE,
        indexed INTEGER NOT NULL DEFAULT 0, -- up to which entry its words can be found
        behind INTEGER NOT NULL DEFAULT 1
      ) STRICT;
      CREATE INDEX transcripts_behind ON transcripts (no) WHERE behind;
      CREATE VIRTUAL TABLE transcript_words USING fts5(
        text, content = '', contentless_delete = 1, tokenize = 'unicode61 remove_diacritics 2'
      ); -- rowid: the transcript's number and the entry's, ${entryBits} bits
      INSERT INTO transcripts (session_id)
        SELECT session_id FROM sessions UNION SELECT session_id FROM archives;
      CREATE TRIGGER entries_added AFTER INSERT ON entries BEGIN
        INSERT INTO transcripts (session_id) VALUES (new.session_id)
          ON CONFLICT (session_id) DO UPDATE SET behind = 1 WHERE behind = 0;
      END;
      CREATE TRIGGER entries_gone AFTER DELETE ON entries BEGIN
        DELETE FROM transcript_words WHERE rowid = (
          SELECT (no << ${entryBits}) | old.seq FROM transcripts WHERE session_id = old.session_id
        );
        UPDATE transcripts SET indexed = min(indexed, old.seq - 1)
          WHERE session_id = old.session_id;
      END;`,
  },
]
