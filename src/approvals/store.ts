import type { Database } from "../store/database.ts"
import type { Approval, Outcome } from "./approval.ts"

export interface ApprovalStore {
  /** Keeps a question. Gives the one that has its id already, or null for a new one. */
  add(approval: Approval): Promise<Approval | null>
  /** The first to answer wins: null when it was answered, is over, or there is none. */
  settle(
    id: string,
    answer: { outcome: Outcome; at: number; by: string | null },
  ): Promise<Approval | null>
  get(id: string): Promise<Approval | null>
  /** What waits for an answer, oldest first. */
  waiting(): Promise<Approval[]>
  /** Ends what a dead process asked: the commands behind it are gone. */
  interruptAll(at: number): Promise<Approval[]>
  /** Forgets what was answered before. */
  prune(before: number): Promise<void>
}

type Row = Omit<Approval, "request" | "patterns"> & { request: string; patterns: string }

const columns = `id, digest, request, patterns, created_at AS createdAt, expires_at AS expiresAt,
  outcome, decided_at AS decidedAt, decided_by AS decidedBy`

const toApproval = ({ request, patterns, ...row }: Row): Approval => ({
  ...row,
  request: JSON.parse(request) as Approval["request"],
  patterns: JSON.parse(patterns) as Approval["patterns"],
})

/** Every answer is on the disk before anyone hears of it. */
export const createApprovalStore = (db: Database): ApprovalStore => {
  const { sqlite } = db
  const insert = sqlite.query(
    `INSERT INTO exec_approvals VALUES ($id, $digest, $request, $patterns, $createdAt, $expiresAt,
     NULL, NULL, NULL) ON CONFLICT (id) DO NOTHING`,
  )
  const find = sqlite.query<Row, [string]>(`SELECT ${columns} FROM exec_approvals WHERE id = ?`)
  const open = sqlite.query<Row, []>(
    `SELECT ${columns} FROM exec_approvals WHERE outcome IS NULL ORDER BY created_at, id`,
  )
  const settle = sqlite.query<Row, { id: string; outcome: string; at: number; by: string | null }>(
    `UPDATE exec_approvals SET outcome = $outcome, decided_at = $at, decided_by = $by
     WHERE id = $id AND outcome IS NULL AND ($outcome IN ('expired', 'interrupted') OR expires_at > $at)
     RETURNING ${columns}`,
  )
  const prune = sqlite.query("DELETE FROM exec_approvals WHERE decided_at < $before")

  return {
    async add({ id, digest, request, patterns, createdAt, expiresAt }) {
      const row = { id, digest, createdAt, expiresAt }
      const [requestText, patternText] = [JSON.stringify(request), JSON.stringify(patterns)]
      const known = db.write(() =>
        insert.run({ ...row, request: requestText, patterns: patternText }).changes
          ? null
          : find.get(id),
      )
      await db.synced()
      return known && toApproval(known)
    },
    async settle(id, answer) {
      const row = db.write(() => settle.get({ id, ...answer }))
      await db.synced()
      return row && toApproval(row)
    },
    async get(id) {
      const row = find.get(id)
      return row && toApproval(row)
    },
    waiting: async () => open.all().map(toApproval),
    async interruptAll(at) {
      // Nearly always there is nothing, and a start writes nothing then.
      if (!open.get()) return []
      return db.write(() =>
        open
          .all()
          .flatMap(({ id }) => settle.get({ id, outcome: "interrupted", at, by: null }) ?? [])
          .map(toApproval),
      )
    },
    async prune(before) {
      db.write(() => prune.run({ before }))
    },
  }
}
