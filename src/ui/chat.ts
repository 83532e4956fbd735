import type { ChatEvent, History, Message, ToolEvent } from "./frames.ts"
import { activeRuns, entriesOf, resultText, textOf } from "./transcript.ts"
import type { Entry, TextPart, ToolPart } from "./transcript.ts"

/** One conversation as the page knows it. Every function here returns the next one. */
export interface Chat {
  entries: Entry[]
  /** The history has arrived. */
  loaded: boolean
}

export const emptyChat: Chat = { entries: [], loaded: false }

const finished = new Set<Entry["state"]>(["done", "stopped", "failed"])

export const activeEntry = (chat: Chat) => chat.entries.find(({ state }) => state === "streaming")

const replace = (chat: Chat, entry: Entry): Chat => ({
  ...chat,
  entries: chat.entries.map((other) => (other.id === entry.id ? entry : other)),
})

const add = (chat: Chat, entry: Entry): Chat => ({ ...chat, entries: [...chat.entries, entry] })

const answerOf = (chat: Chat, runId: string) =>
  chat.entries.find((entry) => entry.role === "assistant" && entry.runId === runId)

const newAnswer = (runId: string, at: number): Entry => ({
  id: `run-${runId}`,
  role: "assistant",
  parts: [],
  at,
  state: "streaming",
  runId,
})

/** A person pressed Enter. The key makes a second attempt harmless. */
export const say = (chat: Chat, sendKey: string, text: string, at: number): Chat => {
  const entry: Entry = {
    id: sendKey,
    role: "user",
    parts: [{ kind: "text", text }],
    at,
    state: "sending",
    sendKey,
  }
  const known = chat.entries.some(({ id }) => id === sendKey)
  return known ? replace(chat, entry) : add(chat, entry)
}

/** The gateway took it. Its first events may have come before this answer. */
export const taken = (chat: Chat, sendKey: string, runId: string, at: number): Chat => {
  const said = chat.entries.find(({ id }) => id === sendKey)
  const next = said ? replace(chat, { ...said, state: "done" }) : chat
  return answerOf(next, runId) ? next : add(next, newAnswer(runId, at))
}

export const notTaken = (chat: Chat, sendKey: string, problem: string): Chat => {
  const said = chat.entries.find(({ id }) => id === sendKey)
  return said ? replace(chat, { ...said, state: "unsent", problem }) : chat
}

/** What `whole` has beyond the words shown so far; undefined when it does not begin with them. */
const beyond = (entry: Entry, whole: string): string | undefined => {
  let rest = whole
  for (const part of entry.parts) {
    if (part.kind !== "text") continue
    // Steps are paragraphs of the whole; a transcript keeps them without the space between.
    if (!rest.startsWith(part.text)) rest = rest.trimStart()
    if (!rest.startsWith(part.text)) return undefined
    rest = rest.slice(part.text.length)
  }
  return rest
}

/**
 * Brings the answer's text up to `whole`, which may be the text of the whole run or only of the
 * step after the last tool call; gateways differ.
 */
const withText = (entry: Entry, whole: string): Entry => {
  const rest = beyond(entry, whole)
  if (rest !== undefined) return rest ? appended(entry, rest) : entry
  const spoken = entry.parts.findLast((part) => part.kind === "text")
  if (spoken?.text === whole) return entry
  if (entry.parts.at(-1)?.kind !== "text") return appended(entry, whole)
  return { ...entry, parts: [...entry.parts.slice(0, -1), { kind: "text", text: whole }] }
}

const appended = (entry: Entry, text: string): Entry => {
  const last = entry.parts.at(-1)
  if (last?.kind !== "text") return { ...entry, parts: [...entry.parts, { kind: "text", text }] }
  const grown: TextPart = { kind: "text", text: last.text + text }
  return { ...entry, parts: [...entry.parts.slice(0, -1), grown] }
}

