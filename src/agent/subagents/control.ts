import type { Receive } from "../../kernel/channel.ts"
import type { Turns } from "../turns.ts"
import { unknownSubagent } from "./faults.ts"
import type { SubagentRow } from "./store.ts"

/** Also what it started itself. The runs it stopped. */
export const stop = ({ sessionKey }: SubagentRow, turns: Turns) =>
  turns.abort({ sessionKey, tree: true }, "user")

/** One as the list shows it. */
export const facts = (
  { sessionKey, label, task, runId, status, createdAt, endedAt }: SubagentRow,
  now: number,
) => ({
  label: label ?? task.slice(0, 80).toWellFormed(),
  status,
  sessionKey,
  runId,
  runtimeSeconds: Math.round(((endedAt ?? now) - createdAt) / 1000),
})

/** By its number in the list, label, session key or run id. */
export const find = (rows: readonly SubagentRow[], target: string): SubagentRow => {
  const wanted = target.trim()
  const row =
    rows[Number(wanted.replace(/^#/, "")) - 1] ??
    rows.find(({ sessionKey, runId, label }) => [sessionKey, runId, label].includes(wanted))
  if (!row) throw unknownSubagent({ target })
  return row
}

/** Says something to one; `steer` reaches it in the middle of its work. */
export const tell = (
  { sessionKey: chat, timeoutMs }: SubagentRow,
  text: string,
  { sessionKey, owner, steer }: { sessionKey: string; owner: boolean; steer: boolean },
  receive: Receive,
) =>
  receive({
    channel: "subagent",
    account: "default",
    chat,
    id: crypto.randomUUID(),
    sender: { kind: "agent", sessionKey, owner },
    text,
    options: { timeoutMs, ...(steer && { queue: "steer" }) },
  })
