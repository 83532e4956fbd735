import { batch, computed, signal } from "@preact/signals"
import * as conversation from "./chat.ts"
import type { Chat } from "./chat.ts"
import type { Link } from "./connection.ts"
import { reason } from "./failure.ts"
import type {
  ChatEvent,
  History,
  Message,
  SessionRow,
  StatusReport,
  ThinkingEvent,
  ToolEvent,
} from "./frames.ts"
import type { Asking } from "./requests.ts"
import { createSessionList } from "./session-list.ts"
import { entryText } from "./transcript.ts"
import type { Entry } from "./transcript.ts"
import { modelName } from "./words.ts"

/** The calls this page makes; `Connection` in the page, anything in a test. */
export interface Caller {
  request<T>(method: string, params?: object, asking?: Asking): Promise<T>
}

export interface AppOptions {
  /** The session to show, when the address names one. */
  session?: string
  now: () => number
  newId: () => string
  /** Shows which session is open in the address. */
  onSelect: (key: string) => void
}

/** Something to say, with the pictures that go with it as data URLs. */
export interface Saying {
  text: string
  pictures?: readonly string[]
}

/** Enough to know what was answered; the rest is there to be read. */
const spoken = (answer: Entry) => {
  if (answer.problem) return `The answer failed: ${answer.problem}`
  const text = entryText(answer)
  return `Answered: ${text.length > 240 ? `${text.slice(0, 240)}…` : text}`
}

const pageSize = 200

