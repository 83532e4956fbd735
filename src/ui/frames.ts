import type { WireError } from "../kernel/fault.ts"

/** The frames as this page reads them; gateways in the field leave parts of them out. */
export type Frame =
  | { type: "res"; id: string; ok: true; payload: unknown }
  | { type: "res"; id: string; ok: false; error: WireError }
  | { type: "event"; event: string; payload?: unknown; seq?: number }

export interface Block {
  type: string
  text?: string
  thinking?: string
  id?: string
  name?: string
  arguments?: unknown
  mediaId?: string
}

/** One row of `chat.history`, or the `message` of a chat event. */
export interface Message {
  role: string
  content?: string | Block[]
  timestamp?: number
  idempotencyKey?: string
  stopReason?: string
  errorMessage?: string
  toolCallId?: string
  toolName?: string
  isError?: boolean
  runId?: string
  /** Its place in the transcript, as this gateway and its relatives name it. */
  __fased?: { id?: string; seq?: number; runId?: string }
  __openclaw?: { id?: string; seq?: number; runId?: string }
}

export interface History {
  sessionKey: string
  messages: Message[]
  /** There are older ones. */
  hasMore?: boolean
  thinkingLevel?: string
  sessionInfo?: { activeRunIds?: string[]; hasActiveRun?: boolean; lastRunId?: string }
}

export interface ChatEvent {
  runId: string
  sessionKey: string
  seq: number
  state: "status" | "delta" | "final" | "aborted" | "error"
  deltaText?: string
  message?: Message
  errorMessage?: string
  errorHint?: string
}

/** An `agent` event of the stream `thinking`. */
export interface ThinkingEvent {
  runId: string
  sessionKey?: string
  data: { delta?: string }
}

/** An `agent` event of the stream `tool`. */
export interface ToolEvent {
  runId: string
  sessionKey?: string
  data: {
    phase: "start" | "update" | "result"
    name: string
    toolCallId: string
    args?: unknown
    partialResult?: unknown
    result?: unknown
    isError?: boolean
  }
}

export interface SessionRow {
  key: string
  agentId?: string
  updatedAt?: number | null
  label?: string
  displayName?: string
  derivedTitle?: string
  title?: string
  lastMessagePreview?: string
  modelProvider?: string | null
  model?: string | null
  modelOverride?: string
  providerOverride?: string
  thinkingLevel?: string
  status?: string
  hasActiveRun?: boolean
  isMain?: boolean
  createdAt?: number
  /** What the model was given the last time. */
  totalTokens?: number
  compactionCount?: number
  spawnedBy?: string
}

export interface SessionList {
  count: number
  totalCount?: number
  nextOffset?: number | null
  defaults?: { modelProvider?: string | null; model?: string | null }
  sessions: SessionRow[]
}

export interface StatusReport {
  model?: { default?: string }
  sessions?: { defaults?: { model?: string } }
}
