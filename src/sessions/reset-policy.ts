import type { ResetPolicy, SessionConfig } from "./config.ts"
import { readKey, type KeyFacts } from "./keys.ts"

/** Sessions of one job begin and end with it, not with the day. */
const ownTerm: ReadonlySet<KeyFacts["kind"]> = new Set(["subagent", "acp", "cron", "hook", "node"])

/** What a session goes by: its network's policy, else that of its kind, else the common one. */
export const policyOf = (
  key: string,
  { reset, resetByType, resetByChannel }: SessionConfig,
): ResetPolicy | undefined => {
  const facts = readKey(key)
  if (ownTerm.has(facts.kind)) return undefined
  const { direct = resetByType.dm, group, thread } = resetByType
  const byType = { direct, group, thread }[chatTypeOf(facts)]
  const byChannel = facts.channel && Object.hasOwn(resetByChannel, facts.channel)
  return byChannel ? resetByChannel[facts.channel!] : (byType ?? reset)
}

export const chatTypeOf = ({ kind, thread }: KeyFacts) =>
  thread ? "thread" : kind === "group" || kind === "channel" ? "group" : "direct"

/** When a session that was last used at `usedAt` begins afresh: at the earliest of its terms. */
export const expiryOf = (policy: ResetPolicy, usedAt: number, zone: string): number => {
  const { mode, atHour, idleMinutes } = policy
  if (mode === "off") return Infinity
  const idle = idleMinutes ? usedAt + idleMinutes * 60_000 : Infinity
  return mode === "idle" ? idle : Math.min(idle, nextHour(usedAt, atHour, zone))
}

/**
 * The next time the clocks there show that hour. One that a spring night leaves out comes when it is
 * over; of one that an autumn night has twice, the first counts.
 */
const nextHour = (after: number, hour: number, zone: string) => {
  const today = Temporal.Instant.fromEpochMilliseconds(after).toZonedDateTimeISO(zone).toPlainDate()
  const on = (day: Temporal.PlainDate) =>
    day.toZonedDateTime({ timeZone: zone, plainTime: { hour } }).epochMilliseconds
  const first = on(today)
  return first > after ? first : on(today.add({ days: 1 }))
}
