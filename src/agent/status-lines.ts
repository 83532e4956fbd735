import type { AgentsConfig } from "../agents/config.ts"
import type { MessagesConfig } from "../agents/messages.ts"
import type { Session } from "../sessions/session.ts"
import { queueSettings } from "./queue/settings.ts"
import type { Turns } from "./turns.ts"
import { levelsOf } from "./wishes.ts"

/** How a session is set, and what it is at: what `/status` says besides model and usage. */
export const statusLines = (
  session: Session,
  {
    agents,
    messages,
    turns,
    channel,
  }: { agents: AgentsConfig; messages: MessagesConfig; turns: Turns; channel: string },
) => {
  const { key, overrides } = session
  const { thinking = "as the model likes", verbose } = levelsOf(session, agents)
  const { reasoning = "off", elevated = "off", exec, sendPolicy } = overrides
  const { mode } = queueSettings({ channel }, overrides.queue, messages)
  // The turn that asks is one of them.
  const others = turns.ofSession(key).length - 1
  const wishes = Object.entries(exec ?? {}).map(([name, value]) => `${name}=${value}`)
  return [
    `- Thinking: ${thinking}; reasoning ${reasoning}; verbose ${verbose}`,
    `- Commands: elevated ${elevated}${wishes.length ? `; ${wishes.join(" ")}` : ""}`,
    `- Queue: ${mode}${others > 0 ? `; ${others} ${others === 1 ? "turn" : "turns"} under way or waiting` : ""}`,
    ...(sendPolicy ? [`- Sending: ${sendPolicy === "allow" ? "on" : "off"}`] : []),
  ]
}
