import type { Clock } from "../../kernel/clock.ts"
import type { Connection, Part, Sent } from "../../kernel/network.ts"
import type { SlackApi } from "./api.ts"
import { roomOf, threadOf } from "./destination.ts"
import type { SlackDirectory } from "./directory.ts"
import { emojiName } from "./emoji.ts"
import { attempt, SlackRefusal, unless } from "./failures.ts"
import { type Via, viaOf } from "./interactions.ts"
import type { Threads } from "./threads.ts"
import { upload } from "./upload.ts"
import { millis } from "./wire.ts"
import { written, writtenExactly } from "./written.ts"

export interface Outward {
  api: SlackApi
  directory: SlackDirectory
  threads: Threads
  clock: Clock
  self: string
}

/** What we wrote carries the mark of its part, so that it is found again after a crash. */
const markType = "fased_part"
const mostLookedAt = 200

/** Sends, changes and takes back messages. */
export const createOutbound = (
  outward: Outward,
): Required<Pick<Connection, "send" | "edit" | "remove" | "react" | "find">> => {
  const { api, directory, threads, clock } = outward

  const send = async (part: Part, signal: AbortSignal): Promise<Sent> => {
    const via = viaOf(part.via)
    if (via && !part.enclosure) return await answer(outward, via, part, signal)
    // What only one person is to see is no file for the room.
    const place = via?.ephemeral ? { id: via.user } : part.conversation
    const channel = await roomOf(directory, place, signal)
    const thread = via ? undefined : threadOf(part)
    const sent = part.enclosure
      ? await upload(outward, part, { channel, thread }, signal)
      : await post(channel, thread, part, signal)
    if (thread !== undefined) threads.spoke(channel, thread)
    return sent
  }

  const post = async (
    channel: string,
    thread: string | undefined,
    part: Part,
    signal: AbortSignal,
  ) => {
    const { ts } = await api.call<{ ts: string }>(
      "chat.postMessage",
      {
        channel,
        ...written(part),
        thread_ts: thread,
        metadata: { event_type: markType, event_payload: { nonce: part.nonce } },
        ...(part.linkPreview === false && { unfurl_links: false, unfurl_media: false }),
      },
      signal,
    )
    return { id: ts, at: millis(ts) }
  }

  return {
    send: (part, signal) => attempt(() => send(part, signal)),

    edit: (part, messageId, signal) =>
      attempt(async () => {
        const channel = await roomOf(directory, part.conversation, signal)
        // Buttons that were not sent along again are gone, as they are in other networks.
        const said = writtenExactly(part)
        await api.call("chat.update", { channel, ts: messageId, ...said }, signal)
      }),

    remove: (conversation, messageId) =>
      attempt(async () => {
        const channel = await roomOf(directory, conversation)
        await api.call("chat.delete", { channel, ts: messageId }).catch(unless("message_not_found"))
      }),

    react: (conversation, messageId, emoji, take) =>
      attempt(async () => {
        const channel = await roomOf(directory, conversation)
        const at = { channel, timestamp: messageId }
        if (!emoji) return await takeBackAll(outward, at)
        const name = emojiName(emoji)
        if (!name) throw new SlackRefusal("reactions.add", "invalid_name")
        await api
          .call(`reactions.${take}`, { ...at, name })
          .catch(unless(take === "add" ? "already_reacted" : "no_reaction"))
      }),

    async find(part) {
      if (part.enclosure || part.via) return null
      const channel = await roomOf(directory, part.conversation)
      const thread = threadOf(part)
      const sent = await api
        .call<{ messages: Marked[] }>(
          thread === undefined ? "conversations.history" : "conversations.replies",
          {
            channel,
            ...(thread !== undefined && {
              ts: thread,
              oldest: String(clock.now() / 1000 - 86_400),
            }),
            include_all_metadata: true,
            limit: mostLookedAt,
          },
        )
        .catch((error: unknown) => {
          if (error instanceof SlackRefusal) return undefined
          throw error
        })
      if (!sent) return null
      const found = sent.messages.find(
        ({ metadata }) =>
          metadata?.event_type === markType && metadata.event_payload?.nonce === part.nonce,
      )
      return found ? { id: found.ts, at: millis(found.ts) } : "absent"
    },
  }
}

interface Marked {
  ts: string
  metadata?: { event_type?: string; event_payload?: { nonce?: unknown } }
}

/** The answer to a slash command; when its own address is used up, only the person sees it in the room. */
const answer = async (
  { api, clock }: Outward,
  { responseUrl, channel, user, ephemeral }: Via,
  part: Part,
  signal: AbortSignal,
): Promise<Sent> => {
  const body = writtenExactly(part)
  try {
    const how = { response_type: ephemeral ? "ephemeral" : "in_channel", replace_original: false }
    await api.put(responseUrl, JSON.stringify({ ...body, ...how }), "application/json", signal)
    return { id: `response:${part.nonce}`, at: clock.now() }
  } catch (error) {
    if (
      !(error instanceof SlackRefusal) ||
      !/^(?:used_url|expired_url|http_40[034])$/.test(error.code)
    )
      throw error
    const { message_ts: ts } = await api.call<{ message_ts: string }>(
      "chat.postEphemeral",
      { channel, user, ...body },
      signal,
    )
    return { id: ts, at: millis(ts) }
  }
}

const takeBackAll = async (
  { api, self }: Outward,
  at: { channel: string; timestamp: string },
): Promise<void> => {
  const { message } = await api.call<{
    message?: { reactions?: { name: string; users: string[] }[] }
  }>("reactions.get", { ...at, full: true })
  for (const { name, users } of message?.reactions ?? [])
    if (users.includes(self))
      await api.call("reactions.remove", { ...at, name }).catch(unless("no_reaction"))
}
