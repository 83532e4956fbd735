import type { ConnectContext } from "../kernel/connect-context.ts"
import type { Database } from "../store/database.ts"

/** What adapters keep from one connection to the next, such as an offset. */
export interface ChannelStore {
  /** Of one account: read at once, written through. */
  memory(channel: string, account: string): Promise<ConnectContext["memory"]>
  /** Forgets all of an account. */
  forget(channel: string, account: string): Promise<void>
}

export const createChannelStore = (db: Database): ChannelStore => {
  const { sqlite } = db
  return {
    async memory(channel, account) {
      const rows = sqlite
        .query<{ key: string; value: string }, [string, string]>(
          "SELECT key, value FROM channel_memory WHERE channel = ? AND account = ?",
        )
        .all(channel, account)
      const values = new Map(rows.map(({ key, value }) => [key, value]))
      return {
        get: (key) => values.get(key),
        async set(key, value) {
          if (values.get(key) === value) return
          db.write(() =>
            sqlite
              .query(
                `INSERT INTO channel_memory (channel, account, key, value) VALUES (?, ?, ?, ?)
                 ON CONFLICT DO UPDATE SET value = excluded.value`,
              )
              .run(channel, account, key, value),
          )
          values.set(key, value)
        },
      }
    },
    async forget(channel, account) {
      db.write(() =>
        sqlite
          .query("DELETE FROM channel_memory WHERE channel = ? AND account = ?")
          .run(channel, account),
      )
    },
  }
}
