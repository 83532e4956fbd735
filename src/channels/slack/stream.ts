/** A reply that grows: https://docs.slack.dev/reference/methods/chat.startStream */
import { type GrowingText, notSent, type Part } from "../../kernel/network.ts"
import { roomOf, threadOf } from "./destination.ts"
import { attempt } from "./failures.ts"
import type { Outward } from "./outbound.ts"
import { toMarkdown } from "./render.ts"
import { millis } from "./wire.ts"

/** `recipient` is who is answered; outside of private chats Slack wants to know. */
export const createStream =
  (outward: Outward, team: string | undefined, recipient: (room: string) => string | undefined) =>
  async (part: Part): Promise<GrowingText> => {
    const { api, directory, threads } = outward
    const thread = threadOf(part)
    if (thread === undefined || part.via !== undefined)
      throw notSent({ why: "refused", text: "Slack lets a text grow in a thread only." })
    const channel = await attempt(() => roomOf(directory, part.conversation))
    const user = recipient(channel)
    let ts: string | undefined

    const start = async (signal?: AbortSignal, text?: string) => {
      const started = await api.call<{ ts: string }>(
        "chat.startStream",
        {
          channel,
          thread_ts: thread,
          markdown_text: text,
          ...(user && { recipient_user_id: user, recipient_team_id: team }),
        },
        signal,
      )
      threads.spoke(channel, thread)
      return started.ts
    }
    return {
      append: (styled, signal) =>
        attempt(async () => {
          const text = toMarkdown(styled)
          if (!text) return
          if (ts === undefined) ts = await start(signal, text)
          else await api.call("chat.appendStream", { channel, ts, markdown_text: text }, signal)
        }),
      end: () =>
        attempt(async () => {
          ts ??= await start()
          await api.call("chat.stopStream", { channel, ts })
          return { id: ts, at: millis(ts) }
        }),
    }
  }
