import type { Part, Poll, Sent } from "../../kernel/network.ts"
import { notSent } from "../../kernel/network.ts"
import { type BotApi, BotApiError, type Upload } from "./api.ts"
import { asNotSent } from "./failure.ts"
import { generalTopic, hasButtons } from "./places.ts"
import { renderHtml } from "./render.ts"
import type { TelegramSettings } from "./settings.ts"
import { done, sentMessage } from "./wire.ts"

interface Outgoing {
  api: BotApi
  settings: Pick<TelegramSettings, "capabilities" | "linkPreview">
  /** A group became a supergroup and has another id now. */
  moved(from: string, to: string): Promise<void>
  sent(chat: string, messageId: string): void
}

type Where = Part["conversation"]

/** Sends, edits and removes; what fails is told as `channels.not-sent`. */
export const outgoing = ({ api, settings, moved, sent }: Outgoing) => {
  /** Once more where the chat lives now, when it moved. */
  const inChat = async <T>(where: Where, work: (chat: string) => Promise<T>): Promise<T> => {
    try {
      return await work(where.id)
    } catch (error) {
      const to = error instanceof BotApiError ? error.details.migratedTo : undefined
      if (!to) throw asNotSent(error)
      await moved(where.id, to)
      return work(to).catch((again: unknown) => {
        throw asNotSent(again)
      })
    }
  }

  const markup = ({ buttons, conversation }: Part) => {
    if (!buttons?.length) return {}
    if (!hasButtons(settings.capabilities.inlineButtons, kindOf(conversation))) return {}
    const rows = buttons.map((row) =>
      row.map(({ label, data }) => ({ text: label, callback_data: data })),
    )
    return { reply_markup: { inline_keyboard: rows } }
  }

  const delivery = (part: Part) => ({
    ...threadOf(part.conversation),
    ...(part.replyTo && {
      reply_parameters: { message_id: Number(part.replyTo), allow_sending_without_reply: true },
    }),
    ...(part.silent && { disable_notification: true }),
    ...markup(part),
  })

  const preview = (part: Part) =>
    (part.linkPreview ?? settings.linkPreview)
      ? {}
      : { link_preview_options: { is_disabled: true } }

  const message = (chat: string, part: Part, signal: AbortSignal) => {
    const common = { chat_id: chat, ...delivery(part) }
    const { enclosure, poll } = part
    if (poll) return api.call("sendPoll", sentMessage, { ...common, ...pollOf(poll) }, { signal })
    if (enclosure) return sendFile(part, common, signal)
    const params = { ...common, ...textOf(part, "text"), ...preview(part) }
    return api.call("sendMessage", sentMessage, params, { signal })
  }

  const sendFile = async (part: Part, common: Record<string, unknown>, signal: AbortSignal) => {
    const params = { ...common, ...textOf(part, "caption") }
    const enclosure = part.enclosure!
    const { method, field } = methodFor(enclosure)
    const upload: Upload = { ...enclosure, field }
    try {
      return await api.call(method, sentMessage, params, { signal, upload })
    } catch (error) {
      if (method !== "sendPhoto" || !isNoPhoto(error)) throw error
      const asDocument = { ...upload, field: "document" }
      return api.call("sendDocument", sentMessage, params, { signal, upload: asDocument })
    }
  }

  return {
    async send(part: Part, signal: AbortSignal): Promise<Sent> {
      const { message_id: id, date } = await inChat(part.conversation, (chat) =>
        message(chat, part, signal),
      )
      sent(part.conversation.id, String(id))
      return { id: String(id), at: date * 1000 }
    },

    async edit(part: Part, messageId: string, signal: AbortSignal) {
      const params = { message_id: Number(messageId), ...textOf(part, "text"), ...preview(part) }
      await inChat(part.conversation, (chat) =>
        api
          .call("editMessageText", done, { chat_id: chat, ...params, ...markup(part) }, { signal })
          .catch(unless(/message is not modified/)),
      )
    },

    async remove(where: Where, messageId: string) {
      await inChat(where, (chat) =>
        api
          .call("deleteMessage", done, { chat_id: chat, message_id: Number(messageId) })
          .catch(unless(/message to delete not found/)),
      )
    },

    /** A bot has one reaction on a message: another one replaces it, and any removal takes it back. */
    async react(where: Where, messageId: string, emoji: string, take: "add" | "remove") {
      const reaction = take === "add" && emoji ? [{ type: "emoji", emoji }] : []
      const params = { message_id: Number(messageId), reaction }
      await inChat(where, (chat) =>
        api.call("setMessageReaction", done, { chat_id: chat, ...params }),
      )
    },

    /** Nobody misses it when it fails. */
    async typing(where: Where, on: boolean) {
      if (!on) return
      const thread = where.thread && { message_thread_id: Number(where.thread.id) }
      const params = { chat_id: where.id, action: "typing", ...thread }
      await api.call("sendChatAction", done, params).catch(unless(/./))
    },
  }
}

const kindOf = ({ id, kind }: Where) => kind ?? (id.startsWith("-") ? "group" : "direct")

const threadOf = ({ thread }: Where) =>
  thread && thread.id !== generalTopic ? { message_thread_id: Number(thread.id) } : {}

/** A text without any style needs no parsing, and cannot fail at it. */
const textOf = ({ text }: Part, field: "text" | "caption") => {
  if (!text?.text) return {}
  return text.spans.length
    ? { [field]: renderHtml(text), parse_mode: "HTML" }
    : { [field]: text.text }
}

const photoBytes = 10 * 1024 * 1024

const methodFor = ({ kind, bytes, round }: NonNullable<Part["enclosure"]>) => {
  switch (kind) {
    case "image":
      if (bytes <= photoBytes) return { method: "sendPhoto", field: "photo" }
      return { method: "sendDocument", field: "document" }
    case "audio":
      return { method: "sendAudio", field: "audio" }
    case "voice":
      return { method: "sendVoice", field: "voice" }
    case "video":
      if (round) return { method: "sendVideoNote", field: "video_note" }
      return { method: "sendVideo", field: "video" }
    case "document":
      return { method: "sendDocument", field: "document" }
  }
}

const isNoPhoto = (error: unknown) =>
  error instanceof BotApiError &&
  /PHOTO_INVALID_DIMENSIONS|IMAGE_PROCESS_FAILED|PHOTO_EXT_INVALID/.test(error.description)

const pollOf = ({ question, options, most, durationMs, public: isPublic }: Poll) => {
  const seconds = durationMs === undefined ? undefined : Math.round(durationMs / 1000)
  if (seconds !== undefined && (seconds < 5 || seconds > 600))
    throw notSent({
      why: "refused",
      text: `A poll on Telegram is open 5 to 600 seconds, not ${seconds}.`,
      hint: "Give another duration, or none: then it stays open.",
    })
  return {
    question,
    options: options.map((text) => ({ text })),
    is_anonymous: !isPublic,
    allows_multiple_answers: most > 1,
    ...(seconds !== undefined && { open_period: seconds }),
  }
}

const unless = (harmless: RegExp) => (error: unknown) => {
  if (!(error instanceof BotApiError) || !harmless.test(error.description)) throw error
}
