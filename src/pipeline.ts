import type { Inbound, Receipt } from "./kernel/channel.ts"
import type { Clock } from "./kernel/clock.ts"
import type { Log } from "./kernel/log.ts"
import type { Engine } from "./agent/engine.ts"
import { judge, refused } from "./access/judge.ts"
import type { Inbox } from "./inbox/inbox.ts"
import type { Accepted } from "./inbox/store.ts"
import type { Destinations } from "./routing/place.ts"
import { place } from "./routing/place.ts"
import type { Directory } from "./sessions/directory.ts"

export interface Steps {
  inbox: Inbox
  engine: Engine
  destinations: Destinations
  directory: Directory
  clock: Clock
  log: Log
}

/**
 * A message's journey from the network to the reply; every step is a folder beside this file.
 * Judging and placing only look, so they come before the write: whoever is refused leaves no work
 * behind, and nobody is told a message arrived before it is on disk.
 */
export const pipeline = ({ inbox, engine, destinations, directory, clock, log }: Steps) => {
  const answer = async ({ message, ...accepted }: Accepted) => {
    const outcome = await engine.run(accepted, message).done
    // A turn that the shutdown cut short has no outcome: its message stays, and is answered next time.
    if (outcome) await inbox.settle(accepted.runId)
  }

  const start = (entry: Accepted) =>
    answer(entry).catch((error: unknown) =>
      log.error("message could not be answered", { run: entry.runId, error }),
    )

  return {
    async receive(message: Inbound): Promise<Receipt> {
      const verdict = judge(message)
      if (verdict.kind === "refuse") {
        log.warn("message refused", { channel: message.channel, reason: verdict.reason })
        throw refused({ channel: message.channel, reason: verdict.reason })
      }
      const { receipt, entry } = await inbox.accept(message, place(message, destinations))
      if (receipt.state === "new") void start(entry)
      return receipt
    },

    /** Takes up what a dead process left unanswered. */
    async recover() {
      const { fresh, stale } = await inbox.leftOver()
      for (const { runId, sessionKey, agentId, message, acceptedAt } of stale) {
        const session = await directory.open(sessionKey, agentId)
        const asked = { role: "user" as const, content: message.text, timestamp: acceptedAt }
        const written = await directory.ofRun(session.sessionId, runId)
        const note = {
          role: "assistant" as const,
          content: [{ type: "text" as const, text: unanswered }],
          label: "gateway",
          timestamp: clock.now(),
        }
        await directory.append(session, runId, written.length ? [note] : [asked, note])
        await inbox.settle(runId)
        log.warn("message was left unanswered for too long", { run: runId, session: sessionKey })
      }
      for (const entry of fresh) void start(entry)
      if (fresh.length) log.info("answering what was left unanswered", { messages: fresh.length })
    },
  }
}
export type Pipeline = ReturnType<typeof pipeline>

const unanswered =
  "The gateway was down before this message could be answered, and too much time has passed since. Send it again if it still matters."