const ended = (entry: Entry, state: Entry["state"]): Entry => ({
  ...entry,
  state,
  parts: entry.parts.map((part) =>
    part.kind === "tool" && part.state === "running" ? { ...part, state: "failed" } : part,
  ),
})

const told = (entry: Entry, event: ChatEvent): Entry => {
  const whole = event.message && textOf(event.message)
  const current = whole ? withText(entry, whole) : entry
  if (event.state === "status") return current
  if (event.state === "delta")
    return whole === undefined && event.deltaText ? appended(current, event.deltaText) : current
  if (event.state === "final") return ended(current, "done")
  if (event.state === "aborted") return ended(current, "stopped")
  const { errorMessage = "no reason was given", errorHint } = event
  return { ...ended(current, "failed"), problem: errorMessage, hint: errorHint }
}

export const chatEvent = (chat: Chat, event: ChatEvent, at: number): Chat => {
  const known = answerOf(chat, event.runId)
  if (known && finished.has(known.state)) return chat
  if (known && event.state === "delta" && event.seq <= (known.seq ?? -1)) return chat
  const next = { ...told(known ?? newAnswer(event.runId, at), event), seq: event.seq }
  return known ? replace(chat, next) : add(chat, next)
}

export const toolEvent = (chat: Chat, { runId, data }: ToolEvent, at: number): Chat => {
  const known = answerOf(chat, runId)
  if (known && finished.has(known.state)) return chat
  const entry = known ?? newAnswer(runId, at)
  const before = entry.parts.find(
    (part): part is ToolPart => part.kind === "tool" && part.id === data.toolCallId,
  )
  const part: ToolPart = {
    kind: "tool",
    id: data.toolCallId,
    name: data.name,
    input: undefined,
    output: "",
    state: "running",
    ...before,
  }
  if (data.args !== undefined) part.input = data.args
  if (data.phase === "update") part.output = resultText(data.partialResult) || part.output
  if (data.phase === "result") {
    part.output = resultText(data.result)
    part.state = data.isError ? "failed" : "done"
  }
  const parts = before
    ? entry.parts.map((other) => (other === before ? part : other))
    : [...entry.parts, part]
  const next = { ...entry, parts }
  return known ? replace(chat, next) : add(chat, next)
}

/** Someone else spoke in this conversation, from another client or a channel. */
export const heard = (chat: Chat, message: Message, at: number): Chat => {
  if (message.role !== "user") return chat
  const [entry] = entriesOf({ sessionKey: "", messages: [message] })
  if (!entry || !entry.sendKey || chat.entries.some(({ id }) => id === entry.id)) return chat
  const placed = { ...entry, at: entry.at || at }
  const answer = activeEntry(chat)
  const last = chat.entries.at(-1)
  // Its answer may have begun to stream before the question was announced.
  if (answer && answer === last && answer.parts.length === 0)
    return { ...chat, entries: [...chat.entries.slice(0, -1), placed, answer] }
  return add(chat, placed)
}

/** The gateway's history wins, except for what it cannot know yet. */
export const adopt = (chat: Chat, history: History): Chat => {
  const entries = entriesOf(history)
  const known = new Set(entries.map(({ id }) => id))
  const unsaid = chat.entries.filter(
    ({ id, state }) => (state === "sending" || state === "unsent") && !known.has(id),
  )
  const last = entries.at(-1)
  const running = activeRuns(history)
  const open = last?.role === "user" || last?.state === "streaming"
  // Of a run that the history has not closed, the events have told more.
  const mine = chat.entries.findLast(({ role, runId, state }) => {
    if (role !== "assistant" || !runId) return false
    return running ? running.includes(runId) : open && state === "streaming"
  })
  if (mine) {
    const settled = last?.state === "streaming" ? entries.slice(0, -1) : entries
    return { entries: [...settled, mine, ...unsaid], loaded: true }
  }
  const unseen = running?.[0] && last?.role === "user" ? [newAnswer(running[0], last.at)] : []
  return { entries: [...entries, ...unseen, ...unsaid], loaded: true }
}
