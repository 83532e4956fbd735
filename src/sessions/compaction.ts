import * as z from "zod"
import { service } from "../kernel/service.ts"

export const compactionReasons = [
  "manual",
  "auto-threshold",
  "overflow-retry",
  "timeout-retry",
] as const

/**
 * A point up to which a transcript is told in a summary. The entries stay where they are: what a
 * model reads is the newest summary and what follows from `firstKeptSeq` on.
 */
export interface Compaction {
  id: string
  sessionKey: string
  sessionId: string
  createdAt: number
  reason: (typeof compactionReasons)[number]
  summary: string
  /** The first entry that is still read word for word. */
  firstKeptSeq: number
  firstKeptEntryId: string | null
  /** The newest entry there was at the time. */
  leafSeq: number
  leafEntryId: string | null
  tokensBefore: number
  tokensAfter: number
}

/** Compactions as a checkpoint shows them (contract 03 §4). */
const place = z.object({
  sessionId: z.string(),
  leafId: z.string().optional(),
  entryId: z.string().optional(),
})
export const checkpoint = z.object({
  checkpointId: z.string(),
  sessionKey: z.string(),
  sessionId: z.string(),
  createdAt: z.number(),
  reason: z.enum(compactionReasons),
  tokensBefore: z.number(),
  tokensAfter: z.number(),
  summary: z.string(),
  firstKeptEntryId: z.string().optional(),
  preCompaction: place,
  postCompaction: place,
})

export const toCheckpoint = (compaction: Compaction): z.infer<typeof checkpoint> => {
  const { id, sessionKey, sessionId, createdAt, reason, summary } = compaction
  const { tokensBefore, tokensAfter } = compaction
  const leafId = compaction.leafEntryId ?? undefined
  const firstKeptEntryId = compaction.firstKeptEntryId ?? undefined
  return {
    checkpointId: id,
    sessionKey,
    sessionId,
    createdAt,
    reason,
    tokensBefore,
    tokensAfter,
    summary,
    firstKeptEntryId,
    preCompaction: { sessionId, leafId },
    postCompaction: { sessionId, leafId, entryId: id },
  }
}

/** Keeps compactions. Each call is one transaction. */
export interface Compactions {
  /** The one that counts now; null for a transcript that was never compacted. */
  newest(sessionId: string): Promise<Compaction | null>
  /** All of a session, also of transcripts it had before; the newest first. */
  list(sessionKey: string): Promise<Compaction[]>
  get(sessionKey: string, id: string): Promise<Compaction | null>
  /** Records one and counts it on its session, if that still has this transcript. */
  add(compaction: Compaction): Promise<void>
  /**
   * A session of its own that goes on from the moment before a compaction: with what was read then,
   * the summary before it included. False when its transcript is kept no longer.
   */
  branch(from: Compaction, to: { key: string; agentId: string; at: number }): Promise<boolean>
  /** The same, for the session itself; its transcript so far is archived. */
  restore(from: Compaction, at: number): Promise<boolean>
  /** True the first time in a cycle, which ends with the next compaction. */
  beginFlush(sessionId: string): Promise<boolean>
}
export const Compactions = service<Compactions>("compactions")
