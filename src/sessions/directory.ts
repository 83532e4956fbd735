import type { Bus } from "../kernel/event.ts"
import { service } from "../kernel/service.ts"
import type { SessionConfig } from "./config.ts"
import { sessionMessage, sessionsChanged, topics } from "./events.ts"
import { mainStays, sessionBusy, sessionDamaged, sessionExists, unknownSession } from "./faults.ts"
import { toHistory } from "./history.ts"
import type { ParsedKey } from "./keys.ts"
import { isMain, mainSession, parseKey, readKey } from "./keys.ts"
import type { Entry, Message } from "./message.ts"
import type { Repaired } from "./quarantine.ts"
import { expiryOf, policyOf } from "./reset-policy.ts"
import { toRow } from "./row.ts"
import type {
  ArchiveReason,
  Begun,
  Fork,
  Imported,
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
  "byId" | "list" | "count" | "history" | "after" | "ofRun" | "size" | "damaged"
> {
  /** Moves on with every change to any session. */
  readonly version: number
  /** The canonical key for what a client wrote. Throws `sessions.bad-key`. */
  key(written: string): ParsedKey
  find(written: string): Promise<Session | null>
  /**
   * The session a message is for. It is begun when there is none, as a copy of its parent where it is
   * a thread's, and afresh when its time has come. Throws `sessions.damaged`.
   */
  open(key: string, agentId: string): Promise<Session>
  begin(session: Transcript, turn: Omit<TurnStart, "at">): Promise<Begun>
  append(to: Transcript, runId: string | null, messages: readonly Message[]): Promise<Entry[]>
  finish(
    to: Transcript,
    turn: Omit<TurnRecord, "at">,
    messages: readonly Message[],
  ): Promise<Entry[]>
  /** Takes back a turn that came to nothing; the session is as it was `before`, unless it moved on. */
  retract(before: Session, runId: string): Promise<void>
  /** Tells of a change that another store made to a session. */
  changed(key: string, reason: string): Promise<Session | null>
  reset(key: string): Promise<Session | null>
  /** Sets and takes back what the session wants otherwise; null when nothing has the key. */
  patch(key: string, patch: SessionPatch): Promise<Session | null>
  /** Takes a session out of the list and archives its transcript. Throws where it must stay. */
  remove(
    key: string,
    reason: ArchiveReason,
    /** Its agent goes, so that its main session goes as well. */
    options?: { mainToo?: boolean },
  ): Promise<Session>
  /** Makes a session of a transcript from elsewhere. Throws `sessions.exists`. */
  restore(transcript: Imported): Promise<Session>
  /** Takes out of sessions what cannot be read. */
  repair(key?: string): Promise<Repaired[]>
}
export const Directory = service<Directory>("session directory")

export const createDirectory = (options: {
  store: SessionStore
  bus: Bus
  now: () => number
  defaultAgent: () => string
  settings: () => SessionConfig
  /** The time zone this gateway's days go by. */
  zone: () => string
}): Directory => {
  const { store, bus, now, defaultAgent, settings, zone } = options
  let version = 0

  const changed = (
    session: Session | null,
    why: { reason?: string; phase?: string; runId?: string; previousSessionId?: string },
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

  const parse = (written: string): ParsedKey => {
    const agentId = defaultAgent()
    const parsed = parseKey(written, agentId)
    const isShared = settings().scope === "global" && parsed.key === mainSession(agentId)
    return isShared ? { key: "global", agentId, rest: "global" } : parsed
  }

  const isOver = ({ key, updatedAt, status }: Session, at: number) => {
    const policy = policyOf(key, settings())
    return policy && status !== "running" && at >= expiryOf(policy, updatedAt, zone())
  }

  /** What a thread begins with: its parent's newest words, unless those are too many. */
  const forkOf = async (key: string): Promise<Fork | undefined> => {
    const { parent } = readKey(key)
    const most = settings().parentForkMaxTokens
    const around = parent && most ? await store.get(parent) : null
    if (!around || around.contextTokens > most) return undefined
    return { sessionId: around.sessionId, entries: mostForked }
  }

  const begunAfresh = async (key: string, at: number) => {
    const before = await store.get(key)
    const session = await store.reset(key, at)
    changed(session, {
      reason: "reset",
      ...(before && { previousSessionId: before.sessionId }),
    })
    return session
  }

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
    after: store.after,
    damaged: store.damaged,
    key: parse,
    find: async (written) => store.get(parse(written).key),
    async open(key, agentId) {
      const at = now()
      const known = await store.get(key)
      if (known?.damage === "overrides") throw sessionDamaged({ key })
      if (known) return isOver(known, at) ? (await begunAfresh(key, at))! : known
      const session = await store.open(key, agentId, at, await forkOf(key))
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
    async retract(before, runId) {
      changed(await store.retract(before, runId), { reason: "retract" })
    },
    async changed(key, reason) {
      const session = await store.get(key)
      changed(session, { reason })
      return session
    },
    reset: (key) => begunAfresh(key, now()),
    async patch(key, patch) {
      const session = await store.patch(key, patch)
      changed(session, { reason: "patch" })
      return session
    },
    async remove(key, reason, { mainToo = false } = {}) {
      if ((isMain(key) && !mainToo) || key === "global") throw mainStays({ key })
      if (!(await store.get(key))) throw unknownSession({ key })
      const session = await store.remove(key, now(), reason)
      if (!session) throw sessionBusy({ key })
      changed(session, { reason: "delete" })
      return session
    },
    async restore(transcript) {
      const session = await store.restore(transcript, now())
      if (!session) throw sessionExists({ key: transcript.key })
      changed(session, { reason: "create" })
      return session
    },
    async repair(key) {
      const mended = await store.repair(key)
      for (const { key } of mended) changed(await store.get(key), { reason: "repair" })
      return mended
    },
  }
}

/** As many entries of its parent as a thread begins with. */
const mostForked = 400
