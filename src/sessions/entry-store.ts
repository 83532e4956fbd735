import { randomUUID } from "node:crypto"
import type { Database } from "../store/database.ts"
import type { Entry, Message } from "./message.ts"
import { leftOut } from "./message.ts"
import type { Quarantine } from "./quarantine.ts"
import type { Extract } from "./session.ts"
import { takenOf, Tails, type Weighed } from "./tails.ts"

interface Row {
  sessionId: string
  id: string
  seq: number
  runId: string | null
  bytes: number
  message: string
}

const columns = `session_id AS sessionId, id, seq, run_id AS runId, octet_length(message) AS bytes`

/** The message a row holds; undefined when it holds none. Only as thorough as a turn can afford. */
export const readMessage = (text: string): Message | undefined => {
  try {
    const message = JSON.parse(text) as Partial<Message> | null
    if (typeof message?.role !== "string" || typeof message.timestamp !== "number") return undefined
    const { content } = message
    const isWhole = Array.isArray(content)
      ? content.every((part: unknown) => typeof part === "object" && part !== null)
      : content === undefined || typeof content === "string"
    return isWhole ? (message as Message) : undefined
  } catch {
    return undefined
  }
}

const entriesOf = (weighed: readonly Weighed[]) => weighed.map(({ entry }) => entry)

/** The table of transcripts. What it does is part of its caller's transaction. */
export const createEntryStore = ({ sqlite }: Database, quarantine: Quarantine) => {
  const last = sqlite.query<Pick<Entry, "id" | "seq">, [string]>(
    "SELECT id, seq FROM entries WHERE session_id = ? ORDER BY seq DESC LIMIT 1",
  )
  const insert = sqlite.query(
    `INSERT INTO entries (session_id, seq, id, run_id, at, message)
     VALUES ($sessionId, $seq, $id, $runId, $at, $message)`,
  )
  // The weight of a text is in its row's header: what is left out is not read.
  const newest = sqlite.query<Row, [number, string, number, number, number]>(
    `SELECT ${columns}, CASE WHEN octet_length(message) <= ? THEN message
       WHEN json_valid(message) THEN json_remove(message, '$.content') ELSE '' END AS message
     FROM entries WHERE session_id = ? AND seq < ? AND seq >= ? ORDER BY seq DESC LIMIT ?`,
  )
  const following = sqlite.query<Row, [string, number, number]>(
    `SELECT ${columns}, message FROM entries WHERE session_id = ? AND seq > ? ORDER BY seq LIMIT ?`,
  )
  const ofRun = sqlite.query<Row, [string]>(
    `SELECT ${columns}, message FROM entries WHERE run_id = ? ORDER BY seq`,
  )
  // The copy begins with a question, so that no answer stands without one.
  const copy = sqlite.query<unknown, [string, string, string, number]>(
    `INSERT INTO entries (session_id, seq, id, run_id, at, message)
     SELECT ?, row_number() OVER (ORDER BY seq), lower(hex(randomblob(16))), NULL, at, message
     FROM entries WHERE session_id = ? AND seq >= (
       SELECT min(seq) FROM (
         SELECT seq, message FROM entries WHERE session_id = ? ORDER BY seq DESC LIMIT ?
       ) WHERE json_valid(message) AND message ->> '$.role' = 'user'
     ) AND json_valid(message)`,
  )

  const retract = sqlite.query(
    `DELETE FROM entries WHERE session_id = $sessionId AND run_id = $runId AND NOT EXISTS (
       SELECT 1 FROM entries WHERE session_id = $sessionId AND run_id IS NOT $runId AND seq > (
         SELECT min(seq) FROM entries WHERE session_id = $sessionId AND run_id = $runId))`,
  )

  const tails = new Tails()

  /** What can be read; the rest is put aside. */
  const weighed = (rows: readonly Row[]): Weighed[] => {
    const unreadable: Row[] = []
    const found = rows.flatMap((row): Weighed[] => {
      const message = readMessage(row.message)
      if (!message) unreadable.push(row)
      const { id, seq, runId, bytes } = row
      return message ? [{ entry: { id, seq, runId, message }, bytes }] : []
    })
    if (unreadable.length) quarantine.entries(unreadable)
    return found
  }
  const readable = (rows: readonly Row[]) => entriesOf(weighed(rows))

  /** Rows from the newest back; as far as there is room, and one in any case unless some `came`. */
  const rowsBack = (sessionId: string, extract: Extract, came = 0): Row[] => {
    const { limit, before = Infinity, since = 0, maxBytes = Infinity } = extract
    const most = extract.maxEntryBytes ?? Infinity
    const found: Row[] = []
    let room = maxBytes
    for (const row of newest.iterate(most, sessionId, before, since, limit)) {
      room -= Math.min(row.bytes, most)
      if (room < 0 && found.length + came) break
      found.push(row)
    }
    return found.reverse()
  }

  return {
    add(sessionId: string, runId: string | null, messages: readonly Message[]): Entry[] {
      const end = last.get(sessionId)
      let seq = end?.seq ?? 0
      const added = messages.map((message): Weighed => {
        const entry = { id: randomUUID(), seq: ++seq, runId, message }
        const { timestamp: at } = message
        const text = JSON.stringify(message)
        insert.run({ ...entry, sessionId, at, message: text })
        return { entry, bytes: Buffer.byteLength(text) }
      })
      tails.append(sessionId, end, added)
      return entriesOf(added)
    },

    newest(sessionId: string, extract: Extract): Entry[] {
      const { before = Infinity, since = 0, maxEntryBytes } = extract
      if (maxEntryBytes !== undefined)
        return weighed(rowsBack(sessionId, extract)).map(({ entry, bytes }) =>
          bytes > maxEntryBytes ? { ...entry, message: leftOut(entry.message) } : entry,
        )
      const end = last.get(sessionId)
      const tail = tails.of(sessionId, end)
      const first = tail[0]?.entry.seq ?? (end?.seq ?? 0) + 1
      const { entries: known, more } = takenOf(tail, extract)
      if (!more || first <= Math.max(since, 1)) return known
      const edge = Math.min(before, first)
      const older = weighed(rowsBack(sessionId, { ...more, since, before: edge }, known.length))
      if (edge === first) tails.prepend(sessionId, older)
      return [...entriesOf(older), ...known]
    },

    /** What is in memory of a transcript goes, as on disk. */
    forget: (sessionId: string) => tails.drop(sessionId),

    /** Those that come after `seq`, oldest first; `last` is how far was read. */
    after(
      sessionId: string,
      seq: number,
      limit: number,
    ): { entries: Entry[]; last: number | null } {
      const rows = following.all(sessionId, seq, limit)
      return { entries: readable(rows), last: rows.at(-1)?.seq ?? null }
    },

    /** Begins a transcript with the newest entries of another. */
    copy(from: string, to: string, limit: number) {
      copy.run(to, from, from, limit)
    },

    ofRun(runId: string): { sessionId: string | undefined; entries: Entry[] } {
      const rows = ofRun.all(runId)
      return { sessionId: rows[0]?.sessionId, entries: readable(rows) }
    },

    /** Takes out what a run wrote, unless others have written after it. */
    retract(sessionId: string, runId: string): boolean {
      return retract.run({ sessionId, runId }).changes > 0
    },

    size: (sessionId: string) => last.get(sessionId)?.seq ?? 0,
  }
}
