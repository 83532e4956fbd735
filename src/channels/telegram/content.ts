import type { Attachment, Place, Quoted } from "../../kernel/network.ts"
import { personOf } from "./people.ts"
import type { File, Me, Message, RepliedTo } from "./wire.ts"

type Content = Pick<
  Message,
  | "photo"
  | "voice"
  | "audio"
  | "video"
  | "video_note"
  | "animation"
  | "document"
  | "sticker"
  | "text"
  | "caption"
>

export const textOf = ({ text, caption }: Content) => text ?? caption ?? ""

/** The file of a message. Telegram sends an animation as a document as well. */
export const attachmentOf = (message: Content): Attachment | undefined => {
  const { photo, voice, audio, video, video_note, animation, document, sticker } = message
  const largest = photo?.at(-1)
  if (largest) return attachment("image", largest, { mimeType: "image/jpeg" })
  if (voice) return attachment("voice", voice, { mimeType: "audio/ogg" })
  if (audio) return attachment("audio", audio)
  if (video) return attachment("video", video, { mimeType: "video/mp4" })
  if (video_note) return attachment("video", video_note, { mimeType: "video/mp4" })
  if (animation) return attachment("video", animation, { mimeType: "video/mp4" })
  if (document) return attachment("document", document)
  if (sticker && !sticker.is_animated && !sticker.is_video)
    return attachment("sticker", sticker, { mimeType: "image/webp", name: stickerName(sticker) })
  return undefined
}

const stickerName = ({ emoji, set_name: set }: { emoji?: string; set_name?: string }) =>
  [emoji, set].filter(Boolean).join(" ") || undefined

const attachment = (
  kind: Attachment["kind"],
  file: File,
  known: { mimeType?: string; name?: string } = {},
): Attachment => ({
  ref: JSON.stringify({ fileId: file.file_id }),
  kind,
  mimeType: file.mime_type ?? known.mimeType,
  name: file.file_name ?? known.name,
  bytes: file.file_size,
})

export const placeOf = ({ location, venue }: Message): Place | undefined => {
  const at = venue?.location ?? location
  if (!at) return undefined
  return {
    latitude: at.latitude,
    longitude: at.longitude,
    accuracyMetres: at.horizontal_accuracy,
    name: venue?.title,
    address: venue?.address,
    ...(at.live_period && { live: true as const }),
  }
}

/** What it answers. In a topic every message "answers" the one that made the topic. */
export const quotedOf = (
  { reply_to_message: message, quote }: Message,
  me: Me,
): Quoted | undefined => {
  if (!message || message.forum_topic_created !== undefined) return undefined
  return {
    id: String(message.message_id),
    text: quote?.text ?? (textOf(message) || placeholderOf(message)),
    sender: quotedSender(message),
    own: message.from?.id === me.id,
  }
}

const quotedSender = ({ from, sender_chat: chat }: RepliedTo) =>
  chat ? { ids: [String(chat.id)] as const, name: chat.title } : from && personOf(from)

const placeholderOf = (message: Content) => {
  const kind = attachmentOf(message)?.kind
  return kind && `<media:${kind === "voice" ? "audio" : kind}>`
}

/** Who is spoken to, by what Telegram marked; a name that merely stands there counts for nothing. */
export const mentionsOf = (message: Message, me: Me) => {
  const text = textOf(message)
  const own = `@${me.username ?? ""}`.toLowerCase()
  const mentions = { bot: false, others: false }
  for (const entity of message.entities ?? message.caption_entities ?? []) {
    const marked = text.slice(entity.offset, entity.offset + entity.length).toLowerCase()
    if (entity.type === "mention") mentions[marked === own ? "bot" : "others"] = true
    if (entity.type === "text_mention")
      mentions[entity.user?.id === me.id ? "bot" : "others"] = true
    if (entity.type === "bot_command" && marked.includes("@"))
      mentions[marked.endsWith(own) ? "bot" : "others"] = true
  }
  return mentions
}

/** A command at its beginning, for us: `/model@our_bot list` → name `model`, as typed `/model list`. */
export const commandOf = (message: Message, me: Me) => {
  const { text = "", entities = [] } = message
  const first = entities.find(({ type, offset }) => type === "bot_command" && offset === 0)
  if (!first) return undefined
  const [name = "", bot] = text.slice(1, first.length).split("@")
  if (bot !== undefined && bot.toLowerCase() !== me.username?.toLowerCase()) return undefined
  return { name: name.toLowerCase(), rest: text.slice(first.length) }
}
