import type { ThinkingLevel } from "../kernel/channel.ts"
import type { Destination } from "../kernel/delivery.ts"
import { findOutcome } from "../agent/outcome.ts"
import { untrusted } from "../kernel/untrusted.ts"
import { mainSession } from "../sessions/keys.ts"
import type { Shop } from "./needs.ts"
import { agentFor, sessionFor } from "./target.ts"

export interface Wake {
  text: string
  mode: "now" | "next-heartbeat"
  /** What the call was, so that it counts once. */
  id: string
  name: string
  unsafe: boolean
  agentId?: string
}

export interface Work {
  message: string
  id: string
  name: string
  unsafe: boolean
  agentId?: string
  session: { key: string | undefined; from: "request" | "mapping" }
  model?: string
  thinking?: ThinkingLevel
  timeoutSeconds?: number
  /** Where the reply goes besides. */
  deliver?: Destination
}

/** Longest part of a reply that the main session is told. */
const summaryChars = 500

const fenced = (text: string, { name, unsafe }: Pick<Wake, "name" | "unsafe">) =>
  unsafe ? text : untrusted(text, { source: `webhook "${name}"` })

/** Tells the agent's main session what happened; with `now` it is asked about it at once. */
export const wake = async (call: Wake, shop: Shop) => {
  const { receive, directory, events } = shop
  const agentId = agentFor(call.agentId, shop)
  const { key } = directory.key(mainSession(agentId))
  const text = fenced(call.text, call)
  if (call.mode === "next-heartbeat") {
    events.enqueue(key, text)
    return {}
  }
  const { runId } = await receive({
    channel: "hook",
    account: call.name,
    chat: key,
    id: call.id,
    sender: { kind: "hook", name: call.name },
    surface: "hook",
    text,
  })
  return { runId }
}

/** Runs one turn in a session of its own; the main session is told how it ended. */
export const work = async (call: Work, shop: Shop) => {
  const { receive, models, log } = shop
  const agentId = agentFor(call.agentId, shop)
  const sessionKey = sessionFor({ ...call.session, id: call.id }, { agentId, hooks: shop.hooks })
  const model = call.model && models.check(call.model)
  const { runId, state } = await receive({
    channel: "hook",
    account: call.name,
    chat: sessionKey,
    id: call.id,
    sender: { kind: "hook", name: call.name },
    surface: "hook",
    text: fenced(call.message, call),
    options: {
      ...(model && { model }),
      ...(call.thinking && { thinking: call.thinking }),
      ...(call.timeoutSeconds && { timeoutMs: call.timeoutSeconds * 1000 }),
    },
    ...(call.deliver && { deliver: call.deliver }),
  })
  const outcome = findOutcome(runId, shop)
  if (state === "new")
    outcome
      .then((ended) => ended && summarise(call, { agentId, ...ended }, shop))
      .catch((error: unknown) =>
        log.for("webhooks").error("a hook's end could not be told", { run: runId, error }),
      )
  return { runId, sessionKey, outcome }
}

const summarise = (
  call: Work,
  {
    agentId,
    status,
    text,
    error,
  }: { agentId: string; status: string; text: string; error?: { message: string } },
  { events, directory }: Shop,
) => {
  const said = (error?.message ?? text).trim().slice(0, summaryChars).toWellFormed()
  const how = status === "ok" ? "was answered" : status === "aborted" ? "was stopped" : "failed"
  const { key } = directory.key(mainSession(agentId))
  events.enqueue(
    key,
    `The webhook "${call.name}" ${how}.${said ? `\n${untrusted(said, { source: `the run of webhook "${call.name}"` })}` : ""}`,
  )
}
