import type { Database } from "../../store/database.ts"

/** How far a mailbox was read. */
export interface Place {
  historyId: string
  syncedAt: number
}

/** What Gmail was told to tell of. */
export interface Watched {
  /** Topic and label; another one is told anew. */
  as: string
  at: number
  expiresAt: number
}

export interface GmailStore {
  place(account: string): Place | undefined
  /** What came before is done, and its messages that came before `forgetBefore` are forgotten. */
  advance(account: string, place: Place, forgetBefore: number): void
  isDone(account: string, messageId: string): boolean
  done(account: string, messageId: string, at: number): void
  watched(account: string): Watched | undefined
  setWatched(account: string, watched: Watched): void
}

export const createGmailStore = (db: Database): GmailStore => {
  const { sqlite } = db
  const get = sqlite.query<
    {
      historyId: string
      syncedAt: number
      watchedAs: string | null
      watchedAt: number
      expiresAt: number
    },
    [string]
  >(
    `SELECT history_id AS historyId, synced_at AS syncedAt, watched_as AS watchedAs,
       watched_at AS watchedAt, expires_at AS expiresAt FROM gmail_watches WHERE account = ?`,
  )
  const put = sqlite.query(
    `INSERT INTO gmail_watches (account, history_id, synced_at)
     VALUES ($account, $historyId, $syncedAt)
     ON CONFLICT (account) DO UPDATE SET history_id = $historyId, synced_at = $syncedAt`,
  )
  const forget = sqlite.query(
    "DELETE FROM gmail_messages WHERE account = $account AND done_at < $before",
  )
  const find = sqlite.query("SELECT 1 FROM gmail_messages WHERE account = ? AND message_id = ?")
  const mark = sqlite.query(
    "INSERT OR IGNORE INTO gmail_messages (account, message_id, done_at) VALUES (?, ?, ?)",
  )
  const watch = sqlite.query(
    `UPDATE gmail_watches SET watched_as = $as, watched_at = $at, expires_at = $expiresAt
     WHERE account = $account`,
  )
  return {
    place: (account) => get.get(account) ?? undefined,
    advance: (account, { historyId, syncedAt }, before) =>
      db.write(() => {
        put.run({ account, historyId, syncedAt })
        forget.run({ account, before })
      }),
    isDone: (account, messageId) => find.get(account, messageId) !== null,
    done: (account, messageId, at) => void db.write(() => mark.run(account, messageId, at)),
    watched(account) {
      const row = get.get(account)
      return row?.watchedAs
        ? { as: row.watchedAs, at: row.watchedAt, expiresAt: row.expiresAt }
        : undefined
    },
    setWatched: (account, watched) => void db.write(() => watch.run({ account, ...watched })),
  }
}
