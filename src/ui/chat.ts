import type { ChatEvent, History, Message, ThinkingEvent, ToolEvent } from "./frames.ts"
import { activeRuns, entriesOf, placeOf, resultText, textOf } from "./transcript.ts"
import type { Entry, TextPart, ToolPart } from "./transcript.ts"

/** One conversation as the page knows it. Every function here returns the next one. */
export interface Chat {
  entries: Entry[]
  /** The history has arrived. */
  loaded: boolean
  /** The rows of the history that are here, oldest first. */
  messages: Message[]
  /** How many entries, from the first, were made of them; the rest came by events. */
  settled: number
  /** The gateway has older rows. */
  hasMore: boolean
}

export const emptyChat: Chat = {
  entries: [],
  loaded: false,
  messages: [],
  settled: 0,
  hasMore: false,
}

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
export const say = (
  chat: Chat,
  sendKey: string,
  { text, pictures = [] }: { text: string; pictures?: readonly string[] },
  at: number,
): Chat => {
  const entry: Entry = {
    id: sendKey,
    role: "user",
    parts: [{ kind: "text", text }, ...pictures.map((url) => ({ kind: "picture" as const, url }))],
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

/** What the model says to itself, as it comes. */
export const thinkingEvent = (chat: Chat, { runId, data }: ThinkingEvent, at: number): Chat => {
  const known = answerOf(chat, runId)
  if (!data.delta || (known && finished.has(known.state))) return chat
  const entry = known ?? newAnswer(runId, at)
  const last = entry.parts.at(-1)
  const before = last?.kind === "thinking" ? last.text : ""
  const others = last?.kind === "thinking" ? entry.parts.slice(0, -1) : entry.parts
  const next = {
    ...entry,
    parts: [...others, { kind: "thinking" as const, text: before + data.delta }],
  }
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

const seqOf = (message?: Message) => (message && placeOf(message)?.seq) ?? 0

/** Older rows that are here already stay in front of the newest page, when nothing lies between. */
const joined = (chat: Chat, { messages }: History) => {
  const first = seqOf(messages[0])
  const reaches = first > 0 && seqOf(chat.messages.at(-1)) >= first - 1
  const older = reaches ? chat.messages.filter((message) => seqOf(message) < first) : []
  return { messages: [...older, ...messages], keepsOlder: older.length > 0 }
}

/** The gateway's history wins, except for what it cannot know yet. */
export const adopt = (chat: Chat, history: History): Chat => {
  const { messages, keepsOlder } = joined(chat, history)
  const hasMore = keepsOlder ? chat.hasMore : (history.hasMore ?? false)
  const entries = entriesOf({ ...history, messages })
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
  const settled = mine && last?.state === "streaming" ? entries.slice(0, -1) : entries
  const unseen = running?.[0] && last?.role === "user" ? [newAnswer(running[0], last.at)] : []
  return {
    entries: [...settled, ...(mine ? [mine] : unseen), ...unsaid],
    loaded: true,
    messages,
    settled: settled.length,
    hasMore,
  }
}

/** The seq of the oldest row that is here: what is asked for next lies before it. */
export const oldestSeq = ({ messages }: Chat) => seqOf(messages[0])

/** Puts a page of older rows in front. A turn that the page's edge cut in two becomes whole. */
export const withOlder = (chat: Chat, { messages: page, hasMore = false }: History): Chat => {
  const first = oldestSeq(chat)
  const older = page.filter((message) => seqOf(message) < first)
  if (!older.length) return { ...chat, hasMore: false }
  const messages = [...older, ...chat.messages]
  const of = (rows: Message[]) => entriesOf({ sessionKey: "", messages: rows })
  const leftToEvents = of(chat.messages).length - chat.settled
  const entries = of(messages)
  const settled = entries.slice(0, entries.length - leftToEvents)
  return {
    ...chat,
    entries: [...settled, ...chat.entries.slice(chat.settled)],
    messages,
    settled: settled.length,
    hasMore,
  }
}
