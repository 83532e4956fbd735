import type { Connection } from "../../kernel/network.ts"
import type { Log } from "../../kernel/log.ts"
import type { SlackApi } from "./api.ts"
import { emojiName } from "./emoji.ts"
import { SlackRefusal, unless } from "./failures.ts"

/** Apps without these features are refused for good; it is not tried again. */
const never = new Set([
  "missing_scope",
  "not_allowed_token_type",
  "unknown_method",
  "no_permission",
])

/**
 * A line of status in a thread, where the app may show one; else, when a reaction is set for it, that
 * on the message that is being answered.
 */
export const createTyping = (
  api: SlackApi,
  reaction: string | undefined,
  lastHeard: (room: string, thread: string | undefined) => string | undefined,
  log: Log,
): NonNullable<Connection["typing"]> => {
  let hasStatus = true
  /** Where our reaction stands now. */
  const marked = new Map<string, string>()
  const name = reaction === undefined ? undefined : emojiName(reaction)

  const showStatus = async (channel: string, thread: string, on: boolean) => {
    try {
      const status = on ? "is typing…" : ""
      await api.call("assistant.threads.setStatus", {
        channel_id: channel,
        thread_ts: thread,
        status,
      })
      return true
    } catch (error) {
      if (!(error instanceof SlackRefusal)) throw error
      if (never.has(error.code)) {
        hasStatus = false
        log.info("slack shows no typing for this app", { error: error.code })
      }
      return false
    }
  }

  return async ({ id: channel, thread }, on, via) => {
    if (via !== undefined) return
    if (thread && hasStatus && (await showStatus(channel, thread.id, on))) return
    const place = `${channel}:${thread?.id ?? ""}`
    const timestamp = on ? lastHeard(channel, thread?.id) : marked.get(place)
    if (!name || !timestamp || (on && marked.get(place) === timestamp)) return
    if (on) marked.set(place, timestamp)
    else marked.delete(place)
    await api
      .call(`reactions.${on ? "add" : "remove"}`, { channel, timestamp, name })
      .catch(unless(on ? "already_reacted" : "no_reaction"))
  }
}
