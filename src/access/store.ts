import type { Database } from "../store/database.ts"

/** An account, or everything a list is asked for. */
export interface Where {
  channel?: string
  account?: string
}

interface Somebody {
  channel: string
  account: string
  /** Their first stable id. */
  sender: string
  /** As they call themselves. */
  name: string
}
export interface PairRequest extends Somebody {
  code: string
  /** Where they asked, for the answer. JSON. */
  conversation: string
  createdAt: number
}
export interface PairedSender extends Somebody {
  approvedAt: number
}

/** Who asked to be heard, and who was let in: by account, for private chats. */
export interface PairingStore {
  /**
   * Keeps a request unless this sender has one, or `most` wait already; null then. Those from before
   * `expired` are gone.
   */
  request(
    request: PairRequest,
    limits: { most: number; expired: number },
  ): Promise<PairRequest | null>
  requests(where: Where, expired: number): Promise<PairRequest[]>
  /** Lets the sender of a request in; null when it is there no longer. */
  approve(request: PairRequest, at: number): Promise<PairedSender | null>
  paired(where: Where): Promise<PairedSender[]>
  /** True when one of these ids was let in on this account. */
  has(channel: string, account: string, ids: readonly string[]): Promise<boolean>
  /** False when nobody by that id was let in. */
  remove(who: Pick<Somebody, "channel" | "account" | "sender">): Promise<boolean>
}

export const createPairingStore = (db: Database): PairingStore => {
  const { sqlite } = db
  const expire = sqlite.query("DELETE FROM pairing_requests WHERE created_at <= $expired")
  const waiting = sqlite.query<{ count: number }, [string, string]>(
    "SELECT count(*) AS count FROM pairing_requests WHERE channel = ? AND account = ?",
  )
  const insert = sqlite.query(
    `INSERT INTO pairing_requests (channel, account, sender, code, name, conversation, created_at)
     VALUES ($channel, $account, $sender, $code, $name, $conversation, $createdAt) ON CONFLICT DO NOTHING`,
  )
  const requests = sqlite.query<
    PairRequest,
    { channel: string | null; account: string | null; expired: number }
  >(
    `SELECT channel, account, sender, code, name, conversation, created_at AS createdAt FROM pairing_requests
     WHERE created_at > $expired AND channel = coalesce($channel, channel)
       AND account = coalesce($account, account) ORDER BY created_at DESC`,
  )
  const take = sqlite.query(
    `DELETE FROM pairing_requests
     WHERE channel = $channel AND account = $account AND sender = $sender AND code = $code`,
  )
  const admit = sqlite.query(
    `INSERT INTO paired_senders (channel, account, sender, name, approved_at)
     VALUES ($channel, $account, $sender, $name, $approvedAt)
     ON CONFLICT DO UPDATE SET name = excluded.name, approved_at = excluded.approved_at`,
  )
  const paired = sqlite.query<PairedSender, { channel: string | null; account: string | null }>(
    `SELECT channel, account, sender, name, approved_at AS approvedAt FROM paired_senders
     WHERE channel = coalesce($channel, channel) AND account = coalesce($account, account)
     ORDER BY approved_at DESC`,
  )
  const find = sqlite.query<{ sender: string }, [string, string, string]>(
    "SELECT sender FROM paired_senders WHERE channel = ? AND account = ? AND sender = ?",
  )
  const remove = sqlite.query(
    "DELETE FROM paired_senders WHERE channel = $channel AND account = $account AND sender = $sender",
  )
  const place = ({ channel, account }: Where) => ({
    channel: channel ?? null,
    account: account ?? null,
  })

  return {
    request: async (request, { most, expired }) =>
      db.write(() => {
        expire.run({ expired })
        if (waiting.get(request.channel, request.account)!.count >= most) return null
        return insert.run({ ...request }).changes ? request : null
      }),
    requests: async (where, expired) => requests.all({ ...place(where), expired }),
    approve: async ({ channel, account, sender, name, code }, at) =>
      db.write(() => {
        if (!take.run({ channel, account, sender, code }).changes) return null
        const row = { channel, account, sender, name, approvedAt: at }
        admit.run(row)
        return row
      }),
    paired: async (where) => paired.all(place(where)),
    has: async (channel, account, ids) => ids.some((id) => find.get(channel, account, id) !== null),
    remove: async ({ channel, account, sender }) =>
      db.write(() => remove.run({ channel, account, sender }).changes > 0),
  }
}
