import type { PruningSettings } from "../agents/pruning.ts"
import type { OpenModel } from "../models/service.ts"
import type { Message } from "../sessions/message.ts"
import { textOf } from "../sessions/message.ts"
import { weigh } from "./context.ts"

type Result = Extract<Message, { role: "toolResult" }>
type Verdict = "trim" | "clear"

/** The rule of thumb the ratios are meant by. */
const charsPerToken = 4
const mostSessions = 500

const unitsMs = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const
const durationMs = (text: string) => {
  const [, count, unit] = /^(\d+)(ms|s|m|h|d)$/.exec(text)!
  return Number(count) * unitsMs[unit as keyof typeof unitsMs]
}

/** True for models whose provider keeps what it has read for a while, and forgets it all at once. */
export const cachesByTime = ({
  provider,
  model,
  api,
}: Pick<OpenModel, "provider" | "model" | "api">) =>
  (api === "anthropic-messages" && provider === "anthropic") ||
  (provider === "openrouter" && model.startsWith("anthropic/"))

interface Request {
  sessionId: string
  model: OpenModel
  /** Tokens of the context window. */
  window: number
  settings: PruningSettings
  now: number
}

/**
 * Leaves old tool results out of a request, never out of the transcript. New ones are only left out
 * when the provider's cache has run out anyway; from then on they stay out, so that the next
 * requests begin with the same words.
 */
export const createPruner = () => {
  const verdicts = new Map<string, Map<string, Verdict>>()

  return (messages: readonly Message[], request: Request): readonly Message[] => {
    const { settings, model, sessionId } = request
    const mode = settings.mode ?? (cachesByTime(model) ? "cache-ttl" : "off")
    if (mode === "off") return messages
    const known = verdicts.get(sessionId) ?? new Map<string, Verdict>()
    if (hasRunOut(messages, request)) {
      judge(messages, known, request)
      verdicts.delete(sessionId)
      if (known.size) verdicts.set(sessionId, known)
      if (verdicts.size > mostSessions) verdicts.delete(verdicts.keys().next().value!)
    }
    if (!known.size) return messages
    return messages.map((message) => {
      const verdict = message.role === "toolResult" ? known.get(nameOf(message)) : undefined
      return verdict ? shortened(message as Result, verdict, settings) : message
    })
  }
}

const nameOf = ({ toolCallId, timestamp }: Result) => `${toolCallId}@${timestamp}`

const hasRunOut = (messages: readonly Message[], { settings, model, now }: Request) => {
  const last = messages.findLast(
    (message) => message.role === "assistant" && message.provider === model.provider,
  )
  const ttl = settings.ttl ?? (settings.mode ? "5m" : "1h")
  return last !== undefined && now - last.timestamp > durationMs(ttl)
}

const judge = (
  messages: readonly Message[],
  verdicts: Map<string, Verdict>,
  { settings, window }: Request,
) => {
  const { softTrimRatio, hardClearRatio, softTrim, hardClear, minPrunableToolChars } = settings
  const room = window * charsPerToken
  const results = prunable(messages, settings)
  const size = (message: Result) => {
    const verdict = verdicts.get(nameOf(message))
    return weigh(verdict ? shortened(message, verdict, settings) : message)
  }
  let chars = messages.reduce(
    (sum, message) => sum + (message.role === "toolResult" ? size(message) : weigh(message)),
    0,
  )
  const put = (message: Result, verdict: Verdict) => {
    chars -= size(message)
    verdicts.set(nameOf(message), verdict)
    chars += size(message)
  }

  if (chars < room * softTrimRatio) return
  for (const result of results)
    if (!verdicts.has(nameOf(result)) && textOf(result).length > softTrim.maxChars)
      put(result, "trim")

  if (!hardClear.enabled || chars < room * hardClearRatio) return
  if (results.reduce((sum, result) => sum + size(result), 0) < minPrunableToolChars) return
  for (const result of results) {
    if (chars < room * hardClearRatio) return
    if (verdicts.get(nameOf(result)) !== "clear") put(result, "clear")
  }
}

/** Results between the first question and the newest answers, without pictures, of tools that may lose them. */
const prunable = (messages: readonly Message[], { keepLastAssistants, tools }: PruningSettings) => {
  const first = messages.findIndex(({ role }) => role === "user")
  const answers = messages.flatMap(({ role }, at) => (role === "assistant" ? [at] : []))
  const end = keepLastAssistants ? (answers.at(-keepLastAssistants) ?? 0) : messages.length
  if (first < 0) return []
  return messages
    .slice(first, end)
    .filter(
      (message): message is Result =>
        message.role === "toolResult" &&
        message.content.every(({ type }) => type === "text") &&
        (!tools.allow || matches(message.toolName, tools.allow)) &&
        !matches(message.toolName, tools.deny ?? []),
    )
}

const matches = (name: string, patterns: readonly string[]) =>
  patterns.some((pattern) => {
    const parts = pattern.toLowerCase().split("*").map(RegExp.escape)
    return new RegExp(`^${parts.join(".*")}$`).test(name.toLowerCase())
  })

const shortened = (message: Result, verdict: Verdict, settings: PruningSettings): Result => {
  const { softTrim, hardClear } = settings
  if (verdict === "clear")
    return { ...message, content: [{ type: "text", text: hardClear.placeholder }] }
  const text = textOf(message)
  const { headChars, tailChars } = softTrim
  const head = text.slice(0, headChars).toWellFormed()
  const tail = tailChars ? text.slice(-tailChars).toWellFormed() : ""
  const note = `[Tool result trimmed: kept first ${headChars} and last ${tailChars} of ${text.length} characters.]`
  return { ...message, content: [{ type: "text", text: `${head}\n...\n${tail}\n\n${note}` }] }
}
