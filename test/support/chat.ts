import type { Client } from "../../src/client/connect.ts"

/** One `chat` event as it came in. */
export interface ChatEvent {
  runId: string
  sessionKey: string
  seq: number
  state: "delta" | "final" | "aborted" | "error"
  deltaText?: string
  message?: { content: { text: string }[] }
  stopReason?: string
  errorMessage?: string
  errorCode?: string
  errorHint?: string
}

export interface AgentEvent {
  runId: string
  stream: string
  seq: number
  data: Record<string, unknown>
}

interface Sent {
  runId: string
  status: "started" | "in_flight" | "ok"
}

/** A message as `chat.history` shows it. */
export interface Told {
  role: string
  // oxlint-disable-next-line typescript/no-explicit-any -- a test looks at whichever field it is about
  content: any
  stopReason?: string
  errorMessage?: string
  label?: string
  isError?: boolean
  __fased?: { id: string; seq: number; runId?: string }
}

export const textOf = ({ message }: ChatEvent) => message?.content[0]?.text ?? ""

/** Listens to a gateway's conversations from now on, and speaks in them. */
export const listen = (client: Client, sessionKey = "main") => {
  const events: ChatEvent[] = []
  const agent: AgentEvent[] = []
  const watchers = new Set<() => void>()
  const look = () => watchers.forEach((watcher) => watcher())
  client.on("chat", (payload) => (events.push(payload as ChatEvent), look()))
  client.on("agent", (payload) => (agent.push(payload as AgentEvent), look()))

  const until = <T>(find: () => T | undefined) =>
    new Promise<T>((resolve) => {
      const watcher = () => {
        const found = find()
        if (found === undefined) return
        watchers.delete(watcher)
        resolve(found)
      }
      watchers.add(watcher)
      watcher()
    })

  const ends = (runId: string) =>
    events.filter((event) => event.runId === runId && event.state !== "delta")

  const send = async (message: string, more: Record<string, unknown> = {}) =>
    (await client.request("chat.send", {
      sessionKey,
      message,
      idempotencyKey: crypto.randomUUID(),
      ...more,
    })) as Sent

  const ended = (runId: string) => until(() => ends(runId)[0])

  return {
    events,
    agent,
    until,
    send,
    ends,
    /** Resolves with the one event that ends a turn. */
    ended,
    /** Says something and waits for the end of the turn. */
    ask: async (message: string, more?: Record<string, unknown>) =>
      ended((await send(message, more)).runId),
    abort: (runId?: string) =>
      client.request("chat.abort", { sessionKey, ...(runId && { runId }) }) as Promise<{
        aborted: boolean
        runIds: string[]
      }>,
    history: async (more: Record<string, unknown> = {}) =>
      (await client.request("chat.history", { sessionKey, ...more })) as {
        messages: Told[]
        hasMore: boolean
        totalMessages: number
        sessionId?: string
        defaults: Record<string, unknown>
        sessionInfo?: Record<string, unknown> & { status: string; activeRunIds: string[] }
      },
  }
}
