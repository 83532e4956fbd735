import type { Block, History, Message } from "./frames.ts"

export interface TextPart {
  kind: "text"
  text: string
}

/** What the model said to itself before it spoke. */
export interface ThinkingPart {
  kind: "thinking"
  text: string
}

export interface PicturePart {
  kind: "picture"
  /** The picture itself, as a data URL, where this page has it. */
  url?: string
  /** The gateway's name for it. */
  mediaId?: string
}

export interface ToolPart {
  kind: "tool"
  id: string
  name: string
  input: unknown
  output: string
  /** What it showed, besides words. */
  pictures?: PicturePart[]
  state: "running" | "done" | "failed"
}

/** One turn of the conversation as it is shown: what a person said, or all of one answer. */
export interface Entry {
  id: string
  role: "user" | "assistant"
  parts: (TextPart | ThinkingPart | PicturePart | ToolPart)[]
  at: number
  state: "sending" | "unsent" | "streaming" | "done" | "stopped" | "failed"
  /** What went wrong, in words for the person. */
  problem?: string
  /** What to do about it, when the gateway knows. */
  hint?: string
  runId?: string
  /** Marks what was said from here, so that it is recognised in the history. */
  sendKey?: string
  /** The newest chat event that is already in. */
  seq?: number
}

const blocksOf = ({ content }: Message): Block[] =>
  typeof content === "string" ? [{ type: "text", text: content }] : (content ?? [])

export const textOf = (message: Message): string =>
  blocksOf(message)
    .map((block) => (block.type === "text" ? (block.text ?? "") : ""))
    .join("")

export const entryText = (entry: Entry): string =>
  entry.parts.map((part) => (part.kind === "text" ? part.text : "")).join("")

/** Tool results come as text, as content blocks, or as a value of another kind. */
export const resultText = (result: unknown): string => {
  if (result === undefined || result === null) return ""
  if (typeof result === "string") return result
  const { content } = result as Partial<Message>
  if (typeof content === "string" || Array.isArray(content)) return textOf({ role: "", content })
  return JSON.stringify(result, null, 2)
}

export const placeOf = (message: Message) => message.__fased ?? message.__openclaw

const runOf = (message: Message) => message.runId ?? placeOf(message)?.runId

/** The runs that go on in this session; undefined when the gateway does not say. */
export const activeRuns = ({ sessionInfo }: History): string[] | undefined => {
  const { activeRunIds, hasActiveRun, lastRunId } = sessionInfo ?? {}
  if (activeRunIds) return activeRunIds
  if (hasActiveRun === false) return []
  return hasActiveRun && lastRunId ? [lastRunId] : undefined
}

const sendKeyOf = (message: Message) => message.idempotencyKey?.replace(/:user$/, "")

const outcome: Record<string, Entry["state"]> = { aborted: "stopped", error: "failed" }

const picturesOf = (message: Message): PicturePart[] =>
  blocksOf(message).flatMap(({ type, mediaId }) =>
    type === "image" ? [{ kind: "picture" as const, mediaId }] : [],
  )

const answerPart = (block: Block): Entry["parts"][number] | null => {
  if (block.type === "text" && block.text) return { kind: "text", text: block.text }
  if (block.type === "thinking" && block.thinking) return { kind: "thinking", text: block.thinking }
  if (block.type === "toolCall" && block.id) {
    const { id, name = "tool", arguments: input } = block
    return { kind: "tool", id, name, input, output: "", state: "running" }
  }
  return null
}

/** Folds the rows of `chat.history` into turns: an answer's steps and tool results become one entry. */
export const entriesOf = (history: History): Entry[] => {
  const { messages } = history
  const entries: Entry[] = []
  const answer = (message: Message): Entry => {
    const last = entries.at(-1)
    const runId = runOf(message)
    if (last?.role === "assistant" && (!runId || !last.runId || last.runId === runId)) return last
    const id = placeOf(message)?.id ?? `history-${entries.length}`
    const at = message.timestamp ?? 0
    const entry: Entry = { id, role: "assistant", parts: [], at, state: "done", runId }
    entries.push(entry)
    return entry
  }

  for (const message of messages) {
    if (message.role === "user") {
      const sendKey = sendKeyOf(message)
      const id = sendKey ?? placeOf(message)?.id ?? `history-${entries.length}`
      const parts = [{ kind: "text" as const, text: textOf(message) }, ...picturesOf(message)]
      entries.push({ id, role: "user", parts, at: message.timestamp ?? 0, state: "done", sendKey })
    } else if (message.role === "assistant") {
      const entry = answer(message)
      for (const block of blocksOf(message)) {
        const part = answerPart(block)
        if (part) entry.parts.push(part)
      }
      entry.state = outcome[message.stopReason ?? ""] ?? "done"
      if (entry.state === "failed") entry.problem = message.errorMessage
    } else if (message.role === "toolResult") {
      const call = answer(message).parts.find(
        (part) => part.kind === "tool" && part.id === message.toolCallId,
      )
      if (call?.kind !== "tool") continue
      call.output = textOf(message)
      const pictures = picturesOf(message)
      if (pictures.length) call.pictures = pictures
      call.state = message.isError ? "failed" : "done"
    }
  }

  const last = entries.at(-1)
  const [active] = activeRuns(history) ?? []
  if (active && last?.role === "assistant" && (last.runId ?? active) === active) {
    last.state = "streaming"
    last.runId = active
  }
  for (const entry of entries) {
    if (entry.state === "streaming") continue
    for (const part of entry.parts)
      if (part.kind === "tool" && part.state === "running") part.state = "failed"
  }
  return entries.filter((entry) => entry.parts.length > 0 || entry.problem)
}
