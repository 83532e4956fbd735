import { readKey } from "../sessions/keys.ts"
import type { SessionConfig } from "../sessions/config.ts"

/**
 * Whether what a session says goes out to its network (contract 10 §8.7): the session's own word
 * first, then the rules, of which the first that denies wins.
 */
export const maySend = (
  { sessionKey, channel }: { sessionKey: string; channel: string },
  own: "allow" | "deny" | undefined,
  { rules, default: otherwise }: SessionConfig["sendPolicy"],
): boolean => {
  if (own) return own === "allow"
  const { kind, thread } = readKey(sessionKey)
  const chatType = thread ? "thread" : kind === "group" || kind === "channel" ? "group" : "direct"
  const behindAgent = sessionKey.replace(/^agent:[^:]+:/, "")
  const fitting = rules.filter(
    ({ match }) =>
      (match.channel === undefined || match.channel === channel) &&
      (match.chatType === undefined || match.chatType === chatType) &&
      (match.keyPrefix === undefined || behindAgent.startsWith(match.keyPrefix)) &&
      (match.rawKeyPrefix === undefined || sessionKey.startsWith(match.rawKeyPrefix)),
  )
  if (fitting.some(({ action }) => action === "deny")) return false
  return fitting.length > 0 || otherwise === "allow"
}
