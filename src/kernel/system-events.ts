import { service } from "./service.ts"

/** What happened beside a conversation and is told to its model with the next question. */
export interface SystemEvents {
  /** Keeps one line for a session. The same line twice in a row is kept once. */
  enqueue(sessionKey: string, text: string): void
  /** What is kept for a session, the oldest first, without telling it. */
  waiting(sessionKey: string): readonly string[]
  /** What is kept for a session, the oldest first; it is told once. */
  drain(sessionKey: string): string[]
}
export const SystemEvents = service<SystemEvents>("system events")

const mostLines = 20
const mostSessions = 1000
const longest = 2000

/** Keeps them in memory: what they tell of does not outlive the process either. */
export const createSystemEvents = (): SystemEvents => {
  const waiting = new Map<string, string[]>()
  return {
    enqueue(sessionKey, text) {
      const line = text.trim().slice(0, longest).toWellFormed()
      const lines = waiting.get(sessionKey) ?? []
      if (!line || lines.at(-1) === line) return
      if (!lines.length && waiting.size >= mostSessions) return
      waiting.set(sessionKey, [...lines, line].slice(-mostLines))
    },
    waiting: (sessionKey) => waiting.get(sessionKey) ?? [],
    drain(sessionKey) {
      const lines = waiting.get(sessionKey) ?? []
      waiting.delete(sessionKey)
      return lines
    },
  }
}
