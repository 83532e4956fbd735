import { mayHandIn, refused } from "./access/judge.ts"
import { questionKey } from "./agent/admitted.ts"
import type { Engine } from "./agent/engine.ts"
import { hasEnded, recordedOutcome } from "./agent/outcome.ts"
import type { Inbox } from "./inbox/inbox.ts"
import type { Accepted } from "./inbox/store.ts"
import type { Inbound, Receipt } from "./kernel/channel.ts"
import type { Clock } from "./kernel/clock.ts"
import type { HookEvent, TellHooks } from "./kernel/hook-event.ts"
import type { Log } from "./kernel/log.ts"
import type { Replies } from "./outbox/provide.ts"
import type { Destinations, Place } from "./routing/place.ts"
import { place } from "./routing/place.ts"
import type { Directory } from "./sessions/directory.ts"
import type { Entry, Message } from "./sessions/message.ts"

export interface Steps {
  inbox: Inbox
  engine: Engine
  destinations: Destinations
  directory: Directory
  /** Whether what was accepted may still be answered. */
  stillHeard: (message: Inbound) => Promise<boolean>
  replies: Replies
  tellHooks: TellHooks
  clock: Clock
  log: Log
}

/**
 * A message's journey from the network to the reply; every step is a folder beside this file.
 * Judging and placing only look, so they come before the write: whoever is refused leaves no work
 * behind, and nobody is told a message arrived before it is on disk.
 */
export const pipeline = ({
  inbox,
  engine,
  destinations,
  directory,
  stillHeard,
  replies,
  tellHooks,
  clock,
  log,
}: Steps) => {
  /** Says in the conversation that a message was left, and settles it. */
  const tellStale = async (
    { runId, sessionKey, agentId, message, acceptedAt }: Accepted,
    written: boolean,
  ) => {
    const session = await directory.open(sessionKey, agentId)
    const asked: Message = { role: "user", content: message.text, timestamp: acceptedAt }
    const note: Message = {
      role: "assistant",
      content: [{ type: "text", text: unanswered }],
      label: "gateway",
      timestamp: clock.now(),
    }
    await directory.append(session, runId, written ? [note] : [asked, note])
    await inbox.settle(runId)
    log.warn("message was left unanswered for too long", { run: runId, session: sessionKey })
  }

  /** The turn has its last words; whether they are on their way to who asked is not known. */
  const settleEnded = async (entry: Accepted, entries: readonly Entry[]) => {
    const written = entries.map(({ message }) => message)
    const outcome = recordedOutcome(entry.runId, written)!
    await replies.conclude(entry, { ...outcome, error: outcome.error?.message })
    await inbox.settle(entry.runId)
  }

  /**
   * What is in the transcript of another one's turn already and stands or falls with it. Where a dead
   * process only noted that it would take a message along, the message is free again.
   */
  const takenAlong = async (left: readonly Accepted[]) => {
    const along = new Set<Accepted>()
    for (const entry of left) {
      if (!entry.answeredBy) continue
      const written = await directory.ofRun(entry.answeredBy)
      const key = questionKey(entry.message)
      const isIn = ({ message }: Entry) =>
        "idempotencyKey" in message && message.idempotencyKey === key
      // What a turn begins with is written in one go, if only as a line of a summary.
      if (entry.midway ? written.some(isIn) : written.length) along.add(entry)
      else await inbox.release(entry.runId)
    }
    return along
  }

  const take = async (message: Inbound, place: Place & { runId?: string }): Promise<Receipt> => {
    const { receipt, entry } = await inbox.accept(message, place)
    const kept = inbox.kept()
    // The turn begins while the disk does its part; nobody hears of it before the acceptance.
    if (receipt.state === "new") {
      engine.take({ ...entry, told: kept })
      replies.watch(entry)
    }
    await kept
    if (receipt.state === "new") tellHooks(received(entry))
    return receipt
  }

  return {
    async receive(message: Inbound): Promise<Receipt> {
      if (!mayHandIn(message)) {
        log.warn("message refused", { channel: message.channel, reason: "unknown-sender" })
        throw refused({ channel: message.channel, reason: "unknown-sender" })
      }
      return take(message, place(message, destinations))
    },

    /** What was said on a chat network, judged and placed by its way in. */
    take,

    /**
     * Reads what a dead process left unanswered, which must be done before anything new comes in.
     * The function it gives takes that up: fresh messages are answered, old ones told about.
     */
    async recover() {
      const { fresh, stale } = await inbox.leftOver()
      const along = await takenAlong([...stale, ...fresh])
      const takeUp = async (entry: Accepted, isStale: boolean) => {
        if (along.has(entry)) return
        const entries = await directory.ofRun(entry.runId)
        // The process died between the last word and the note that it was said.
        if (hasEnded(entries.map(({ message }) => message))) return settleEnded(entry, entries)
        if (isStale) return tellStale(entry, entries.length > 0)
        // Whoever may not be heard any more is not answered, however long ago they were.
        if (!(await stillHeard(entry.message))) return inbox.settle(entry.runId)
        log.info("answering what was left unanswered", { run: entry.runId })
        engine.resume(
          entry,
          [...along].filter(({ answeredBy }) => answeredBy === entry.runId),
        )
        replies.watch(entry)
      }
      return async () => {
        // How late a task may be is for the clock's own settings to say.
        for (const entry of stale) await takeUp(entry, entry.message.surface !== "cron")
        for (const entry of fresh) await takeUp(entry, false)
      }
    },
  }
}

/** A message as hooks are told of it. */
const received = ({ runId, sessionKey, agentId, acceptedAt, message }: Accepted): HookEvent => {
  const { channel, account, chat, id, sender, text } = message
  const from = sender.kind === "person" ? sender.id : sender.kind
  return {
    type: "message",
    action: "received",
    sessionKey,
    timestamp: acceptedAt,
    context: {
      from,
      content: text,
      channelId: channel,
      accountId: account,
      conversationId: chat,
      messageId: id,
      agentId,
      runId,
    },
  }
}

const unanswered =
  "The gateway was down before this message could be answered, and too much time has passed since. Send it again if it still matters."
