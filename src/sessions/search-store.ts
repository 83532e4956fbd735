import type { Database } from "../store/database.ts"
import { readMessage } from "./entry-store.ts"
import type { Message } from "./message.ts"
import { textOf } from "./message.ts"
import { entryBits } from "./schema.ts"

/** Where words were found. */
export interface Found {
  sessionId: string
  key: string
  agentId: string | null
  /** Null where the transcript is archived. */
  label: string | null
  title: string | null
  archived: boolean
  id: string
  seq: number
  message: Message
}

export interface WordsWanted {
  words: readonly string[]
  agentId?: string | null
  sessionId?: string
}

/** The words of transcripts. Each call is short: what is behind is caught up with in slices. */
export interface SearchStore {
  /** Adds up to so many entries; false when none are left. */
  catchUp(entries: number): boolean
  /** The newest that hold all of the words, as many as one look can afford. */
  find(wanted: WordsWanted): Found[]
  /** Forgets every word, to begin again. */
  clear(): void
}

/** What a person or a model says is found; of what a tool gave only what somebody might read. */
const mostBytes = { user: 256_000, assistant: 256_000, toolResult: 16_000 }
const heaviest = 256_000

/** Words that are everywhere have a million matches: only the newest of them are looked at. */
const most = { matches: 5_000, entries: 500, bytes: 8_000_000 }

export const createSearchStore = (db: Database): SearchStore => {
  const { sqlite } = db
  const behind = sqlite.query<{ no: number; sessionId: string; indexed: number }, []>(
    `SELECT no, session_id AS sessionId, indexed FROM transcripts WHERE behind = 1
     ORDER BY no DESC LIMIT 1`,
  )
  const following = sqlite.query<
    { seq: number; message: string | null },
    [number, string, number, number]
  >(
    `SELECT seq, CASE WHEN octet_length(message) <= ? THEN message END AS message
     FROM entries WHERE session_id = ? AND seq > ? ORDER BY seq LIMIT ?`,
  )
  const add = sqlite.query<unknown, [number, string]>(
    "INSERT INTO transcript_words (rowid, text) VALUES (?, ?)",
  )
  const advance = sqlite.query<unknown, [number, number, number]>(
    "UPDATE transcripts SET indexed = ?, behind = ? WHERE no = ?",
  )
  const matching = sqlite.query<Omit<Found, "message"> & { message: string }, Matching>(
    `WITH newest AS MATERIALIZED (
       SELECT rowid AS place FROM transcript_words
       WHERE transcript_words MATCH $words AND rowid BETWEEN $first AND $last
       ORDER BY rowid DESC LIMIT ${most.matches}),
     placed AS MATERIALIZED (
       SELECT place, t.session_id, coalesce(s.key, a.key) AS key,
         coalesce(s.agent_id, a.agent_id) AS agent_id, s.label,
         coalesce(s.title, a.title) AS title, s.key IS NULL AS archived
       FROM newest JOIN transcripts t ON t.no = place >> ${entryBits}
       LEFT JOIN sessions s ON s.session_id = t.session_id
       LEFT JOIN archives a ON a.session_id = t.session_id AND a.reason <> 'erased'
       WHERE coalesce(s.key, a.key) IS NOT NULL
         AND ($agentId IS NULL OR coalesce(s.agent_id, a.agent_id) = $agentId)
       ORDER BY place DESC LIMIT ${most.entries})
     SELECT p.session_id AS sessionId, key, agent_id AS agentId, label, title, archived,
       e.id, e.seq, e.message
     FROM placed p CROSS JOIN entries e
       ON e.session_id = p.session_id AND e.seq = place & ${2 ** entryBits - 1}`,
  )
  const numberOf = sqlite.query<{ no: number }, [string]>(
    "SELECT no FROM transcripts WHERE session_id = ?",
  )

  return {
    catchUp(entries) {
      const next = behind.get()
      if (!next) return false
      const { no, sessionId, indexed } = next
      db.write(() => {
        const rows = following.all(heaviest, sessionId, indexed, entries)
        for (const { seq, message } of rows) {
          const words = message && wordsOf(message)
          if (words) add.run(no * 2 ** entryBits + seq, words)
        }
        advance.run(rows.at(-1)?.seq ?? indexed, Number(rows.length === entries), no)
      })
      return true
    },

    find({ words, agentId = null, sessionId }) {
      const only = sessionId === undefined ? undefined : numberOf.get(sessionId)?.no
      if (sessionId !== undefined && only === undefined) return []
      const first = (only ?? 0) * 2 ** entryBits
      const last = only === undefined ? Number.MAX_SAFE_INTEGER : first + 2 ** entryBits - 1
      const found: Found[] = []
      let room = most.bytes
      for (const row of matching.iterate({ words: asQuery(words), first, last, agentId })) {
        const message = readMessage(row.message)
        room -= row.message.length
        if (message) found.push({ ...row, archived: Boolean(row.archived), message })
        if (room < 0) break
      }
      return found
    },

    clear() {
      db.write(() => {
        sqlite.run("INSERT INTO transcript_words (transcript_words) VALUES ('delete-all')")
        sqlite.run("UPDATE transcripts SET indexed = 0, behind = 1")
      })
    },
  }
}

type Matching = {
  words: string
  first: number
  last: number
  agentId: string | null
}

const wordsOf = (text: string) => {
  const message = readMessage(text)
  const most = message && mostBytes[message.role]
  if (!most || text.length > most) return undefined
  return textOf(message).trim() || undefined
}

/** All of the words, each as it is; the last may be the beginning of one. */
const asQuery = (words: readonly string[]) =>
  words
    .map((word, at) => `"${word.replaceAll('"', '""')}"${at === words.length - 1 ? "*" : ""}`)
    .join(" AND ")
