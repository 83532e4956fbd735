import { randomUUID } from "node:crypto"
import { findOutcome, type Outcome } from "../agent/outcome.ts"
import { accountOf, operator } from "../agent/requests.ts"
import { type TurnPart, Turns } from "../agent/turns.ts"
import { type Picture, Receive, type Said, type TurnOptions } from "../kernel/channel.ts"
import type { Caller } from "../kernel/method.ts"
import type { Supplied } from "../kernel/service.ts"
import { Media } from "../media/service.ts"
import { Directory } from "../sessions/directory.ts"
import { goingDown } from "./faults.ts"
import type { AgentTarget } from "./target.ts"
import { type Conversation, type Spoken, textOfParts } from "./words.ts"

/** What a route names in its `needs` to have requests answered by agents. */
export const turnNeeds = { receive: Receive, turns: Turns, directory: Directory, media: Media }

export interface Ask {
  target: AgentTarget
  conversation: Conversation
  options: TurnOptions
  caller: Caller
  /** With one, the client may come back for the answer, so its leaving does not stop the turn. */
  idempotencyKey?: string
  /** Aborts when the client goes away. */
  signal: AbortSignal
}

/** A request on its way through an agent. */
export interface AskedTurn {
  runId: string
  sessionKey: string
  agentId: string
  acceptedAt: number
  /**
   * Hears the answer as it comes, and gives its end. To miss nothing, call it at once. An outcome
   * may hold text and calls that were not heard: of a turn that was over when it was asked for.
   */
  follow(listener: (part: TurnPart) => void): Promise<Outcome>
}

/** Pictures a model is shown at most; older ones need not be kept. */
const mostPictures = 12

/** Hands a request in as one turn, by the way that everything else goes. */
export const askAgent = async (
  { target, conversation, options, caller, idempotencyKey, signal }: Ask,
  needs: Supplied<typeof turnNeeds>,
): Promise<AskedTurn> => {
  const { receive, turns, directory, media } = needs
  const { sessionKey, passing } = target
  const { earlier, latest, instructions } = conversation
  const last = latest.at(-1)!
  const kept = await keepPictures([...earlier, ...latest], { media, sessionKey })
  const said = (words: readonly Spoken[]) => words.map((word) => toSaid(word, kept))
  const asks = last.role === "user"
  const { runId, agentId, acceptedAt } = await receive({
    channel: "openai",
    account: accountOf(caller),
    chat: sessionKey,
    id: idempotencyKey ?? randomUUID(),
    sender: operator(caller),
    surface: "http",
    text: asks ? textOfParts(last.parts) : "",
    ...(asks && { pictures: kept.get(last) }),
    ...(earlier.length && { earlier: said(earlier) }),
    before: said(asks ? latest.slice(0, -1) : latest),
    options: { queue: "followup", ...(instructions && { instructions }), ...options },
    ...(passing && { passing }),
  })
  const stop = () => turns.abort({ sessionKey, runId }, "user")
  if (idempotencyKey === undefined) {
    if (signal.aborted) stop()
    else signal.addEventListener("abort", stop, { once: true })
  }
  return {
    runId,
    sessionKey,
    agentId,
    acceptedAt,
    async follow(listener) {
      const unfollow = turns.get(runId)?.follow(listener)
      try {
        const outcome = await findOutcome(runId, { turns, directory })
        if (!outcome) throw goingDown()
        return outcome
      } finally {
        unfollow?.()
        signal.removeEventListener("abort", stop)
      }
    },
  }
}

const toSaid = (word: Spoken, kept: ReadonlyMap<Spoken, readonly Picture[]>): Said => {
  if (word.role === "assistant") return word
  const { parts, ...rest } = word
  const pictures = kept.get(word)
  return { ...rest, text: textOfParts(parts), ...(pictures && { pictures }) }
}

/** The pictures of each message, the newest ones of all. */
const keepPictures = async (
  words: readonly Spoken[],
  { media, sessionKey }: { media: Media; sessionKey: string },
) => {
  const shown = words
    .flatMap((word) =>
      word.role === "assistant"
        ? []
        : word.parts.flatMap((part) => (part.type === "image" ? [{ word, part }] : [])),
    )
    .slice(-mostPictures)
  const kept = new Map<Spoken, Picture[]>()
  for (const { word, part } of shown) {
    const picture = await media.keep(sessionKey, part.bytes, "A picture")
    kept.getOrInsertComputed(word, () => []).push(picture)
  }
  return kept
}
