import { untrusted } from "../../kernel/untrusted.ts"
import type { Outcome } from "../outcome.ts"
import type { SubagentRow } from "./store.ts"

/** What a subagent answers that has nothing to tell. */
export const announceSkip = "ANNOUNCE_SKIP"

const mostChars = 24_000

/** How it ended, as the gateway knows it; never the model's own word. */
const statusOf = ({ status, error, stopReason }: Outcome) => {
  if (status === "ok") return "completed successfully"
  if (stopReason === "timeout") return "timed out"
  return status === "aborted" ? "stopped" : `failed: ${error?.message ?? "no reason is known"}`
}

/** What the session that gave the work is told of its end (contract 18 §11). */
export const announcement = (row: SubagentRow, outcome: Outcome): string => {
  const { sessionKey, label, task } = row
  const { text, usage, provider, model, startedAt, endedAt, sessionId } = outcome
  const result = text.trim().slice(0, mostChars).toWellFormed() || "(no words)"
  const stats = [
    `runtime ${Math.round((endedAt - startedAt) / 1000)} s`,
    usage && `tokens ${usage.input} in, ${usage.output} out`,
    model && `model ${provider}/${model}`,
    `session ${sessionKey}`,
    `transcript ${sessionId ?? "none"}`,
  ]
  return [
    `A subagent you started has ended: ${label ?? firstLine(task)}`,
    `Status: ${statusOf(outcome)}`,
    `Result:\n${untrusted(result, { source: `subagent ${sessionKey}` })}`,
    `Notes: tell the person what came of it in your own words, if they still need it; otherwise answer NO_REPLY.`,
    `Stats: ${stats.filter(Boolean).join(" · ")}`,
  ].join("\n\n")
}

const firstLine = (task: string) => {
  const line = task.trim().split("\n", 1)[0]!
  return line.length > 120 ? `${line.slice(0, 119).toWellFormed()}…` : line
}
