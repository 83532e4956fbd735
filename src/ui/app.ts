import { batch, computed, signal } from "@preact/signals"
import * as conversation from "./chat.ts"
import type { Chat } from "./chat.ts"
import type { Link } from "./connection.ts"
import type {
  ChatEvent,
  History,
  Message,
  SessionList,
  SessionRow,
  StatusReport,
  ToolEvent,
} from "./frames.ts"
import { RequestFailed } from "./requests.ts"
import { entryText } from "./transcript.ts"
import type { Entry } from "./transcript.ts"

/** The calls this page makes; `Connection` in the page, anything in a test. */
export interface Caller {
  request<T>(method: string, params?: object): Promise<T>
}

export interface AppOptions {
  /** The session to show, when the address names one. */
  session?: string
  now: () => number
  newId: () => string
  /** Shows which session is open in the address. */
  onSelect: (key: string) => void
}

/** The gateway's words and its advice, to end a sentence with. */
const reason = (failure: unknown) => {
  if (!(failure instanceof RequestFailed)) return "something unexpected happened in this page"
  const { hint } = (failure.error.details ?? {}) as { hint?: string }
  return [failure.message, hint].filter(Boolean).join(" ").replace(/\.$/, "")
}

/** Enough to know what was answered; the rest is there to be read. */
const spoken = (answer: Entry) => {
  if (answer.problem) return `The answer failed: ${answer.problem}`
  const text = entryText(answer)
  return `Answered: ${text.length > 240 ? `${text.slice(0, 240)}…` : text}`
}

const byRecent = (a: SessionRow, b: SessionRow) => (b.updatedAt ?? 0) - (a.updatedAt ?? 0)

/** Everything the page shows, and everything a person can do with it. */
export const createApp = ({ session, now, newId, onSelect }: AppOptions) => {
  const link = signal<Link>({ kind: "connecting" })
  const everOpen = signal(false)
  const sessions = signal<SessionRow[]>([])
  const sessionCount = signal(0)
  const defaultModel = signal<string>()
  const selected = signal(session)
  const mainKey = signal("main")
  const chats = signal<Record<string, Chat>>({})
  /** For screen readers: what just finished. */
  const announcement = signal("")
  /** Something that did not work, and that the page did not recover from by itself. */
  const notice = signal("")
  let caller: Caller | undefined

  const hello = computed(() => (link.value.kind === "open" ? link.value.hello : undefined))
  const key = computed(() => selected.value ?? mainKey.value)
  /** The main session's draft has one name, before and after the gateway tells the session's key. */
  const draftKey = computed(() => (key.value === mainKey.value ? "main" : key.value))
  const chat = computed(() => chats.value[key.value] ?? conversation.emptyChat)
  const active = computed(() => conversation.activeEntry(chat.value))
  const model = computed(() => {
    const row = sessions.value.find((other) => other.key === key.value)
    return row?.model ? modelName(row) : defaultModel.value
  })

  const change = (sessionKey: string, next: (chat: Chat) => Chat) => {
    const before = chats.value[sessionKey] ?? conversation.emptyChat
    const after = next(before)
    if (after !== before) chats.value = { ...chats.value, [sessionKey]: after }
  }

  const loadSessions = async () => {
    const params = { limit: 100, includeDerivedTitles: true, includeLastMessage: true }
    const list = await caller?.request<SessionList>("sessions.list", params)
    if (!list) return
    batch(() => {
      sessions.value = list.sessions.toSorted(byRecent)
      sessionCount.value = list.totalCount ?? list.count
      if (list.defaults?.model) defaultModel.value = modelName(list.defaults)
    })
  }

  const loadChat = async (sessionKey: string) => {
    await caller?.request("sessions.messages.subscribe", { key: sessionKey })
    const history = await caller?.request<History>("chat.history", { sessionKey, limit: 200 })
    if (history) change(sessionKey, (before) => conversation.adopt(before, history))
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
    if (known) defaultModel.value = known
  }

  const showList = () => attempt("load the conversations", loadSessions)
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

  const onSessionsChanged = (changed: { session?: SessionRow; reason?: string }) => {
    const { session: row, reason } = changed
    const known = row && sessions.value.some((other) => other.key === row.key)
    if (!row || !known || reason === "delete") return void showList()
    const others = sessions.value.filter((other) => other.key !== row.key)
    const before = sessions.value.find((other) => other.key === row.key)
    sessions.value = [{ ...before, ...row }, ...others].toSorted(byRecent)
  }

  const events: Record<string, (payload: never) => void> = {
    chat: onChat,
    agent: (event: ToolEvent & { stream: string }) => {
      if (event.stream !== "tool" || !event.sessionKey) return
      change(event.sessionKey, (before) => conversation.toolEvent(before, event, now()))
    },
    "session.message": ({ sessionKey, message }: { sessionKey: string; message: Message }) =>
      change(sessionKey, (before) => conversation.heard(before, message, now())),
    "sessions.changed": onSessionsChanged,
  }

  const deliver = async (sessionKey: string, sendKey: string, text: string) => {
    change(sessionKey, (before) => conversation.say(before, sendKey, text, now()))
    try {
      const params = { sessionKey, message: text, idempotencyKey: sendKey }
      const answer = await caller?.request<{ runId?: string }>("chat.send", params)
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
    sessions,
    sessionCount,
    model,
    key,
    draftKey,
    chat,
    active,
    announcement,
    notice,
    refresh,

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

    /** A conversation of its own, kept by the gateway once something is said in it. */
    startSession() {
      const agent = hello.value?.snapshot?.sessionDefaults?.defaultAgentId ?? "main"
      const sessionKey = `agent:${agent}:web-${newId().slice(0, 8)}`
      change(sessionKey, (before) => ({ ...before, loaded: true }))
      this.select(sessionKey)
    },

    send: (text: string) => deliver(key.value, newId(), text),

    /** Tries what was not delivered once more, under the same key: it cannot be answered twice. */
    sendAgain: (sendKey: string, text: string) => deliver(key.value, sendKey, text),

    async stop() {
      const runId = active.value?.runId
      const params = { sessionKey: key.value, ...(runId && { runId }) }
      await attempt("stop the answer", async () => caller?.request("chat.abort", params))
    },
  }
}

export type App = ReturnType<typeof createApp>

const modelName = ({ modelProvider, model }: Pick<SessionRow, "modelProvider" | "model">) =>
  modelProvider && model && !model.includes("/")
    ? `${modelProvider}/${model}`
    : (model ?? undefined)
