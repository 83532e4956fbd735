import { randomUUID } from "node:crypto"
import { setImmediate } from "node:timers/promises"
import type { AgentsConfig } from "../../agents/config.ts"
import type { Clock } from "../../kernel/clock.ts"
import type { TellHooks } from "../../kernel/hook-event.ts"
import type { Log } from "../../kernel/log.ts"
import { service } from "../../kernel/service.ts"
import type { Models, OpenModel } from "../../models/service.ts"
import type { Compaction, Compactions } from "../../sessions/compaction.ts"
import type { Directory } from "../../sessions/directory.ts"
import type { Entry } from "../../sessions/message.ts"
import type { Transcript } from "../../sessions/session.ts"
import type { Ledger } from "../../usage/service.ts"
import { bytesOfTokens, roomOf, summaryMessage, tokensOf, weigh } from "../context.ts"
import { noWriter, summaryLate } from "../faults.ts"
import { meteredCall } from "../metered-call.ts"
import { cutBefore } from "./cut.ts"
import { render } from "./render.ts"
import { summarise } from "./summarise.ts"

export interface CompactionWish {
  transcript: Transcript
  agentId: string
  reason: Compaction["reason"]
  /** The model of the conversation: its window decides, and it writes when no other is named. */
  model: OpenModel
  /** Only what was said before this entry, which belongs to a turn under way. */
  before?: number
  /** How full the context was, when a provider counted it. */
  tokensBefore?: number
  instructions?: string
  /** Called when there is something to tell in short, before it is. */
  begins?(): void
  signal?: AbortSignal
}

/** Makes long conversations short. What was said stays in the transcript. */
export interface Compactor {
  /**
   * Joins one that is under way for the same transcript. Null when there is nothing to tell in
   * short. When it fails nothing has changed.
   */
  compact(wish: CompactionWish): Promise<Compaction | null>
  /** The same without a model: what is older than the newest `lines` entries is read no more. */
  truncate(wish: CompactionWish, lines: number): Promise<Compaction | null>
}
export const Compactor = service<Compactor>("compactor")

/** Share of the context window one piece of conversation takes in a call for a summary. */
const pieceShare = 0.4
/** Share of the room that may stay word for word, unless the settings say. */
const keptShare = 0.5
/** What is made short by itself is at least this share of the room. */
const leastShare = 0.05
/** Tokens that a summary takes in any case: what has fewer would only get longer. */
const leastRetold = 60
/** How far back a transcript is read for one summary. */
const mostRead = { entries: 20_000, pieces: 12 } as const
const pageEntries = 400
const mostEntryBytes = 256 * 1024

const cutWithout = "The conversation before this point was left out; it is in the transcript."

