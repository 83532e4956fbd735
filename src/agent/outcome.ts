import type { SaidCall } from "../kernel/channel.ts"
import type { WireError } from "../kernel/fault.ts"
import type { Directory } from "../sessions/directory.ts"
import type { Message, Usage } from "../sessions/message.ts"
import { textOf } from "../sessions/message.ts"
import { withoutSilence } from "./silence.ts"
import type { Turns } from "./turns.ts"

/** How a turn ended. */
export interface Outcome {
  runId: string
  /** Missing when the turn failed before it had a session. */
  sessionId?: string
  status: "ok" | "aborted" | "error"
  text: string
  /** `stop`, `length`, `aborted`, `timeout`, `error`, … */
  stopReason: string
  startedAt: number
  endedAt: number
  provider?: string
  model?: string
  usage?: Usage
  /** Calls that the client is to make; the turn ended with them. */
  calls?: readonly SaidCall[]
  error?: WireError
  /** What the failure would be as an HTTP status. */
  errorStatus?: number
}

/** How a turn ended, for the one who asked. */
export interface Ending extends Pick<Outcome, "status" | "text" | "provider" | "model"> {
  /** What went wrong, in words for people. */
  error?: string
}

/** The stop reason of a turn that ends with calls for the client. */
export const handedOver = "clientTools"

/** The calls that an answer leaves to the client. */
export const handedCalls = (message: Message): { calls?: SaidCall[] } =>
  message.role === "assistant" && message.stopReason === handedOver
    ? {
        calls: message.content
          .filter((part) => part.type === "toolCall")
          .map(({ id, name, arguments: args }) => ({ id, name, arguments: args })),
      }
    : {}

/** The usage of two model calls in a row. */
export const addUsage = (before: Usage | undefined, usage: Usage | undefined) => {
  if (!before || !usage) return before ?? usage
  const reasoning = (before.reasoning ?? 0) + (usage.reasoning ?? 0)
  return {
    input: before.input + usage.input,
    output: before.output + usage.output,
    ...(reasoning && { reasoning }),
    cacheRead: before.cacheRead + usage.cacheRead,
    cacheWrite: before.cacheWrite + usage.cacheWrite,
    // The context holds what the newest call saw, not the sum of all calls.
    totalTokens: usage.totalTokens,
  }
}

/** The last words of a run, when it has come to its end; whatever asks for tools goes on. */
const lastWords = (messages: readonly Message[]) => {
  const last = messages.at(-1)
  if (last?.role !== "assistant") return undefined
  if (last.stopReason === handedOver) return last
  return last.content.some(({ type }) => type === "toolCall") ? undefined : last
}

/** True when what a run has written shows that it is over. */
export const hasEnded = (messages: readonly Message[]) => lastWords(messages) !== undefined

const statuses: Readonly<Record<string, Outcome["status"]>> = { aborted: "aborted", error: "error" }

/** How a run ended, from what it wrote; null when it has not ended or wrote nothing. */
export const recordedOutcome = (runId: string, messages: readonly Message[]): Outcome | null => {
  const last = lastWords(messages)
  if (!last) return null
  // What the client said that was said before has no provider.
  const answers = messages
    .filter((message) => message.role === "assistant")
    .filter((answer) => answer.provider || answer === last)
  const { provider, model, stopReason = "stop", errorMessage } = last
  return {
    runId,
    status: statuses[stopReason] ?? "ok",
    text: answers
      .map((answer) => withoutSilence(textOf(answer)))
      .filter(Boolean)
      .join("\n\n"),
    stopReason,
    startedAt: messages[0]!.timestamp,
    endedAt: last.timestamp,
    provider,
    model,
    usage: answers.map(({ usage }) => usage).reduce(addUsage, undefined),
    ...handedCalls(last),
    ...(errorMessage !== undefined && {
      error: { code: "UNAVAILABLE", message: errorMessage },
    }),
  }
}

/** How a turn ended: waits for one under way, remembers newer ones, reads up on older ones. */
export const findOutcome = async (
  runId: string,
  { turns, directory }: { turns: Turns; directory: Directory },
): Promise<Outcome | null> => {
  const known = await turns.outcome(runId)
  if (known) return known
  const entries = await directory.ofRun((await turns.answeredBy(runId)) ?? runId)
  return recordedOutcome(
    runId,
    entries.map(({ message }) => message),
  )
}
