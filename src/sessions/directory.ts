import type { Bus } from "../kernel/event.ts"
import { service } from "../kernel/service.ts"
import { sessionMessage, sessionsChanged, topics } from "./events.ts"
import { toHistory } from "./history.ts"
import type { ParsedKey } from "./keys.ts"
import { parseKey } from "./keys.ts"
import type { Entry, Message } from "./message.ts"
import { toRow } from "./row.ts"
import type {
  Begun,
  Session,
  SessionPatch,
  SessionStore,
  Transcript,
  TurnRecord,
  TurnStart,
  Written,
} from "./session.ts"

/** Sessions by the keys clients use; every change is told to those who subscribed. */
export interface Directory extends Pick<
  SessionStore,
  "byId" | "list" | "count" | "history" | "ofRun" | "size"
> {
  /** Moves on with every change to any session. */
  readonly version: number
  /** The canonical key for what a client wrote. Throws `sessions.bad-key`. */
  key(written: string): ParsedKey
  find(written: string): Promise<Session | null>
  open(key: string, agentId: string): Promise<Session>
  begin(session: Transcript, turn: Omit<TurnStart, "at">): Promise<Begun>
  append(to: Transcript, runId: string | null, messages: readonly Message[]): Promise<Entry[]>
  finish(
    to: Transcript,
    turn: Omit<TurnRecord, "at">,
    messages: readonly Message[],
  ): Promise<Entry[]>
  reset(key: string): Promise<Session | null>
  /** Sets and takes back what the session wants otherwise; null when nothing has the key. */
  patch(key: string, patch: SessionPatch): Promise<Session | null>
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

  const changed = (
    session: Session | null,
    why: { reason?: string; phase?: string; runId?: string },
  ) => {
    version++
    if (!session) return
    const row = toRow(session)
    bus.emit(
      sessionsChanged,
      { ...row, sessionKey: session.key, ...why, ts: now(), session: row },
      topics.sessions,
    )
  }

  /** Nobody is told what is added to an archived transcript: its key stands for another one now. */
  const added = ({ entries, session }: Written, { sessionId }: Transcript) => {
    version++
    if (session?.sessionId !== sessionId) return
    const row = toRow(session)
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
        // Terminal clients in the field subscribe to sessions alone, and wait for messages (wire/interop.md).
        topics.sessions,
      )
  }

  const parse = (written: string) => parseKey(written, defaultAgent())

  return {
    get version() {
      return version
    },
    byId: store.byId,
    list: store.list,
    count: store.count,
    history: store.history,
    ofRun: store.ofRun,
    size: store.size,
    key: parse,
    find: async (written) => store.get(parse(written).key),
    async open(key, agentId) {
      const known = await store.get(key)
      if (known) return known
      const session = await store.open(key, agentId, now())
      changed(session, { reason: "create" })
      return session
    },
    async begin({ key, sessionId }, turn) {
      const { runId } = turn
      const begun = await store.begin({ key, sessionId }, { ...turn, at: now() })
      added(begun, { key, sessionId: begun.sessionId })
      if (begun.session?.lastRunId === runId) changed(begun.session, { phase: "start", runId })
      return begun
    },
    async append(to, runId, messages) {
      const written = await store.append(to, runId, messages)
      added(written, to)
      return written.entries
    },
    async finish(to, turn, messages) {
      const written = await store.finish(to, { ...turn, at: now() }, messages)
      added(written, to)
      const { runId, status } = turn
      if (written.session?.lastRunId === runId)
        changed(written.session, { phase: status === "error" ? "error" : "end", runId })
      return written.entries
    },
    async reset(key) {
      const session = await store.reset(key, now())
      changed(session, { reason: "reset" })
      return session
    },
    async patch(key, patch) {
      const session = await store.patch(key, patch)
      changed(session, { reason: "patch" })
      return session
    },
  }
}
