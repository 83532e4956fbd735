import type { Destination, Delivery } from "../kernel/delivery.ts"
import type { Part } from "../kernel/network.ts"
import type { Database } from "../store/database.ts"

export type PartState = Delivery["state"]

/** A delivery as it is written down: what is sent, in parts, and where. */
export interface NewDelivery {
  id: string
  /** The same once more is no other delivery. */
  key: string
  to: Destination & { account: string }
  sessionKey?: string
  /** The Markdown it was made from, where somebody has to know later what was said. */
  source?: string
  parts: readonly NewPart[]
}

export interface NewPart {
  part: Omit<Part, "nonce">
  /** The delivery whose message it is written over; without anything to say, that message is removed. */
  replaces?: string
  /** Not sent before this moment. */
  notBefore?: number
}

/** A part in its lane. */
export interface PartRow {
  seq: number
  delivery: string
  part: Part
  /** As `NewPart` has it. */
  replaces?: string
  state: PartState
  attempts: number
  notBefore: number
  createdAt: number
  /** When it was last handed to its network. */
  sentAt: number | null
  /** It goes without its formatting, which the network did not understand. */
  isPlain: boolean
}

/** What is sent one after the other: a conversation of one account. */
export interface Lane {
  channel: string
  account: string
  chat: string
}

/** A delivery and how it stands. */
export interface DeliveryRow extends Delivery {
  key: string
  to: Destination & { account: string }
  sessionKey?: string
  source?: string
  createdAt: number
}

export interface OutboxStore {
  /** Writes a delivery down, unless there is one of its key. */
  add(delivery: NewDelivery, at: number): Promise<{ delivery: DeliveryRow; isNew: boolean }>
  find(by: { id: string } | { key: string }): Promise<DeliveryRow | null>
  /** Deliveries whose keys begin so, oldest first. */
  withPrefix(prefix: string): Promise<DeliveryRow[]>
  /** The newest first. */
  list(filter: { states: readonly PartState[]; limit: number }): Promise<DeliveryRow[]>
  /** Every lane in which something waits. */
  lanes(of?: { channel: string; account: string }): Promise<Lane[]>
  /** The part whose turn it is. */
  next(lane: Lane): Promise<PartRow | null>
  /** It is about to be handed to its network. */
  sending(seq: number, at: number): Promise<void>
  sent(seq: number, messageId: string | null, at: number): Promise<void>
  /** It will be tried again, as `part` from then on, and `afresh`: as a message of its own. */
  again(
    seq: number,
    change: {
      state?: "pending" | "sending"
      notBefore?: number
      attempts?: number
      part?: Part
      afresh?: true
      isPlain?: true
      error?: string
    },
  ): Promise<void>
  /** It came to nothing, and with `rest` all of its delivery behind it. */
  over(
    seq: number,
    state: "failed" | "unknown",
    error: string,
    at: number,
    rest?: string,
  ): Promise<void>
  /** What failed or is unknown waits again; false when there is nothing of that. */
  retry(id: string, at: number): Promise<boolean>
  /** Forgets a delivery that is not on its way; false when it is or there is none. */
  discard(id: string): Promise<boolean>
  /** How many parts stand how. */
  count(): Promise<Partial<Record<PartState, number>>>
  prune(before: { sent: number; other: number }): Promise<number>
  /** Where a session was last spoken to from. */
  last(sessionKey: string): Promise<Destination | undefined>
  spokenTo(sessionKey: string, from: Destination, at: number): Promise<void>
  /** Resolves once all that was written would outlast a power cut. */
  synced(): Promise<void>
}

interface RawPart extends Omit<PartRow, "part" | "replaces" | "isPlain"> {
  part: string
  replaces: string | null
  plain: number
}

interface RawDelivery {
  id: string
  key: string
  destination: string
  sessionKey: string | null
  source: string | null
  createdAt: number
}

interface Standing {
  state: PartState
  messageId: string | null
  error: string | null
}

const deliveryColumns =
  "id, key, destination, session_key AS sessionKey, source, created_at AS createdAt"

const toPart = ({ part, replaces, plain, ...row }: RawPart): PartRow => ({
  ...row,
  part: JSON.parse(part) as Part,
  ...(replaces !== null && { replaces }),
  isPlain: plain === 1,
})