/** The conversations: what is known of them, and everything a person can do in them. */
export const createApp = ({ session, now, newId, onSelect }: AppOptions) => {
  const link = signal<Link>({ kind: "connecting" })
  const everOpen = signal(false)
  const selected = signal(session)
  const mainKey = signal("main")
  const chats = signal<Record<string, Chat>>({})
  /** For screen readers: what just finished. */
  const announcement = signal("")
  /** Something that did not work, and that the page did not recover from by itself. */
  const notice = signal("")
  let caller: Caller | undefined
  const list = createSessionList(() => caller)

  const hello = computed(() => (link.value.kind === "open" ? link.value.hello : undefined))
  const key = computed(() => selected.value ?? mainKey.value)
  /** The main session's draft has one name, before and after the gateway tells the session's key. */
  const draftKey = computed(() => (key.value === mainKey.value ? "main" : key.value))
  const chat = computed(() => chats.value[key.value] ?? conversation.emptyChat)
  const active = computed(() => conversation.activeEntry(chat.value))
  /** The open session's row, once the gateway keeps it. */
  const row = computed(() => list.rows.value.find((other) => other.key === key.value))
  const model = computed(() => {
    const { modelOverride, providerOverride } = row.value ?? {}
    if (modelOverride) return modelName({ model: modelOverride, modelProvider: providerOverride })
    return row.value?.model ? modelName(row.value) : list.defaultModel.value
  })

  const change = (sessionKey: string, next: (chat: Chat) => Chat) => {
    const before = chats.value[sessionKey] ?? conversation.emptyChat
    const after = next(before)
    if (after !== before) chats.value = { ...chats.value, [sessionKey]: after }
  }

  const loadChat = async (sessionKey: string) => {
    await caller?.request("sessions.messages.subscribe", { key: sessionKey })
    const history = await caller?.request<History>("chat.history", { sessionKey, limit: pageSize })
    if (history) change(sessionKey, (before) => conversation.adopt(before, history))
  }

  const readOlder = new Set<string>()
  const loadOlder = async () => {
    const sessionKey = key.value
    const before = conversation.oldestSeq(chat.value)
    if (!chat.value.hasMore || before < 2 || readOlder.has(sessionKey)) return
    readOlder.add(sessionKey)
    try {
      const params = { sessionKey, before, limit: pageSize }
      const page = await caller?.request<History>("chat.history", params)
      if (page) change(sessionKey, (now) => conversation.withOlder(now, page))
    } finally {
      readOlder.delete(sessionKey)
    }
  }

  /** Runs a step; a failure is shown, unless it is the connection's, which shows itself. */
  const attempt = async (what: string, step: () => Promise<unknown>) => {
    try {
      await step()
      notice.value = ""
    } catch (failure) {
      if (link.value.kind === "open") notice.value = `Could not ${what}: ${reason(failure)}.`
    }
  }

  const loadStatus = async () => {
    const status = await caller?.request<StatusReport>("status")
    const known = status?.model?.default ?? status?.sessions?.defaults?.model
    if (known) list.defaultModel.value = known
  }

  const showList = () => attempt("load the conversations", list.load)
  const showChat = (sessionKey: string) =>
    attempt("load this conversation", () => loadChat(sessionKey))

  const refresh = async () => {
    await attempt("read the gateway's status", loadStatus)
    await showList()
    await showChat(key.value)
  }

  const onChat = (event: ChatEvent) => {
    change(event.sessionKey, (before) => conversation.chatEvent(before, event, now()))
    if (event.sessionKey !== key.value || event.state === "delta" || event.state === "status")
      return
    const answer = chat.value.entries.find(({ runId }) => runId === event.runId)
    announcement.value = answer ? spoken(answer) : ""
    void showList()
  }

  const events: Record<string, (payload: never) => void> = {
    chat: onChat,
    agent(event: (ToolEvent | ThinkingEvent) & { stream: string }) {
      const { sessionKey, stream } = event
      if (!sessionKey || (stream !== "tool" && stream !== "thinking")) return
      change(sessionKey, (before) =>
        stream === "tool"
          ? conversation.toolEvent(before, event as ToolEvent, now())
          : conversation.thinkingEvent(before, event as ThinkingEvent, now()),
      )
    },
    "session.message": ({ sessionKey, message }: { sessionKey: string; message: Message }) =>
      change(sessionKey, (before) => conversation.heard(before, message, now())),
    "sessions.changed": (changed: { session?: SessionRow; reason?: string }) => {
      if (!list.heard(changed)) void showList()
    },
  }

  const deliver = async (sessionKey: string, sendKey: string, saying: Saying) => {
    const { text, pictures = [] } = saying
    change(sessionKey, (before) => conversation.say(before, sendKey, saying, now()))
    try {
      const answer = await caller?.request<{ runId?: string }>("chat.send", {
        sessionKey,
        message: text,
        idempotencyKey: sendKey,
        ...(pictures.length && {
          attachments: pictures.map((content) => ({ type: "image", content })),
        }),
      })
      change(sessionKey, (before) =>
        conversation.taken(before, sendKey, answer?.runId ?? sendKey, now()),
      )
    } catch (failure) {
      change(sessionKey, (before) => conversation.notTaken(before, sendKey, reason(failure)))
    }
  }

  return {
    link,
    everOpen,
    hello,
    list,
    row,
    model,
    key,
    draftKey,
    chat,
    active,
    announcement,
    notice,
    refresh,
    loadOlder: () => attempt("load older messages", loadOlder),
    attempt,

    use(connection: Caller) {
      caller = connection
    },

    linkChanged(next: Link) {
      const main = next.kind === "open" && next.hello.snapshot?.sessionDefaults?.mainSessionKey
      batch(() => {
        link.value = next
        if (main) mainKey.value = main
        if (next.kind !== "open") return
        everOpen.value = true
        // Events are never replayed: what is not on screen is read again when it is opened.
        chats.value = Object.fromEntries(
          Object.entries(chats.value).map(([name, known]) => [name, { ...known, loaded: false }]),
        )
      })
      if (next.kind !== "open") return
      void refresh()
      void attempt("follow the conversations", async () => caller?.request("sessions.subscribe"))
    },

    heard(name: string, payload: unknown) {
      events[name]?.(payload as never)
    },

    select(sessionKey: string) {
      selected.value = sessionKey
      onSelect(sessionKey)
      if (!chats.value[sessionKey]?.loaded) void showChat(sessionKey)
    },

    selectMain() {
      selected.value = undefined
      if (!chat.value.loaded) void showChat(key.value)
    },

    /** A conversation of its own, kept by the gateway once something is said in it. */
    startSession(agentId?: string) {
      const agent = agentId ?? hello.value?.snapshot?.sessionDefaults?.defaultAgentId ?? "main"
      const sessionKey = `agent:${agent}:web-${newId().slice(0, 8)}`
      change(sessionKey, (before) => ({ ...before, loaded: true }))
      this.select(sessionKey)
    },

    /** It is not in the list any more: the main conversation takes its place. */
    leaveSession(sessionKey: string) {
      const { [sessionKey]: _, ...others } = chats.value
      chats.value = others
      if (key.value === sessionKey) this.select(mainKey.value)
      void showList()
    },

    send: (text: string, pictures?: readonly string[]) =>
      deliver(key.value, newId(), { text, pictures }),

    /** Tries what was not delivered once more, under the same key: it cannot be answered twice. */
    sendAgain(entry: Entry) {
      const pictures = entry.parts.flatMap((part) =>
        part.kind === "picture" && part.url ? [part.url] : [],
      )
      return deliver(key.value, entry.id, { text: entryText(entry), pictures })
    },

    async stop() {
      const runId = active.value?.runId
      const params = { sessionKey: key.value, ...(runId && { runId }) }
      await attempt("stop the answer", async () => caller?.request("chat.abort", params))
    },
  }
}

export type App = ReturnType<typeof createApp>
