import { service } from "../kernel/service.ts"
import type { Entry, Message, Usage } from "./message.ts"
import type { OverridesPatch, SessionOverrides } from "./overrides.ts"
import type { Damage, Repaired } from "./quarantine.ts"

export interface Session {
  key: string
  /** The current transcript; a reset starts a new one under the same key. */
  sessionId: string
  agentId: string
  createdAt: number
  updatedAt: number
  label: string | null
  /** First words of the first question, and of the newest message. */
  title: string | null
  preview: string | null
  inputTokens: number
  outputTokens: number
  /** Tokens of the newest prompt and its answer: how full the context is. */
  contextTokens: number
  provider: string | null
  model: string | null
  /** How the newest turn stands. */
  status: "idle" | "running" | "done" | "aborted" | "error"
  lastRunId: string | null
  startedAt: number | null
  endedAt: number | null
  /** What it wants otherwise than the config says. */
  overrides: SessionOverrides
  /** The session that started it as a subagent, and how deep below a person's own it is. */
  spawnedBy: string | null
  spawnDepth: number
  /** How often its context was compacted since it was begun. */
  compactions: number
  /** The transcript it began with a copy of. */
  forkedFrom: string | null
  /** What of it cannot be read; null when all can. */
  damage: Damage | null
}

/** What may be changed about a session; an absent field stays, null takes it back. */
export interface SessionPatch {
  label?: string | null
  overrides?: OverridesPatch
  spawnedBy?: string | null
  spawnDepth?: number
}

/** What a new session begins with: the newest entries of another one's transcript. */
export interface Fork extends Pick<Session, "sessionId"> {
  entries: number
}

/** A transcript from elsewhere, to become a session. */
export interface Imported extends Pick<Session, "key" | "agentId" | "label"> {
  messages: readonly Message[]
}

/** Why a transcript is in the archive. `erased`: it is on its way out. */
export type ArchiveReason = "reset" | "deleted" | "pruned" | "erased"

/** A transcript by its own id, and the key it was begun under. After a reset the key has another one. */
export type Transcript = Pick<Session, "key" | "sessionId">

export interface SessionFilter {
  agentId?: string
  label?: string
  /** Text to look for in key, label and title. */
  search?: string
  spawnedBy?: string
  updatedSince?: number
  limit: number
  offset?: number
}

/** Which part of a transcript to read: the newest entries, within a number and a weight. */
export interface Extract {
  limit: number
  /** Only entries before this `seq`. */
  before?: number
  /** Only entries from this `seq` on. */
  since?: number
  /** Stops before the entry that would go over it; the newest entry always comes along. */
  maxBytes?: number
  /** A heavier entry comes without its content, which is not even read. */
  maxEntryBytes?: number
}

export interface Stretch {
  entries: Entry[]
  last: number | null
}

/** A turn as it begins. */
export interface TurnStart {
  runId: string
  at: number
  question: Message
  /** What it answers as well, said before the question; oldest first. */
  before?: readonly Message[]
}

/** What a finished turn leaves on its session. */
export interface TurnRecord {
  runId: string
  status: "done" | "aborted" | "error"
  at: number
  provider?: string
  model?: string
  usage?: Usage
}

/** What was written, and the session as it stands now; null when nothing has its key. */
export interface Written {
  entries: Entry[]
  session: Session | null
}

export interface Begun extends Written {
  /** The transcript the turn writes to: the one it began in, should the session have been reset since. */
  sessionId: string
  /** All that the run has written so far, question included; more than `entries` when it is resumed. */
  own: Entry[]
}

/** Sessions and their transcripts. Each call is one transaction. */
export interface SessionStore {
  get(key: string): Promise<Session | null>
  byId(sessionId: string): Promise<Session | null>
  list(filter: SessionFilter): Promise<{ sessions: Session[]; total: number }>
  count(agentId?: string): Promise<number>
  /** Makes a session, unless there is one of that key. */
  open(key: string, agentId: string, at: number, fork?: Fork): Promise<Session>
  /** Marks a turn as running and writes its question down, once. */
  begin(session: Transcript, turn: TurnStart): Promise<Begun>
  /** Adds to a transcript, all or nothing. */
  append(to: Transcript, runId: string | null, messages: readonly Message[]): Promise<Written>
  /** Records how a turn ended together with its last words. */
  finish(to: Transcript, turn: TurnRecord, messages: readonly Message[]): Promise<Written>
  /**
   * Takes back a turn that came to nothing: its entries go and the session is as it was `before`.
   * Null when it has moved on since.
   */
  retract(before: Session, runId: string): Promise<Session | null>
  /** The newest entries, oldest first. */
  history(sessionId: string, extract: Extract): Promise<Entry[]>
  /** The entries after `seq`, oldest first, and how far was read; null when none are left. */
  after(sessionId: string, seq: number, limit: number): Promise<Stretch>
  /** What one run has written so far, oldest first. */
  ofRun(runId: string): Promise<Entry[]>
  /** The number of entries. */
  size(sessionId: string): Promise<number>
  /** Marks turns that a dead process left running; called once, before any turn starts. */
  interruptAll(at: number): Promise<void>
  /** Starts the session afresh; the old transcript is archived under its own id. */
  reset(key: string, at: number): Promise<Session | null>
  /** Sets and takes back overrides and the label; null when nothing has the key. Throws `sessions.label-taken`. */
  patch(key: string, patch: SessionPatch): Promise<Session | null>
  /** Takes a session out of the list; its transcript is archived. Null when nothing has the key or a turn runs. */
  remove(key: string, at: number, reason: ArchiveReason): Promise<Session | null>
  /** Removes some entries of an archived transcript, at last the transcript itself; false when it is gone. */
  erase(sessionId: string, entries: number): Promise<boolean>
  /** Makes a session of a transcript from elsewhere; null when its key is taken. A label that is taken is left out. */
  restore(transcript: Imported, at: number): Promise<Session | null>
  /** Sessions of which something cannot be read. */
  damaged(): Promise<Repaired[]>
  /** Takes out of them what cannot be read; copies stay in quarantine. */
  repair(key?: string): Promise<Repaired[]>
}
export const Sessions = service<SessionStore>("sessions")
