import type { Picture } from "../kernel/channel.ts"
import type { Database, Migration } from "../store/database.ts"
import type { ResponseObject } from "./responses-object.ts"
import type { OutputItem } from "./responses-output.ts"
import type { Word } from "./words.ts"

export const migrations: Migration[] = [
  {
    id: "v1.1",
    sql: `
      CREATE TABLE responses (
        id TEXT PRIMARY KEY,
        caller TEXT NOT NULL,
        agent_id TEXT NOT NULL,
        end_user TEXT,
        previous_id TEXT,
        input TEXT NOT NULL,
        response TEXT NOT NULL,
        used_at INTEGER NOT NULL
      ) STRICT; -- not WITHOUT ROWID: rows are heavy
      CREATE INDEX responses_by_use ON responses (used_at);
      CREATE TABLE response_items (
        id TEXT PRIMARY KEY,
        response_id TEXT NOT NULL REFERENCES responses (id) ON DELETE CASCADE
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX response_items_of ON response_items (response_id);`,
  },
]

export type KeptPart = { type: "text"; text: string } | ({ type: "image" } & Picture)
type AsKept<W> = W extends { parts: unknown }
  ? Omit<W, "parts"> & { parts: readonly KeptPart[] }
  : W
/** A message as it is kept: its pictures by name. */
export type KeptWord = AsKept<Word>

export interface Kept {
  id: string
  /** Whose it is: nobody else finds it. */
  caller: string
  agentId: string
  /** The person the caller named. */
  endUser: string | null
  previousId: string | null
  /** What it answered. */
  input: readonly KeptWord[]
  response: ResponseObject
}

/** Who asks, and as far as it matters, for which agent and person. */
export interface Asker {
  caller: string
  agentId?: string
  endUser?: string | null
}

export interface ResponseStore {
  keep(kept: Kept, at: number): Promise<void>
  find(id: string, asker: Asker): Promise<Kept | null>
  /** The response and all it goes on from, the first one first; null when one of them is not there. */
  chain(id: string, asker: Asker, at: number): Promise<Kept[] | null>
  /** An item of the output of some response. */
  item(id: string, asker: Asker): Promise<OutputItem | null>
  /** True when it was there. */
  remove(id: string, asker: Asker): Promise<boolean>
  /** Forgets those not used since `before`, and the oldest beyond `most`. */
  prune(before: number, most: number): Promise<number>
}

/** Links of one chain that are followed. */
const longestChain = 1000

interface Row extends Omit<Kept, "input" | "response"> {
  input: string
  response: string
}

const columns = `r.id, r.caller, r.agent_id AS agentId, r.end_user AS endUser,
  r.previous_id AS previousId, r.input, r.response`

export const createResponseStore = (db: Database): ResponseStore => {
  const { sqlite } = db
  const insert = sqlite.query(
    `INSERT INTO responses VALUES
       ($id, $caller, $agentId, $endUser, $previousId, $input, $response, $at)`,
  )
  const insertItem = sqlite.query("INSERT OR IGNORE INTO response_items VALUES (?, ?)")
  const byId = sqlite.query<Row, [string]>(`SELECT ${columns} FROM responses r WHERE r.id = ?`)
  const chain = sqlite.query<Row, [string, number]>(
    `WITH RECURSIVE chain (id, depth) AS (
       SELECT ?1, 0
       UNION ALL
       SELECT r.previous_id, depth + 1 FROM chain c JOIN responses r ON r.id = c.id
         WHERE r.previous_id IS NOT NULL AND depth < ?2
     )
     SELECT ${columns} FROM chain c JOIN responses r ON r.id = c.id ORDER BY depth DESC`,
  )
  const use = sqlite.query("UPDATE responses SET used_at = ? WHERE id = ?")
  const ofItem = sqlite.query<Row, [string]>(
    `SELECT ${columns} FROM response_items i JOIN responses r ON r.id = i.response_id
     WHERE i.id = ?`,
  )
  const remove = sqlite.query("DELETE FROM responses WHERE id = ?")
  const removeOld = sqlite.query("DELETE FROM responses WHERE used_at < ?")
  const removeSurplus = sqlite.query(
    `DELETE FROM responses WHERE id IN
       (SELECT id FROM responses ORDER BY used_at DESC LIMIT -1 OFFSET ?)`,
  )

  const find = (row: Row | null, asker: Asker) => (row && isTheirs(row, asker) ? toKept(row) : null)

  return {
    async keep({ input, response, ...kept }, at) {
      const row = { ...kept, input: JSON.stringify(input), response: JSON.stringify(response), at }
      db.write(() => {
        insert.run(row)
        for (const { id } of response.output) insertItem.run(id, kept.id)
      })
    },
    find: async (id, asker) => find(byId.get(id), asker),
    async chain(id, asker, at) {
      const rows = chain.all(id, longestChain)
      const isWhole = rows.length > 0 && rows[0]!.previousId === null
      if (!isWhole || !rows.every((row) => isTheirs(row, asker))) return null
      db.write(() => rows.forEach((row) => use.run(at, row.id)))
      return rows.map(toKept)
    },
    async item(id, asker) {
      const kept = find(ofItem.get(id), asker)
      return kept?.response.output.find((item) => item.id === id) ?? null
    },
    remove: async (id, asker) =>
      find(byId.get(id), asker) !== null && db.write(() => remove.run(id)).changes > 0,
    prune: async (before, most) =>
      db.write(() => removeOld.run(before).changes + removeSurplus.run(most).changes),
  }
}

const isTheirs = (row: Row, { caller, agentId, endUser }: Asker) =>
  row.caller === caller &&
  (agentId === undefined || row.agentId === agentId) &&
  (endUser === undefined || row.endUser === endUser)

const toKept = ({ input, response, ...row }: Row): Kept => ({
  ...row,
  input: JSON.parse(input) as KeptWord[],
  response: JSON.parse(response) as ResponseObject,
})
