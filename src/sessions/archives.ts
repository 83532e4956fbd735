import { service } from "../kernel/service.ts"
import type { ArchiveReason } from "./session.ts"

/** A transcript that is no session's any more. */
export interface Archived {
  sessionId: string
  /** The key it was held under. */
  key: string
  agentId: string
  title: string | null
  /** Why it is here. */
  reason: Exclude<ArchiveReason, "erased">
  archivedAt: number
}

export interface ArchiveFilter {
  agentId?: string
  /** Text to look for in key and title. */
  search?: string
  limit: number
  offset: number
}

/** Transcripts out of use, until their time is over. Each call is one transaction. */
export interface Archives {
  /** The newest first. */
  list(filter: ArchiveFilter): Promise<{ archives: Archived[]; total: number }>
  /**
   * Makes one a session again: under the key it had, or under `otherwise` where another has that now.
   * Gives both keys; null when there is no such transcript.
   */
  restore(
    sessionId: string,
    to: { otherwise: (agentId: string) => string; at: number },
  ): Promise<{ from: string; key: string } | null>
}
export const Archives = service<Archives>("archived sessions")
