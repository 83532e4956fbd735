import type { Receipt } from "../../kernel/channel.ts"
import type { Directory } from "../../sessions/directory.ts"
import { findOutcome } from "../outcome.ts"
import type { Turns } from "../turns.ts"

/** What a session answers that has no more to say to another. */
export const replySkip = "REPLY_SKIP"

interface Exchange {
  /** The session that asked first. */
  from: string
  to: string
  /** Answers that go back and forth before it ends by itself. */
  most: number
  say(chat: string, by: string, text: string): Promise<Pick<Receipt, "runId">>
  turns: Turns
  directory: Directory
}

/**
 * Brings an answer nobody waited for back to the session that asked, and its answer to that to the
 * other one, until one of them has no more to say (contract 18 §10).
 */
export const converse = async (
  first: string,
  { from, to, most, say, turns, directory }: Exchange,
) => {
  let words = first
  let [speaker, listener] = [to, from]
  for (let turn = 0; turn < most; turn++) {
    const said = words.trim()
    if (!said || said === replySkip || said === "NO_REPLY") return
    const hint = `(An answer goes back to ${speaker}. With no more to say, answer ${replySkip}.)`
    const { runId } = await say(listener, speaker, `Answer from ${speaker}:\n\n${said}\n\n${hint}`)
    const outcome = await findOutcome(runId, { turns, directory })
    if (outcome?.status !== "ok") return
    words = outcome.text
    ;[speaker, listener] = [listener, speaker]
  }
}
