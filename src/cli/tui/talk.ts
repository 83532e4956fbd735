import type { Client } from "../../client/connect.ts"
import type { Waiting } from "../approvals.ts"
import { addBlock, type Block, type State, writeReply } from "./state.ts"

interface Content {
  role?: string
  content?: string | { type?: string; text?: string; name?: string }[]
}

interface ChatPayload {
  runId?: string
  sessionKey?: string
  state?: "delta" | "final" | "aborted" | "error"
  message?: Content
  errorMessage?: string
  errorHint?: string
}

interface AgentPayload {
  sessionKey?: string
  stream?: string
  data?: { phase?: string; name?: string }
}

interface History {
  sessionKey?: string
  messages?: Content[]
  sessionInfo?: { modelProvider?: string; model?: string; activeRunIds?: string[] }
  defaults?: { modelProvider?: string; model?: string }
}

const firstPauseMs = 500
const longestPauseMs = 10_000
const mostHistory = 100

/** What goes over the wire for the terminal UI. It finds back by itself, and then looks at all anew. */
export const createTalk = (
  state: State,
  { open, changed }: { open: () => Promise<Client>; changed: () => void },
) => {
  let client: Client | undefined
  const ending = new AbortController()
  let lastSeq = 0

  const isHere = (key: string | undefined) => key === state.session

  const onChat = (payload: unknown) => {
    const { runId = "", sessionKey, message, ...chat } = payload as ChatPayload
    if (!isHere(sessionKey)) return
    const text = textOf(message)
    if (chat.state === "delta") {
      state.running.add(runId)
      writeReply(state, runId, text, true)
      return changed()
    }
    if (text) writeReply(state, runId, text, false)
    state.running.delete(runId)
    state.doing = ""
    if (chat.state === "aborted") addBlock(state, { kind: "note", text: "Stopped." })
    if (chat.state === "error")
      addBlock(state, {
        kind: "error",
        text: [chat.errorMessage ?? "The turn failed.", chat.errorHint].filter(Boolean).join("\n"),
      })
    changed()
    // A command may have chosen another model, and so may a failure.
    void look(1).then(changed, () => undefined)
  }

  const onAgent = (payload: unknown) => {
    const { sessionKey, stream, data } = payload as AgentPayload
    if (!isHere(sessionKey)) return
    if (stream === "tool") state.doing = `Using ${data?.name ?? "a tool"}`
    else if (stream === "thinking") state.doing = "Thinking"
    else if (stream === "assistant") state.doing = "Writing"
    else return
    changed()
  }

  const lookAtApprovals = async () => {
    try {
      state.approvals = (await client!.request("exec.approval.list", {})) as Waiting[]
    } catch {
      // Without the scope for it, they are somebody else's to answer.
      state.approvals = []
    }
    changed()
  }

  /** What the gateway has of the session; undefined when somebody went on to another meanwhile. */
  const look = async (limit: number) => {
    const { session } = state
    const history = (await client!.request("chat.history", {
      sessionKey: session,
      limit,
    })) as History
    if (state.session !== session) return undefined
    const { sessionKey = session, sessionInfo, defaults } = history
    // A short name is the same session, which events call by its whole key.
    state.session = sessionKey
    const { modelProvider, model } = sessionInfo?.model ? sessionInfo : (defaults ?? {})
    state.model = [modelProvider, model].filter(Boolean).join("/")
    return history
  }

  /** All of the session: after a gap, what was missed is in it. */
  const load = async () => {
    const history = await look(mostHistory)
    if (!history) return
    state.blocks = (history.messages ?? []).flatMap(blocksOf)
    state.running = new Set(history.sessionInfo?.activeRunIds)
    changed()
  }

  const greet = async (fresh: Client) => {
    client = fresh
    state.session ||= fresh.hello.snapshot?.sessionDefaults?.mainSessionKey ?? "agent:main:main"
    fresh.on("chat", onChat)
    fresh.on("agent", onAgent)
    fresh.on("exec.approval.requested", () => void lookAtApprovals())
    fresh.on("exec.approval.resolved", () => void lookAtApprovals())
    lastSeq = 0
    fresh.on("*", (_, { seq }) => {
      if (seq === undefined) return
      if (lastSeq && seq !== lastSeq + 1) void load().catch(() => undefined)
      lastSeq = seq
    })
    await learnCommands(fresh) // first: whoever sees the conversation can complete them
    await Promise.all([load(), lookAtApprovals()])
    // Not before: what was said until then, the conversation as it was would take away.
    state.connection = "connected"
    changed()
  }

  const learnCommands = async (fresh: Client) => {
    const { commands } = (await fresh.request("commands.list", {})) as {
      commands: { textAliases: string[]; description: string }[]
    }
    state.commands = commands.map(({ textAliases: [name = ""], description }) => ({
      name,
      about: description,
    }))
  }

  const once = async () => {
    const fresh = await open()
    const gone = Promise.withResolvers<string>()
    fresh.onClose((code, reason) => gone.resolve(`${reason || "closed"} (${code})`))
    if (ending.signal.aborted) return void fresh.close()
    await greet(fresh)
    state.trouble = await gone.promise
  }

  return {
    /** Stays connected until it is closed. The first failure is thrown: it needs a person. */
    async run() {
      let wait = firstPauseMs
      let everConnected = false
      while (!ending.signal.aborted) {
        try {
          await once()
          everConnected = true
          wait = firstPauseMs
        } catch (error) {
          everConnected ||= client !== undefined
          if (!everConnected) throw error
          state.trouble = (error as Error).message
        }
        client = undefined
        state.connection = "lost"
        if (ending.signal.aborted) return
        changed()
        await Bun.sleep(wait)
        wait = Math.min(wait * 2, longestPauseMs)
      }
    },
    close() {
      ending.abort()
      void client?.close()
    },
    load,
    request(method: string, params: object): Promise<unknown> {
      if (!client || state.connection !== "connected")
        return Promise.reject(new Error("Not connected. It is tried again by itself."))
      return client.request(method, params)
    },
  }
}
export type Talk = ReturnType<typeof createTalk>

const textOf = (message: Content | undefined): string => {
  const { content = [] } = message ?? {}
  if (typeof content === "string") return content
  return content.flatMap(({ type, text }) => (type === "text" && text ? [text] : [])).join("\n")
}

const blocksOf = (message: Content): Block[] => {
  const text = textOf(message)
  if (message.role === "user") return text ? [{ kind: "you", text }] : []
  if (message.role !== "assistant") return []
  const used = Array.isArray(message.content)
    ? message.content.flatMap(({ type, name }) =>
        type !== "text" && type !== "thinking" && name ? [name] : [],
      )
    : []
  return [
    ...(text ? [{ kind: "agent" as const, text }] : []),
    ...(used.length ? [{ kind: "note" as const, text: `used ${used.join(", ")}` }] : []),
  ]
}
