import type { Message } from "../sessions/message.ts"

/** Bytes of conversation that fit a context window: four a token, a third left for the rest. */
export const contextBudget = (contextWindow: number) => Math.floor(contextWindow * 4 * 0.66)

const weigh = ({ content }: Message) =>
  typeof content === "string"
    ? Buffer.byteLength(content)
    : Buffer.byteLength(JSON.stringify(content))

/**
 * What of a conversation goes into a prompt: this turn, and of what was said before it the newest
 * that still fits. Earlier turns go whole or not at all, so that no call loses its result.
 */
export const withinBudget = (
  earlier: readonly Message[],
  turn: readonly Message[],
  budget: number,
): Message[] => {
  let room = budget - turn.reduce((sum, message) => sum + weigh(message), 0)
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
  let excess = turn.reduce((sum, message) => sum + weigh(message), -budget)
  const newest = turn.findLastIndex(({ role }) => role === "assistant")
  return turn.map((message, at) => {
    if (excess <= 0 || message.role !== "toolResult" || at > newest) return message
    const short: Message = { ...message, content: [{ type: "text", text: cleared }] }
    excess -= weigh(message) - weigh(short)
    return short
  })
}
