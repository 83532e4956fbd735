import type { Payload, Result } from "../../methods.ts"
import { deviceName, withoutMarks } from "../../words.ts"

export const topics = [
  { value: "all", label: "Everything" },
  { value: "conversations", label: "Conversations" },
  { value: "tasks", label: "Tasks" },
  { value: "channels", label: "Channels" },
  { value: "gateway", label: "Gateway" },
] as const
export type Topic = Exclude<(typeof topics)[number]["value"], "all">

/** Something that happened. */
export interface Entry {
  id: string
  at: number
  topic: Topic
  text: string
  note?: string
  isProblem?: boolean
  /** The conversation it happened in. */
  session?: string
}

type Told = Omit<Entry, "id" | "at"> & { at?: number }

const most = 160
const shortened = (text: string) => {
  const line = withoutMarks(text).replace(/\s+/g, " ").trim()
  return line.length > most ? `${line.slice(0, most)}…` : line
}

/** What the gateway's events say to a person; undefined for those that say nothing new. */
export const chatTold = (event: Payload<"chat">, title: string): Told | undefined => {
  const session = event.sessionKey
  if (event.state === "final") {
    const text = event.message?.content.map(({ text }) => text).join(" ") ?? ""
    return { topic: "conversations", text: `Answered in ${title}`, note: shortened(text), session }
  }
  if (event.state === "aborted")
    return { topic: "conversations", text: `An answer in ${title} was stopped`, session }
  if (event.state === "error")
    return {
      topic: "conversations",
      text: `An answer in ${title} failed`,
      note: [event.errorMessage, event.errorHint].filter(Boolean).join(" "),
      isProblem: true,
      session,
    }
  return undefined
}

const runWords: Record<string, string> = {
  ok: "went well",
  error: "failed",
  skipped: "was left out",
  blocked: "was not allowed to run",
}

interface RunEnd {
  jobName?: string
  jobId: string
  status?: string
  error?: string
  summary?: string
  sessionKey?: string
}

const runEnded = ({ jobName, jobId, status, error, summary, sessionKey }: RunEnd): Told => ({
  topic: "tasks",
  text: `Task ${jobName ?? jobId} ${runWords[status ?? ""] ?? "ended"}`,
  note: shortened(error ?? summary ?? ""),
  isProblem: status === "error" || status === "blocked",
  session: sessionKey,
})

export const cronTold = (event: Payload<"cron">): Told => {
  const { action, jobName, jobId } = event
  if (action === "finished") return runEnded(event)
  const done = {
    added: "was made",
    updated: "was changed",
    removed: "was removed",
    started: "began",
  }
  return {
    topic: "tasks",
    text: `Task ${jobName ?? jobId} ${done[action]}`,
    session: event.sessionKey,
  }
}

export const runTold = (run: Result<"cron.runs">["entries"][number]): Told => ({
  ...runEnded(run),
  at: run.ts,
})

const channelWords: Record<string, string> = {
  connected: "is connected",
  connecting: "is connecting",
  "backing-off": "is not connected",
  stopped: "was stopped",
  "needs-login": "has to be linked",
  "wrong-credentials": "is refused: its credentials are wrong",
  disabled: "is switched off",
  unconfigured: "lacks a setting",
}

export const channelTold = (event: Payload<"channels">): Told => {
  const { channel, accountId, state, reason, hint } = event
  const name = accountId === "default" ? channel : `${channel} (${accountId})`
  return {
    topic: "channels",
    text: `${name} ${channelWords[state] ?? state}`,
    note: [reason, hint].filter(Boolean).join(" "),
    isProblem: ["backing-off", "wrong-credentials", "needs-login"].includes(state),
  }
}

export const outboxTold = (event: Payload<"outbox.settled">): Told => ({
  topic: "channels",
  text:
    event.state === "sent"
      ? `Sent on ${event.channel}`
      : event.state === "failed"
        ? `Could not be sent on ${event.channel}`
        : `Sent on ${event.channel}, perhaps: the network did not say`,
  note: event.error,
  isProblem: event.state !== "sent",
  session: event.sessionKey,
})

export const heartbeatTold = (event: Payload<"heartbeat">): Told | undefined => {
  const agent = event.agentId ?? "the agent"
  if (event.status === "failed")
    return {
      topic: "tasks",
      text: `Waking ${agent} failed`,
      note: event.message ?? event.reason,
      isProblem: true,
    }
  if (event.status === "skipped")
    return { topic: "tasks", text: `${agent} was not woken`, note: event.reason }
  return {
    topic: "tasks",
    text:
      event.status === "sent" ? `${agent} woke and wrote` : `${agent} woke and had nothing to say`,
    note: event.preview && shortened(event.preview),
  }
}

export const approvalTold = (event: Payload<"exec.approval.requested">): Told => ({
  topic: "gateway",
  text: "A command waits for an answer",
  note: shortened(event.request.command),
  session: event.request.sessionKey ?? undefined,
})

const decisions: Record<string, string> = {
  "allow-once": "was allowed once",
  "allow-always": "is always allowed from now on",
  deny: "was denied",
}

export const decisionTold = (event: Payload<"exec.approval.resolved">): Told => ({
  topic: "gateway",
  text: `A command ${decisions[event.decision ?? ""] ?? "was not answered in time"}`,
})

export const deviceTold = (event: Payload<"device.pair.requested">): Told => ({
  topic: "gateway",
  text: `${deviceName(event)} asks to be let in`,
  note: event.remoteIp,
})

export const configTold = (event: Payload<"config.changed">): Told => {
  const { valid, applied, waits, issues } = event
  if (!valid)
    return {
      topic: "gateway",
      text: "The config file cannot be used; what was in force stays",
      note: issues.map(({ path, message }) => `${path}: ${message}`).join(" "),
      isProblem: true,
    }
  const what = [
    applied.length && `in use: ${applied.join(", ")}`,
    waits.length && `after a restart: ${waits.join(", ")}`,
  ].filter(Boolean)
  return { topic: "gateway", text: "The config was changed", note: what.join("; ") }
}

export const budgetTold = (event: Payload<"usage.budget">): Told => ({
  topic: "gateway",
  text: `The budget of ${event.of} is ${event.state === "spent" ? "spent" : "nearly spent"}`,
  isProblem: event.state === "spent",
})
