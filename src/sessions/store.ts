import { randomUUID } from "node:crypto"
import { unframed } from "../kernel/framed.ts"
import { unfenced } from "../kernel/untrusted.ts"
import type { Database } from "../store/database.ts"
import { createEntryStore } from "./entry-store.ts"
import type { Message } from "./message.ts"
import { textOf } from "./message.ts"
import { labelTaken } from "./faults.ts"
import { afterReset, patched, readOverrides } from "./overrides.ts"
import { createQuarantine } from "./quarantine.ts"
import type { Session, SessionFilter, SessionStore, Transcript, TurnRecord } from "./session.ts"

const columns = `key, session_id AS sessionId, agent_id AS agentId, created_at AS createdAt,
  updated_at AS updatedAt, label, title, preview, input_tokens AS inputTokens,
  output_tokens AS outputTokens, context_tokens AS contextTokens, provider, model, status,
  last_run_id AS lastRunId, started_at AS startedAt, ended_at AS endedAt, overrides,
  spawned_by AS spawnedBy, spawn_depth AS spawnDepth, compactions, forked_from AS forkedFrom, damage`

/** A row as SQLite gives it. */
type Row = Omit<Session, "overrides"> & { overrides: string }

export const createSessionStore = (db: Database): SessionStore => {
  const { sqlite } = db
  const quarantine = createQuarantine(db)
  const entries = createEntryStore(db, quarantine)
  /** A session whose overrides cannot be read is marked at the first look. */
  const toSession = (row: Row): Session => {
    const overrides = readOverrides(row.overrides)
    if (overrides) return { ...row, overrides }
    if (row.damage !== "overrides") quarantine.overrides(row.key)
    return { ...row, overrides: {}, damage: "overrides" }
  }
  const byKey = sqlite.query<Row, [string]>(`SELECT ${columns} FROM sessions WHERE key = ?`)
  const byId = sqlite.query<Row, [string]>(`SELECT ${columns} FROM sessions WHERE session_id = ?`)
  const get = (key: string) => {
    const row = byKey.get(key)
    return row && toSession(row)
  }
  const patchRow = sqlite.query(
    `UPDATE sessions SET label = $label, overrides = $overrides, spawned_by = $spawnedBy,
     spawn_depth = $spawnDepth WHERE key = $key`,
  )
  const insert = sqlite.query(
    `INSERT INTO sessions (key, session_id, agent_id, created_at, updated_at, label, forked_from)
     VALUES ($key, $sessionId, $agentId, $at, $at, $label, $forkedFrom)`,
  )
  const labelled = sqlite.query<{ key: string }, [string, string, string]>(
    "SELECT key FROM sessions WHERE agent_id = ? AND label = ? AND key <> ?",
  )
  // A session that was reset since has another transcript, and what happens to the old one is not its news.
  const touch = sqlite.query(
    `UPDATE sessions SET updated_at = max(updated_at, $at), preview = $preview,
     title = coalesce(title, $title) WHERE key = $key AND session_id = $sessionId`,
  )
  const started = sqlite.query(
    `UPDATE sessions SET status = 'running', last_run_id = $runId, started_at = $at, ended_at = NULL,
     updated_at = max(updated_at, $at) WHERE key = $key AND session_id = $sessionId`,
  )
  const ended = sqlite.query(
    `UPDATE sessions SET status = $status, ended_at = $at, updated_at = max(updated_at, $at),
     provider = coalesce($provider, provider), model = coalesce($model, model),
     input_tokens = input_tokens + $input, output_tokens = output_tokens + $output,
     context_tokens = CASE WHEN $context > 0 THEN $context ELSE context_tokens END
     WHERE key = $key AND session_id = $sessionId AND last_run_id = $runId`,
  )
  const restore = sqlite.query(
    "UPDATE sessions SET updated_at = $updatedAt, title = $title, preview = $preview WHERE key = $key",
  )
  const interrupt = sqlite.query(
    "UPDATE sessions SET status = 'aborted', ended_at = $at WHERE status = 'running'",
  )
  const archive = sqlite.query(
    `INSERT INTO archives (session_id, key, title, archived_at, agent_id, reason)
     SELECT session_id, key, iif($reason = 'reset', title, coalesce(label, title)), $at, agent_id,
       $reason FROM sessions WHERE key = $key`,
  )
  const remove = sqlite.query<unknown, [string]>("DELETE FROM sessions WHERE key = ?")
  const eraseEntries = sqlite.query<unknown, [string, string, number]>(
    `DELETE FROM entries WHERE session_id = ? AND seq IN (
       SELECT seq FROM entries WHERE session_id = ? ORDER BY seq LIMIT ?)`,
  )
  const isArchived = sqlite.query<unknown, [string]>("SELECT 1 FROM archives WHERE session_id = ?")
  const forget = ["archives", "transcripts", "quarantine"].map((table) =>
    sqlite.query<unknown, [string]>(`DELETE FROM ${table} WHERE session_id = ?`),
  )
  const restart = sqlite.query(
    `UPDATE sessions SET session_id = $sessionId, updated_at = $at, title = NULL, preview = NULL,
     input_tokens = 0, output_tokens = 0, context_tokens = 0, status = 'idle', last_run_id = NULL,
     started_at = NULL, ended_at = NULL, compactions = 0, damage = NULL, forked_from = NULL,
     overrides = $overrides WHERE key = $key`,
  )
  const total = sqlite.query<{ value: number }, []>(
    "SELECT value FROM counters WHERE name = 'sessions'",
  )
  const totalOfAgent = sqlite.query<{ value: number }, [string]>(
    "SELECT count(*) AS value FROM sessions WHERE agent_id = ?",
  )

  const add = (to: Transcript, runId: string | null, messages: readonly Message[]) => {
    const added = entries.add(to.sessionId, runId, messages)
    const spoken = messages.findLast(
      (message) => message.role !== "toolResult" && textOf(message).trim(),
    )
    const asked = messages.find((message) => message.role === "user")
    if (spoken)
      touch.run({
        key: to.key,
        sessionId: to.sessionId,
        at: spoken.timestamp,
        preview: shorten(unfenced(unframed(textOf(spoken))), 120),
        title: asked ? shorten(unfenced(unframed(textOf(asked))), 60) : null,
      })
    return added
  }

  const end = (to: Transcript, { runId, status, at, provider, model, usage }: TurnRecord) =>
    ended.run({
      key: to.key,
      sessionId: to.sessionId,
      runId,
      status,
      at,
      provider: provider ?? null,
      model: model ?? null,
      input: usage?.input ?? 0,
      output: usage?.output ?? 0,
      context: usage?.totalTokens ?? 0,
    })

  return {
    get: async (key) => get(key),
    async byId(sessionId) {
      const row = byId.get(sessionId)
      return row && toSession(row)
    },
    async list(filter) {
      const { sql, values } = where(filter)
      const sessions = sqlite
        .query<Row, (string | number)[]>(
          `SELECT ${columns} FROM sessions ${sql} ORDER BY updated_at DESC LIMIT ? OFFSET ?`,
        )
        .all(...values, filter.limit, filter.offset ?? 0)
        .map(toSession)
      if (!values.length) return { sessions, total: total.get()!.value }
      const matching = sqlite
        .query<{ value: number }, (string | number)[]>(
          `SELECT count(*) AS value FROM sessions ${sql}`,
        )
        .get(...values)
      return { sessions, total: matching!.value }
    },
    count: async (agentId) => (agentId ? totalOfAgent.get(agentId) : total.get())!.value,
    async open(key, agentId, at, fork) {
      return db.write(() => {
        if (!get(key)) {
          const sessionId = randomUUID()
          const forkedFrom = fork?.sessionId ?? null
          insert.run({ key, sessionId, agentId, at, label: null, forkedFrom })
          if (fork) entries.copy(fork.sessionId, sessionId, fork.entries)
        }
        return get(key)!
      })
    },
    async begin({ key, sessionId: current }, { runId, at, question, before = [] }) {
      return db.write(() => {
        const known = entries.ofRun(runId)
        const sessionId = known.sessionId ?? current
        const added = known.entries.length
          ? []
          : add({ key, sessionId }, runId, [...before, question])
        started.run({ key, sessionId, runId, at })
        const own = known.entries.length ? known.entries : added
        return { sessionId, own, entries: added, session: get(key) }
      })
    },
    append: async (to, runId, messages) =>
      db.write(() => ({ entries: add(to, runId, messages), session: get(to.key) })),
    finish: async (to, turn, messages) =>
      db.write(() => {
        const added = add(to, turn.runId, messages)
        end(to, turn)
        return { entries: added, session: get(to.key) }
      }),
    retract: async (before, runId) =>
      db.write(() => {
        const { key, sessionId, updatedAt, title, preview } = before
        const now = get(key)
        const isLast = now?.sessionId === sessionId && now.lastRunId === runId
        if (!isLast || now.status === "running" || !entries.retract(sessionId, runId)) return null
        restore.run({ key, updatedAt, title, preview })
        return get(key)
      }),
    history: async (sessionId, extract) => entries.newest(sessionId, extract),
    after: async (sessionId, seq, limit) => entries.after(sessionId, seq, limit),
    ofRun: async (runId) => entries.ofRun(runId).entries,
    size: async (sessionId) => entries.size(sessionId),
    async interruptAll(at) {
      db.write(() => interrupt.run({ at }))
    },
    async reset(key, at) {
      return db.write(() => {
        const before = get(key)
        if (!before) return null
        archive.run({ key, at, reason: "reset" })
        const overrides = JSON.stringify(afterReset(before.overrides))
        restart.run({ key, at, sessionId: randomUUID(), overrides })
        return get(key)
      })
    },
    async patch(key, { overrides = {}, ...patch }) {
      return db.write(() => {
        const session = get(key)
        if (!session) return null
        const { label, spawnedBy, spawnDepth } = { ...session, ...patch }
        const holder = label && label !== session.label && labelled.get(session.agentId, label, key)
        if (holder) throw labelTaken({ label, key: holder.key })
        const wishes = JSON.stringify(patched(session.overrides, overrides))
        patchRow.run({ key, label, spawnedBy, spawnDepth, overrides: wishes })
        return get(key)
      })
    },
    async remove(key, at, reason) {
      return db.write(() => {
        const session = get(key)
        if (!session || session.status === "running") return null
        archive.run({ key, at, reason })
        remove.run(key)
        return session
      })
    },
    async erase(sessionId, limit) {
      return db.write(() => {
        if (!isArchived.get(sessionId)) return false
        entries.forget(sessionId)
        if (eraseEntries.run(sessionId, sessionId, limit).changes) return true
        for (const one of forget) one.run(sessionId)
        return false
      })
    },
    async restore({ key, agentId, label, messages }, at) {
      return db.write(() => {
        if (get(key)) return null
        const sessionId = randomUUID()
        const isTaken = label !== null && labelled.get(agentId, label, key) !== null
        const free = isTaken ? null : label
        insert.run({ key, sessionId, agentId, at, label: free, forkedFrom: null })
        add({ key, sessionId }, null, messages)
        return get(key)
      })
    },
    damaged: async () => quarantine.damaged(),
    repair: async (key) => quarantine.repair(key),
  }
}

