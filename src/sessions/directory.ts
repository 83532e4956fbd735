import type { Bus } from "../kernel/event.ts"
import { service } from "../kernel/service.ts"
import { sessionMessage, sessionsChanged, topics } from "./events.ts"
import { toHistory } from "./history.ts"
import { parseKey } from "./keys.ts"
import type { Entry, Message } from "./message.ts"
import { toRow } from "./row.ts"
import type { Session, SessionStore, TurnRecord } from "./store.ts"

/** Sessions by the keys clients use; every change is told to those who subscribed. */
export interface Directory extends Pick<
  SessionStore,
  "list" | "count" | "history" | "ofRun" | "size"
> {
  /** Moves on with every change to any session. */
  readonly version: number
  /** The canonical key for what a client wrote. Throws `sessions.bad-key`. */
  key(written: string): { key: string; agentId: string }
  find(written: string): Promise<Session | null>
  byId(sessionId: string): Promise<Session | null>
  open(key: string, agentId: string): Promise<Session>
  append(session: Session, runId: string | null, messages: Message[]): Promise<Entry[]>
  turnStarted(session: Session, runId: string): Promise<void>
  turnEnded(session: Session, turn: Omit<TurnRecord, "at">): Promise<void>
  reset(key: string): Promise<Session | null>
}
export const Directory = service<Directory>("session directory")

export const createDirectory = (options: {
  store: SessionStore
  bus: Bus
  now: () => number
  defaultAgent: () => string
}): Directory => {
  const { store, bus, now, defaultAgent } = options
  let version = 0
  const changed = async (key: string, why: { reason?: string; phase?: string; runId?: string }) => {
    version++
    const session = await store.get(key)
    if (!session) return
    const row = toRow(session)
    bus.emit(
      sessionsChanged,
      { ...row, sessionKey: key, ...why, ts: now(), session: row },
      topics.sessions,
    )
  }
  return {
    get version() {
      return version
    },
    list: store.list,
    count: store.count,
    history: store.history,
    ofRun: store.ofRun,
    size: store.size,
    byId: store.byId,
    key: (written) => parseKey(written, defaultAgent()),
    find: (written) => store.get(parseKey(written, defaultAgent()).key),
    async open(key, agentId) {
      const known = await store.get(key)
      if (known) return known
      const session = await store.open(key, agentId, now())
      await changed(key, { reason: "create" })
      return session
    },
    async append(session, runId, messages) {
      const entries = await store.append(session, runId, messages)
      version++
      const current = await store.get(session.key)
      const row = toRow(current ?? session)
      for (const entry of entries)
        bus.emit(
          sessionMessage,
          {
            ...row,
            sessionKey: session.key,
            message: toHistory(entry),
            messageId: entry.id,
            messageSeq: entry.seq,
            session: row,
          },
          topics.messages(session.key),
        )
      return entries
    },
    async turnStarted({ key }, runId) {
      await store.turnStarted(key, runId, now())
      await changed(key, { phase: "start", runId })
    },
    async turnEnded({ key }, turn) {
      await store.turnEnded(key, { ...turn, at: now() })
      await changed(key, { phase: turn.status === "error" ? "error" : "end", runId: turn.runId })
    },
    async reset(key) {
      const session = await store.reset(key, now())
      await changed(key, { reason: "reset" })
      return session
    },
  }
}
