import { fault } from "../kernel/fault.ts"
import type { Inbound } from "../kernel/channel.ts"

export type Verdict = { kind: "allow" } | { kind: "refuse"; reason: "unknown-sender" }

export const refused = fault<{ channel: string; reason: string }>("access.refused", {
  status: 403,
  message: ({ channel, reason }) => `This sender may not be heard on ${channel}: ${reason}.`,
  hint: () => "Only operators that the gateway signed in can talk to it for now.",
})

/**
 * May this sender be heard here? Denied unless a rule allows it. An operator was let in by the
 * gateway with the scope to write; another session was let in by the policy of the tool it used;
 * people on chat networks have no rule yet, so none gets in.
 */
export const judge = ({ sender }: Inbound): Verdict =>
  sender.kind === "person" ? { kind: "refuse", reason: "unknown-sender" } : { kind: "allow" }