const where = ({ agentId, label, search, updatedSince, spawnedBy }: SessionFilter) => {
  const parts: string[] = []
  const values: (string | number)[] = []
  const add = (sql: string, ...args: (string | number)[]) => {
    parts.push(sql)
    values.push(...args)
  }
  if (agentId) add("agent_id = ?", agentId)
  if (label) add("label = ?", label)
  if (updatedSince) add("updated_at >= ?", updatedSince)
  if (spawnedBy) add("spawned_by = ?", spawnedBy)
  if (search) {
    const like = likePattern(search)
    // The index knows every three letters in a row; fewer are looked for in the rows themselves.
    if ([...search].length >= 3)
      add(
        "rowid IN (SELECT rowid FROM session_words WHERE session_words MATCH ?)",
        `"${search.replaceAll('"', '""').replaceAll("\0", "")}"`,
      )
    else
      add(
        `(key LIKE ? ESCAPE '\\' OR label LIKE ? ESCAPE '\\' OR title LIKE ? ESCAPE '\\')`,
        like,
        like,
        like,
      )
  }
  return { sql: parts.length ? `WHERE ${parts.join(" AND ")}` : "", values }
}

const likePattern = (text: string) => `%${text.replace(/[\\%_]/g, "\\$&")}%`

const shorten = (text: string, length: number) => {
  const line = text
    .slice(0, length * 4)
    .replace(/\s+/g, " ")
    .trim()
  return line.length > length ? `${line.slice(0, length - 1).toWellFormed()}…` : line
}
