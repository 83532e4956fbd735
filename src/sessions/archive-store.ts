import type { Database } from "../store/database.ts"
import type { Archived, Archives } from "./archives.ts"

/** What is on its way out is in the archive for as long as that takes, and nobody's to see. */
const kept = `FROM archives WHERE reason <> 'erased' AND ($agentId IS NULL OR agent_id = $agentId)
  AND ($like IS NULL OR key LIKE $like ESCAPE '\\' OR title LIKE $like ESCAPE '\\')`

type Filter = Record<"agentId" | "like", string | null>
type Page = Record<"limit" | "offset", number>

export const createArchiveStore = (db: Database): Archives => {
  const { sqlite } = db
  const list = sqlite.query<Archived, Filter & Page>(
    `SELECT session_id AS sessionId, key, coalesce(agent_id, 'main') AS agentId, title, reason,
     archived_at AS archivedAt ${kept} ORDER BY archived_at DESC, session_id LIMIT $limit OFFSET $offset`,
  )
  const count = sqlite.query<{ total: number }, Filter>(`SELECT count(*) AS total ${kept}`)
  const find = sqlite.query<{ key: string; agentId: string }, [string]>(
    `SELECT key, coalesce(agent_id, 'main') AS agentId FROM archives
     WHERE session_id = ? AND reason <> 'erased'`,
  )
  const isTaken = sqlite.query<unknown, [string]>("SELECT 1 FROM sessions WHERE key = ?")
  const revive = sqlite.query(
    `INSERT INTO sessions (key, session_id, agent_id, created_at, updated_at, title, compactions)
     SELECT $key, session_id, $agentId,
       coalesce((SELECT min(at) FROM entries WHERE session_id = $sessionId), $at), $at, title,
       (SELECT count(*) FROM compactions WHERE session_id = $sessionId)
     FROM archives WHERE session_id = $sessionId`,
  )
  const leave = sqlite.query<unknown, [string]>("DELETE FROM archives WHERE session_id = ?")

  return {
    async list({ agentId = null, search, limit, offset }) {
      const like = search ? `%${search.replace(/[\\%_]/g, "\\$&")}%` : null
      const { total } = count.get({ agentId, like })!
      return { archives: list.all({ agentId, like, limit, offset }), total }
    },
    restore: async (sessionId, { otherwise, at }) =>
      db.write(() => {
        const found = find.get(sessionId)
        if (!found) return null
        const { key: from, agentId } = found
        const key = isTaken.get(from) ? otherwise(agentId) : from
        // The session first: its summaries go with a transcript that nobody has.
        revive.run({ key, sessionId, agentId, at })
        leave.run(sessionId)
        return { from, key }
      }),
  }
}
