import { notSent } from "../../kernel/network.ts"
import type { BotApi } from "./api.ts"
import { asNotSent } from "./failure.ts"
import { generalTopic, target } from "./places.ts"
import type { stickerBook } from "./stickers.ts"
import { done, sentMessage, topic } from "./wire.ts"

interface Actor {
  api: BotApi
  stickers: Pick<ReturnType<typeof stickerBook>, "find">
}

/** What only Telegram has. The arguments were checked against the declaration (index.ts). */
export const actor = ({ api, stickers }: Actor) => {
  const acts: Record<string, (args: Record<string, unknown>) => Promise<unknown>> = {
    async sticker({ to, fileId }) {
      const sent = await api.call("sendSticker", sentMessage, { ...placeOf(to), sticker: fileId })
      return { messageId: String(sent.message_id) }
    },
    async "sticker-search"({ query, limit }) {
      return { stickers: stickers.find(String(query), Number(limit)) }
    },
    async "topic-create"({ to, name, iconColor, iconCustomEmojiId }) {
      const { chat_id } = placeOf(to)
      const made = await api.call("createForumTopic", topic, {
        chat_id,
        name,
        icon_color: iconColor,
        icon_custom_emoji_id: iconCustomEmojiId,
      })
      return { topicId: String(made.message_thread_id), name: made.name }
    },
    async pin({ to, messageId }) {
      const { chat_id } = placeOf(to)
      await api.call("pinChatMessage", done, { chat_id, message_id: Number(messageId) })
      return {}
    },
    async unpin({ to, messageId }) {
      const { chat_id } = placeOf(to)
      await api.call("unpinChatMessage", done, { chat_id, message_id: Number(messageId) })
      return {}
    },
  }

  return async (action: string, args: Record<string, unknown>) => {
    const act = Object.hasOwn(acts, action) ? acts[action] : undefined
    if (!act) throw notSent({ why: "refused", text: `Telegram has no action "${action}".` })
    try {
      return await act(args)
    } catch (error) {
      throw asNotSent(error)
    }
  }
}

const placeOf = (to: unknown) => {
  const place = target(String(to))
  if ("problem" in place) throw notSent({ why: "refused", text: place.problem })
  const thread = place.thread && place.thread.id !== generalTopic ? place.thread.id : undefined
  return { chat_id: place.id, ...(thread && { message_thread_id: Number(thread) }) }
}
