import type { Arrival } from "../kernel/network.ts"
import type { Database, Migration } from "../store/database.ts"

/** Something that was heard and has not become a message to an agent yet. */
export interface Kept {
  channel: string
  account: string
  /** The turn that is to answer it; the same for all of one burst. */
  runId: string
  arrival: Arrival
  agentId: string
  sessionKey: string
  /** The bot was spoken to. */
  addressed: boolean
  /** What a voice note has to pass once it is in words. */
  gate?: { ignoreOtherMentions?: boolean; patterns: readonly string[] }
  listed: boolean
  rules?: string
  heardAt: number
}

/** What was said in a room and not answered: told along with the next question there. */
export interface Line {
  channel: string
  account: string
  chat: string
  thread: string
  id: string
  sender: string
  text: string
  at: number
}
export type RoomId = Pick<Line, "channel" | "account" | "chat" | "thread">

export interface Arrivals {
  /** Writes it down; false when the same one was written before. */
  keep(kept: Kept): Promise<boolean>
  /** Resolves once what was kept would outlast a power cut. */
  synced(): Promise<void>
  /** All of this turn are with the inbox now. */
  collected(runId: string, at: number): Promise<void>
  /** What a dead process left, oldest first. */
  waiting(): Promise<Kept[]>
  /** Forgets what was collected before; its network will not send it again. */
  prune(before: number): Promise<number>
  /** Remembers a line of a room, and no more than the newest `most`. */
  note(line: Line, most: number): Promise<void>
  /** The lines of a room, oldest first. */
  lines(room: RoomId): Promise<Line[]>
  /** They were told along. */
  told(lines: readonly Line[]): Promise<void>
}

export const arrivalMigrations: Migration[] = [
  {
    id: "inbox.3",
    sql: `
      CREATE TABLE arrivals (
        channel TEXT NOT NULL,
        account TEXT NOT NULL,
        chat TEXT NOT NULL,
        message_id TEXT NOT NULL,
        run_id TEXT NOT NULL,
        kept TEXT NOT NULL,
        heard_at INTEGER NOT NULL,
        collected_at INTEGER,
        PRIMARY KEY (channel, account, chat, message_id)
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX arrivals_of_run ON arrivals (run_id);
      CREATE INDEX arrivals_waiting ON arrivals (heard_at) WHERE collected_at IS NULL;
      CREATE INDEX arrivals_collected ON arrivals (collected_at) WHERE collected_at IS NOT NULL;
      CREATE TABLE room_lines (
        channel TEXT NOT NULL,
        account TEXT NOT NULL,
        chat TEXT NOT NULL,
        thread TEXT NOT NULL,
        message_id TEXT NOT NULL,
        sender TEXT NOT NULL,
        text TEXT NOT NULL,
        at INTEGER NOT NULL,
        PRIMARY KEY (channel, account, chat, thread, message_id)
      ) STRICT, WITHOUT ROWID;`,
  },
]

/** Whether a dead process left anything; asked at every start, so without more ado. */
export const isAnyWaiting = ({ sqlite }: Database) =>
  sqlite.query("SELECT 1 FROM arrivals WHERE collected_at IS NULL LIMIT 1").get() !== null

const inRoom = "channel = $channel AND account = $account AND chat = $chat AND thread = $thread"

export const createArrivals = (db: Database): Arrivals => {
  const { sqlite } = db
  const insert = sqlite.query(
    `INSERT INTO arrivals (channel, account, chat, message_id, run_id, kept, heard_at)
     VALUES ($channel, $account, $chat, $id, $runId, $kept, $heardAt) ON CONFLICT DO NOTHING`,
  )
  // What it said is in the inbox from here on; the row only tells that it was heard.
  const collect = sqlite.query(
    `UPDATE arrivals SET collected_at = $at, kept = ''
     WHERE run_id = $runId AND collected_at IS NULL`,
  )
  const open = sqlite.query<{ kept: string }, []>(
    "SELECT kept FROM arrivals WHERE collected_at IS NULL ORDER BY heard_at",
  )
  const prune = sqlite.query("DELETE FROM arrivals WHERE collected_at < $before")
  const note = sqlite.query(
    `INSERT INTO room_lines (channel, account, chat, thread, message_id, sender, text, at)
     VALUES ($channel, $account, $chat, $thread, $id, $sender, $text, $at) ON CONFLICT DO NOTHING`,
  )
  const trim = sqlite.query(
    `DELETE FROM room_lines WHERE ${inRoom} AND at < coalesce((
       SELECT at FROM room_lines WHERE ${inRoom} ORDER BY at DESC LIMIT 1 OFFSET $last), 0)`,
  )
  const lines = sqlite.query<Line, RoomId & Record<string, string>>(
    `SELECT channel, account, chat, thread, message_id AS id, sender, text, at
     FROM room_lines WHERE ${inRoom} ORDER BY at`,
  )
  const tell = sqlite.query(`DELETE FROM room_lines WHERE ${inRoom} AND message_id = $id`)
  const room = ({ channel, account, chat, thread }: RoomId) => ({ channel, account, chat, thread })

  return {
    async keep(kept) {
      const { channel, account, runId, arrival, heardAt } = kept
      const place = { channel, account, chat: arrival.conversation.id, id: arrival.id }
      const row = { ...place, runId, heardAt, kept: JSON.stringify(kept) }
      return db.write(() => insert.run(row).changes > 0)
    },
    synced: () => db.synced(),
    async collected(runId, at) {
      db.write(() => collect.run({ runId, at }))
    },
    waiting: async () => open.all().map(({ kept }) => JSON.parse(kept) as Kept),
    prune: async (before) => db.write(() => prune.run({ before }).changes),
    async note(line, most) {
      db.write(() => {
        note.run({ ...line })
        trim.run({ ...room(line), last: most - 1 })
      })
    },
    lines: async (where) => lines.all(room(where)),
    async told(told) {
      if (told.length)
        db.write(() => {
          for (const line of told) tell.run({ ...room(line), id: line.id })
        })
    },
  }
}