export const createCompactor = (needs: {
  config: () => AgentsConfig
  models: Models
  directory: Directory
  compactions: Compactions
  ledger: Ledger
  clock: Clock
  log: Log
  tellHooks: TellHooks
}): Compactor => {
  const { config, models, directory, compactions, clock } = needs
  const log = needs.log.for("agent")
  const running = new Map<string, Promise<Compaction | null>>()

  const tellHooks = (
    when: "before" | "after",
    sessionKey: string,
    context: Record<string, unknown>,
  ) =>
    needs.tellHooks({
      type: "session",
      action: `compact:${when}`,
      sessionKey,
      timestamp: clock.now(),
      context,
    })

  /** The entries since the last compaction, oldest first, as far back as a summary would read. */
  const readBack = async (
    { transcript: { sessionId }, before }: CompactionWish,
    { since, maxBytes }: { since?: number; maxBytes: number },
  ) => {
    const pages: Entry[][] = []
    let room = maxBytes
    let end = before
    for (let read = 0; read < mostRead.entries && room > 0; read += pageEntries) {
      const page = await directory.history(sessionId, {
        limit: pageEntries,
        before: end,
        since,
        maxBytes: room,
        maxEntryBytes: mostEntryBytes,
      })
      if (!page.length) break
      pages.push(page)
      end = page[0]!.seq
      for (const { message } of page) room -= weigh(message)
      // Others get their turn between pages.
      await setImmediate()
    }
    return pages.reverse().flat()
  }

  /** The model for summaries that is named, if it can be used; else the conversation's own. */
  const namedWriter = async ({ agentId, model, transcript }: CompactionWish) => {
    try {
      const { refs, source } = models.choose({ agentId, role: "summarizer" })
      const ref = config().defaults.compaction.model ?? (source === "role" ? refs[0] : undefined)
      return ref ? await models.open(ref, { agentId }) : model
    } catch (error) {
      log.warn("the model for summaries cannot be used", { session: transcript.key, error })
      return model
    }
  }

  const writerOf = async (wish: CompactionWish) => {
    const writer = await namedWriter(wish)
    // The embedded guide knows this gateway, not how to retell a conversation.
    if (!writer.api) throw noWriter({ provider: writer.provider, model: writer.model })
    return writer
  }

  const record = async (
    wish: CompactionWish,
    {
      summary,
      entries,
      kept,
    }: { summary: string; entries: readonly Entry[]; kept: readonly Entry[] },
  ) => {
    const { transcript, reason, tokensBefore } = wish
    const leaf = entries.at(-1)!
    const createdAt = clock.now()
    const all = tokensOf(entries.map(({ message }) => message))
    const left = tokensOf(kept.map(({ message }) => message))
    const before = tokensBefore ?? all
    const retold = tokensOf([summaryMessage({ summary, createdAt })])
    const compaction: Compaction = {
      id: randomUUID(),
      sessionKey: transcript.key,
      sessionId: transcript.sessionId,
      createdAt,
      reason,
      summary,
      firstKeptSeq: kept[0]?.seq ?? leaf.seq + 1,
      firstKeptEntryId: kept[0]?.id ?? null,
      leafSeq: leaf.seq,
      leafEntryId: leaf.id,
      tokensBefore: before,
      // What a provider counted holds the prompt and the tools as well; they stay.
      tokensAfter: retold + Math.max(left, before - (all - left)),
    }
    await compactions.add(compaction)
    await told(compaction)
    return compaction
  }

  /** A new context is a new beginning for the pick of a key, too. */
  const told = async (compaction: Compaction) => {
    const { sessionKey, sessionId, reason, tokensBefore, tokensAfter } = compaction
    tellHooks("after", sessionKey, { sessionId, reason, tokensBefore, tokensAfter })
    log.info("context compacted", { session: sessionKey, reason, tokensBefore, tokensAfter })
    const session = await directory.changed(sessionKey, "compact")
    const isPicked = session?.overrides.authProfile?.source === "auto"
    if (isPicked && session.sessionId === sessionId)
      await directory.patch(sessionKey, { overrides: { authProfile: null } })
  }

  const compactNow = async (wish: CompactionWish) => {
    const { transcript, model, reason, instructions } = wish
    const settings = config().defaults.compaction
    const { window, limit } = roomOf(model, config().defaults)
    const previous = await compactions.newest(transcript.sessionId)
    const pieceSize = Math.floor(bytesOfTokens(window) * pieceShare)
    const entries = await readBack(wish, {
      since: previous?.firstKeptSeq,
      maxBytes: pieceSize * mostRead.pieces,
    })
    const share = Math.floor(limit * (settings.maxHistoryShare ?? keptShare))
    const most = Math.min(settings.keepRecentTokens, share)
    const all = tokensOf(entries.map(({ message }) => message))
    // Who asks for it by hand wants it shorter, however short it is.
    const keep = reason === "manual" ? Math.min(most, Math.floor(all / 4)) : most
    const cut = cutBefore(entries, bytesOfTokens(keep), wish.before !== undefined)
    if (!cut) return null
    // Where it is not the conversation that fills the window, a shorter one would be no help.
    const gain = tokensOf(cut.older.map(({ message }) => message))
    if (reason === "auto-threshold" && gain < limit * leastShare) return null
    if (reason === "manual" && gain < leastRetold) return null
    wish.begins?.()
    const { key: sessionKey, sessionId } = transcript
    tellHooks("before", sessionKey, { sessionId, reason, tokensBefore: wish.tokensBefore ?? all })
    const writer = await writerOf(wish)
    const who = { kind: "compaction", agentId: wish.agentId, sessionKey, sessionId } as const
    const texts = cut.older.map(({ message }) => render(message)).filter(Boolean)
    const summary = await inTime(settings.timeoutSeconds, wish.signal, (signal) =>
      summarise(writer, {
        texts,
        previous: previous?.summary,
        instructions,
        pieceSize,
        settings,
        signal,
        call: meteredCall(needs, who),
      }),
    )
    return record(wish, { summary, entries, kept: cut.kept })
  }

  const inTime = async <T>(
    seconds: number,
    stop: AbortSignal | undefined,
    work: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> => {
    const late = new AbortController()
    const cancel = clock.after(seconds * 1000, () => late.abort(summaryLate({ seconds })))
    try {
      return await work(stop ? AbortSignal.any([stop, late.signal]) : late.signal)
    } finally {
      cancel()
    }
  }

  return {
    compact(wish) {
      const { sessionId } = wish.transcript
      const known = running.get(sessionId)
      if (known) return known
      const work = compactNow(wish).finally(() => running.delete(sessionId))
      running.set(sessionId, work)
      return work
    },
    async truncate(wish, lines) {
      const { transcript } = wish
      const previous = await compactions.newest(transcript.sessionId)
      const entries = await directory.history(transcript.sessionId, {
        limit: lines + 1,
        since: previous?.firstKeptSeq,
        maxEntryBytes: mostEntryBytes,
      })
      if (entries.length <= lines) return null
      const newest = entries.slice(1)
      const from = newest.findIndex(({ message }) => message.role === "user")
      const kept = from < 0 ? [] : newest.slice(from)
      const summary = [previous?.summary, cutWithout].filter(Boolean).join("\n\n")
      return record(wish, { summary, entries, kept })
    },
  }
}
