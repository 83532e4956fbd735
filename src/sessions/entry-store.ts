import { randomUUID } from "node:crypto"
import type { Database } from "../store/database.ts"
import type { Entry, Message } from "./message.ts"
import { leftOut } from "./message.ts"
import type { Extract } from "./session.ts"

interface Row {
  sessionId: string
  id: string
  seq: number
  runId: string | null
  bytes: number
  message: string
}

const columns = `session_id AS sessionId, id, seq, run_id AS runId, octet_length(message) AS bytes`

const toEntry = ({ id, seq, runId, message }: Row): Entry => ({
  id,
  seq,
  runId,
  message: JSON.parse(message) as Message,
})

/** The table of transcripts. What it does is part of its caller's transaction. */
export const createEntryStore = ({ sqlite }: Database) => {
  const lastSeq = sqlite.query<{ seq: number | null }, [string]>(
    "SELECT max(seq) AS seq FROM entries WHERE session_id = ?",
  )
  const insert = sqlite.query(
    `INSERT INTO entries (session_id, seq, id, run_id, at, message)
     VALUES ($sessionId, $seq, $id, $runId, $at, $message)`,
  )
  // The weight of a text is in its row's header: what is left out is not read.
  const newest = sqlite.query<Row, [number, string, number, number]>(
    `SELECT ${columns}, CASE WHEN octet_length(message) > ?
       THEN json_remove(message, '$.content') ELSE message END AS message
     FROM entries WHERE session_id = ? AND seq < ? ORDER BY seq DESC LIMIT ?`,
  )
  const ofRun = sqlite.query<Row, [string]>(
    `SELECT ${columns}, message FROM entries WHERE run_id = ? ORDER BY seq`,
  )

  return {
    add(sessionId: string, runId: string | null, messages: readonly Message[]): Entry[] {
      let seq = lastSeq.get(sessionId)?.seq ?? 0
      return messages.map((message) => {
        const entry = { id: randomUUID(), seq: ++seq, runId, message }
        const { timestamp: at } = message
        insert.run({ ...entry, sessionId, at, message: JSON.stringify(message) })
        return entry
      })
    },

    newest(
      sessionId: string,
      { limit, before = Number.MAX_SAFE_INTEGER, maxBytes, maxEntryBytes }: Extract,
    ): Entry[] {
      const most = maxEntryBytes ?? Number.MAX_SAFE_INTEGER
      const found: Entry[] = []
      let room = maxBytes ?? Number.MAX_SAFE_INTEGER
      for (const row of newest.iterate(most, sessionId, before, limit)) {
        const entry = toEntry(row)
        room -= Math.min(row.bytes, most)
        if (room < 0 && found.length) break
        found.push(row.bytes > most ? { ...entry, message: leftOut(entry.message) } : entry)
      }
      return found.reverse()
    },

    ofRun(runId: string): { sessionId: string | undefined; entries: Entry[] } {
      const rows = ofRun.all(runId)
      return { sessionId: rows[0]?.sessionId, entries: rows.map(toEntry) }
    },

    size: (sessionId: string) => lastSeq.get(sessionId)?.seq ?? 0,
  }
}