/** The state of the whole, from the most telling of its parts. */
const order: readonly PartState[] = ["sending", "pending", "failed", "unknown", "sent"]

const toDelivery = (raw: RawDelivery, parts: readonly Standing[]): DeliveryRow => {
  const { id, key, destination, sessionKey, source, createdAt } = raw
  const state = order.find((state) => parts.some((part) => part.state === state)) ?? "sent"
  const error = parts.find((part) => part.state === state)?.error
  return {
    id,
    key,
    to: JSON.parse(destination) as DeliveryRow["to"],
    ...(sessionKey !== null && { sessionKey }),
    ...(source !== null && { source }),
    createdAt,
    state,
    messageIds: parts.flatMap(({ messageId }) => messageId ?? []),
    ...(error && { error }),
  }
}

export const createOutboxStore = (db: Database): OutboxStore => {
  const { sqlite } = db
  const insertDelivery = sqlite.query(
    `INSERT INTO outbox_deliveries (id, key, destination, session_key, source, created_at)
     VALUES ($id, $key, $destination, $sessionKey, $source, $at) ON CONFLICT (key) DO NOTHING`,
  )
  const insertPart = sqlite.query(
    `INSERT INTO outbox (delivery, channel, account, chat, part, replaces, state, not_before, created_at)
     VALUES ($delivery, $channel, $account, $chat, $part, $replaces, 'pending', $notBefore, $at)`,
  )
  const byId = sqlite.query<RawDelivery, [string]>(
    `SELECT ${deliveryColumns} FROM outbox_deliveries WHERE id = ?`,
  )
  const byKey = sqlite.query<RawDelivery, [string]>(
    `SELECT ${deliveryColumns} FROM outbox_deliveries WHERE key = ?`,
  )
  const byPrefix = sqlite.query<RawDelivery, [string, string]>(
    `SELECT ${deliveryColumns} FROM outbox_deliveries WHERE key >= ? AND key < ? ORDER BY rowid`,
  )
  const newest = sqlite.query<RawDelivery, { states: string; limit: number }>(
    `SELECT ${deliveryColumns} FROM outbox_deliveries WHERE id IN
       (SELECT delivery FROM outbox WHERE state IN (SELECT value FROM json_each($states))
        GROUP BY delivery ORDER BY max(seq) DESC LIMIT $limit)
     ORDER BY rowid DESC`,
  )
  const partsOf = sqlite.query<Standing, [string]>(
    "SELECT state, message_id AS messageId, error FROM outbox WHERE delivery = ? ORDER BY seq",
  )
  const lanes = sqlite.query<Lane, { channel: string | null; account: string | null }>(
    `SELECT DISTINCT channel, account, chat FROM outbox
     WHERE state IN ('pending', 'sending')
       AND ($channel IS NULL OR (channel = $channel AND account = $account))`,
  )
  const next = sqlite.query<RawPart, [string, string, string]>(
    `SELECT seq, delivery, part, replaces, plain, state, attempts, not_before AS notBefore,
       created_at AS createdAt, sent_at AS sentAt
     FROM outbox WHERE state IN ('pending', 'sending') AND channel = ? AND account = ? AND chat = ?
     ORDER BY seq LIMIT 1`,
  )
  const sending = sqlite.query(
    "UPDATE outbox SET state = 'sending', attempts = attempts + 1, sent_at = $at WHERE seq = $seq",
  )
  const sent = sqlite.query(
    `UPDATE outbox SET state = 'sent', message_id = $messageId, error = NULL, settled_at = $at
     WHERE seq = $seq`,
  )
  const again = sqlite.query(
    `UPDATE outbox SET
       state = coalesce($state, state),
       not_before = coalesce($notBefore, not_before),
       attempts = coalesce($attempts, attempts),
       part = coalesce($part, part),
       replaces = CASE WHEN $afresh THEN NULL ELSE replaces END,
       plain = max(plain, $plain),
       error = coalesce($error, error)
     WHERE seq = $seq`,
  )
  const over = sqlite.query(
    "UPDATE outbox SET state = $state, error = $error, settled_at = $at WHERE seq = $seq",
  )
  const restOver = sqlite.query(
    `UPDATE outbox SET state = 'failed', error = $error, settled_at = $at
     WHERE state = 'pending' AND seq > $seq
       AND delivery = (SELECT delivery FROM outbox WHERE seq = $seq)`,
  )
  const retry = sqlite.query(
    `UPDATE outbox SET state = 'pending', attempts = 0, not_before = $at, created_at = $at,
       settled_at = NULL, error = NULL
     WHERE delivery = $id AND state IN ('failed', 'unknown')`,
  )
  const discard = sqlite.query(
    `DELETE FROM outbox_deliveries WHERE id = $id AND NOT EXISTS
       (SELECT 1 FROM outbox WHERE delivery = $id AND state = 'sending')`,
  )
  const counted = sqlite.query<{ state: PartState; parts: number }, []>(
    "SELECT state, count(*) AS parts FROM outbox WHERE state <> 'sent' GROUP BY state",
  )
  const prune = sqlite.query(
    `DELETE FROM outbox_deliveries WHERE created_at < $sent AND NOT EXISTS
       (SELECT 1 FROM outbox WHERE delivery = outbox_deliveries.id
          AND (state IN ('pending', 'sending')
            OR (state IN ('failed', 'unknown') AND outbox.created_at >= $other)))`,
  )
  const last = sqlite.query<{ destination: string }, [string]>(
    "SELECT destination FROM outbox_last WHERE session_key = ?",
  )
  const spokenTo = sqlite.query(
    `INSERT INTO outbox_last (session_key, destination, at) VALUES ($sessionKey, $destination, $at)
     ON CONFLICT (session_key) DO UPDATE SET destination = $destination, at = $at`,
  )

  const withParts = (raw: RawDelivery | null) => raw && toDelivery(raw, partsOf.all(raw.id))

  return {
    async add({ id, key, to, sessionKey = null, source = null, parts }, at) {
      return db.write(() => {
        const row = { id, key, destination: JSON.stringify(to), sessionKey, source, at }
        const isNew = insertDelivery.run(row).changes > 0
        for (const [index, { part, replaces = null, notBefore = at }] of (isNew
          ? parts
          : []
        ).entries())
          insertPart.run({
            delivery: id,
            channel: to.channel,
            account: to.account,
            chat: to.conversation.id,
            part: JSON.stringify({ ...part, nonce: `${id}-${index}` }),
            replaces,
            notBefore,
            at,
          })
        return { delivery: withParts(byKey.get(key))!, isNew }
      })
    },
    find: async (by) => withParts("id" in by ? byId.get(by.id) : byKey.get(by.key)),
    withPrefix: async (prefix) =>
      byPrefix.all(prefix, `${prefix}\u{10ffff}`).map((raw) => withParts(raw)!),
    list: async ({ states, limit }) =>
      newest.all({ states: JSON.stringify(states), limit }).map((raw) => withParts(raw)!),
    lanes: async (of) => lanes.all({ channel: of?.channel ?? null, account: of?.account ?? null }),
    async next({ channel, account, chat }) {
      const raw = next.get(channel, account, chat)
      return raw && toPart(raw)
    },
    async sending(seq, at) {
      db.write(() => sending.run({ seq, at }))
    },
    async sent(seq, messageId, at) {
      db.write(() => sent.run({ seq, messageId, at }))
    },
    async again(seq, { state, notBefore, attempts, part, afresh, isPlain, error }) {
      db.write(() =>
        again.run({
          seq,
          state: state ?? null,
          notBefore: notBefore ?? null,
          attempts: attempts ?? null,
          part: part ? JSON.stringify(part) : null,
          afresh: Number(afresh ?? false),
          plain: Number(isPlain ?? false),
          error: error ?? null,
        }),
      )
    },
    async over(seq, state, error, at, rest) {
      db.write(() => {
        over.run({ seq, state, error, at })
        if (rest) restOver.run({ seq, error: rest, at })
      })
    },
    retry: async (id, at) => db.write(() => retry.run({ id, at }).changes > 0),
    discard: async (id) => db.write(() => discard.run({ id }).changes > 0),
    count: async () => Object.fromEntries(counted.all().map(({ state, parts }) => [state, parts])),
    prune: async (before) => db.write(() => prune.run(before).changes),
    async last(sessionKey) {
      const row = last.get(sessionKey)
      return row ? (JSON.parse(row.destination) as Destination) : undefined
    },
    async spokenTo(sessionKey, from, at) {
      db.write(() => spokenTo.run({ sessionKey, destination: JSON.stringify(from), at }))
    },
    synced: () => db.synced(),
  }
}
