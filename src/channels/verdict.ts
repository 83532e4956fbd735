import { Fault } from "../kernel/fault.ts"
import { type AnyChannel, connectionOver } from "../kernel/network.ts"
import type { AccountState } from "./accounts.ts"

/** What follows from the end of a connection. */
export type Verdict = { reason: string; hint?: string } &
  /** Only a person can help. */
  (
    | { rests: Extract<AccountState, "needs-login" | "wrong-credentials"> }
    /** It is tried again. */
    | { why: "gone" | "conflict"; /** Nobody foresaw it: the log gets all of it. */ bug?: true }
  )

/** What to make of whatever ended a connection, or kept it from being. */
export const judge = (
  error: unknown,
  channel: Pick<AnyChannel, "can" | "label">,
  told: (error: unknown) => string,
): Verdict => {
  if (connectionOver.is(error)) {
    const { why, hint } = error.data
    const reason = told(error)
    if (why !== "credentials") return { why, reason, hint }
    return { rests: channel.can.login ? "needs-login" : "wrong-credentials", reason, hint }
  }
  const reason = `${channel.label}: ${told(error)}`
  return error instanceof Fault
    ? { why: "gone", reason, hint: error.hint }
    : { why: "gone", reason, bug: true }
}
