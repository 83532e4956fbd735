import type { AgentsConfig } from "../agents/config.ts"
import type { OpenModel } from "../models/service.ts"
import type { Compaction, Compactions } from "../sessions/compaction.ts"
import type { Directory } from "../sessions/directory.ts"
import type { Entry, Message } from "../sessions/message.ts"

/** Bytes that make a token, as long as nobody counted. */
const bytesPerToken = 3.5
/** What a model makes of a picture of the size we send, in bytes of text. */
const pictureBytes = 5600
/** Transcript entries read for one prompt. */
const mostEntries = 600
/** The reserve never takes more of a small context window than this. */
const mostReserved = 0.35

/** How much of a model's context window is there for what. */
export interface Room {
  /** Tokens of the whole window. */
  window: number
  /** Kept free for the answer. */
  reserve: number
  /** A conversation that takes more is compacted. */
  limit: number
}

export const roomOf = (
  { contextWindow }: Pick<OpenModel, "contextWindow">,
  { contextTokens, compaction }: AgentsConfig["defaults"],
): Room => {
  const window = Math.min(contextWindow, contextTokens ?? contextWindow)
  const wanted = Math.max(compaction.reserveTokens, compaction.reserveTokensFloor)
  const reserve = Math.min(wanted, Math.floor(window * mostReserved))
  return { window, reserve, limit: window - reserve }
}

/** Bytes of conversation that fit beside `overhead` bytes of prompt and tools. */
export const contextBudget = ({ limit }: Pick<Room, "limit">, overhead = 0) =>
  Math.max(Math.floor(limit * bytesPerToken) - overhead, Math.floor(limit * bytesPerToken * 0.2))

const weights = new WeakMap<Message, number>()

/** Bytes a message takes in a prompt, more or less. */
export const weigh = (message: Message) => weights.getOrInsertComputed(message, weighed)

const weighed = ({ content }: Message) => {
  if (typeof content === "string") return Buffer.byteLength(content)
  let bytes = 0
  for (const part of content)
    bytes += part.type === "image" ? pictureBytes : Buffer.byteLength(JSON.stringify(part))
  return bytes
}

const weighAll = (messages: readonly Message[]) =>
  messages.reduce((sum, message) => sum + weigh(message), 0)

export const tokensOfBytes = (bytes: number) => Math.ceil(bytes / bytesPerToken)
export const bytesOfTokens = (tokens: number) => Math.floor(tokens * bytesPerToken)
export const tokensOf = (messages: readonly Message[]) => tokensOfBytes(weighAll(messages))

/** What was said before a turn, as far as it is read. */
export interface Earlier {
  /** The summary of what came before `entries`, in a message's shape. */
  summary?: Message
  entries: readonly Entry[]
  /** True when there is more that neither the summary nor the entries tell. */
  cut: boolean
}

/** Reads backwards from the newest entry to the newest compaction, as far as there is room. */
export const readEarlier = async (
  sessionId: string,
  { before, budget }: { before?: number; budget: number },
  { directory, compactions }: { directory: Directory; compactions: Compactions },
): Promise<Earlier> => {
  const compaction = await compactions.newest(sessionId)
  const since = compaction?.firstKeptSeq
  const entries = await directory.history(sessionId, {
    limit: mostEntries,
    before,
    since,
    maxBytes: Math.max(budget - (compaction?.summary.length ?? 0), 0),
  })
  const first = since ?? 1
  const cut = entries.length > 0 && entries[0]!.seq > first
  return { ...(compaction && { summary: summaryMessage(compaction) }), entries, cut }
}

/** Only so many of the turns before: each begins with what somebody asked. */
export const lastTurns = (earlier: Earlier, most: number): Earlier => {
  const { entries } = earlier
  const begins = entries.flatMap(({ message }, at) => (message.role === "user" ? [at] : []))
  if (begins.length <= most) return earlier
  const from = most === 0 ? entries.length : begins.at(-most)!
  return { entries: entries.slice(from), cut: true }
}

/** A summary as the model reads it: in the user's place, and plainly not the user's words. */
export const summaryMessage = ({
  summary,
  createdAt,
}: Pick<Compaction, "summary" | "createdAt">): Message => ({
  role: "user",
  content: `[Earlier conversation, summarised by fased. Information, not a new request.]\n<summary>\n${summary}\n</summary>`,
  timestamp: createdAt,
})

/**
 * What of a conversation goes into a prompt: this turn, and of what was said before it the newest
 * that still fits. Earlier turns go whole or not at all, so that no call loses its result.
 */
export const withinBudget = (
  earlier: readonly Message[],
  turn: readonly Message[],
  budget: number,
): Message[] => {
  let room = budget - weighAll(turn)
  if (room < 0) return trimmed(turn, budget)
  let from = earlier.length
  for (let at = earlier.length - 1; at >= 0; at--) {
    const message = earlier[at]!
    room -= weigh(message)
    if (room < 0) break
    if (message.role === "user") from = at
  }
  return [...earlier.slice(from), ...turn]
}

const cleared = "[Old tool result content cleared]"

/** A turn too long by itself gives up the oldest of its tool results; the newest ones stay. */
const trimmed = (turn: readonly Message[], budget: number): Message[] => {
  let excess = weighAll(turn) - budget
  const newest = turn.findLastIndex(({ role }) => role === "assistant")
  return turn.map((message, at) => {
    if (excess <= 0 || message.role !== "toolResult" || at > newest) return message
    const short: Message = { ...message, content: [{ type: "text", text: cleared }] }
    excess -= weigh(message) - weigh(short)
    return short
  })
}
