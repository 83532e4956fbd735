import type { MessagesConfig } from "../../agents/messages.ts"
import type { Inbound, QueueMode } from "../../kernel/channel.ts"
import type { SessionOverrides } from "../../sessions/overrides.ts"

export interface QueueSettings {
  mode: QueueMode
  debounceMs: number
  cap: number
  drop: "summarize" | "old" | "new"
}

/** How a message joins a busy session: its own wish, then the session's, the channel's, the config's. */
export const queueSettings = (
  { channel, options }: Pick<Inbound, "channel" | "options">,
  own: SessionOverrides["queue"],
  { queue }: MessagesConfig,
): QueueSettings => ({
  mode: options?.queue ?? own?.mode ?? queue.byChannel[channel] ?? queue.mode,
  debounceMs: own?.debounceMs ?? queue.debounceMsByChannel[channel] ?? queue.debounceMs,
  cap: own?.cap ?? queue.cap,
  drop: own?.drop ?? queue.drop,
})
