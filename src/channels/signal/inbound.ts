/** What signal-cli tells, in the words of the gateway. */
import type { Arrival, Attachment, Conversation, Deed, Person } from "../../kernel/network.ts"
import { messageId, personId } from "./places.ts"
import type { SignalAttachment, SignalEnvelope, SignalMessage } from "./wire.ts"

export interface Own {
  number: string | undefined
  uuid: string | undefined
}

interface Options {
  own: Own
  ignoreStories: boolean
  ignoreAttachments: boolean
}

/** Undefined for what is our own doing, or of no interest. */
export const arrivalOf = (envelope: SignalEnvelope, options: Options): Arrival | undefined => {
  const { own } = options
  const sender = senderOf(envelope)
  if (!sender || envelope.timestamp === undefined) return undefined
  if (isOwn(own, envelope.sourceNumber, envelope.sourceUuid)) return undefined
  const { dataMessage, editMessage, storyMessage } = envelope
  const message = editMessage?.dataMessage ?? dataMessage
  const group = message?.groupInfo?.groupId ?? storyMessage?.groupId
  const conversation: Conversation = group
    ? { id: group, kind: "group", ...defined({ title: message?.groupInfo?.groupName }) }
    : { id: sender.ids[0], kind: "direct" }
  const at = envelope.timestamp
  const idOf = (time: number) => messageId(time, group ? sender.ids[0] : undefined)
  const found = (deed: Deed, id = idOf(at)): Arrival => ({ id, conversation, sender, at, deed })

  if (editMessage?.dataMessage && editMessage.targetSentTimestamp !== undefined) {
    const said = wordsOf(editMessage.dataMessage)
    const changed = idOf(editMessage.targetSentTimestamp)
    const text = `Message ${changed} now says: ${said}`
    return found({ kind: "notice", topic: "edit", text }, `${idOf(at)}:edit`)
  }
  if (storyMessage) {
    const said = storyMessage.textAttachment?.text
    if (options.ignoreStories || !said) return undefined
    return found({ kind: "notice", topic: "story", text: `Story: ${said}` })
  }
  if (!dataMessage) return undefined
  const { reaction, remoteDelete } = dataMessage
  if (reaction) {
    const deed = reactionOf(reaction, own, group !== undefined)
    return deed && found(deed, `${idOf(at)}:reaction`)
  }
  if (remoteDelete?.timestamp !== undefined) {
    const text = `Message ${idOf(remoteDelete.timestamp)} was deleted.`
    return found({ kind: "notice", topic: "delete", text }, `${idOf(at)}:delete`)
  }
  const deed = messageOf(dataMessage, options, conversation, sender)
  return deed && found(deed)
}

const isOwn = (own: Own, number: string | undefined, uuid: string | undefined) =>
  (number !== undefined && number === own.number) ||
  (uuid !== undefined && uuid.toLowerCase() === own.uuid?.toLowerCase())

/** The number comes first where it is known; the other id is theirs as well. */
const idsOf = (number: string | undefined, uuid: string | undefined): string[] =>
  [number, uuid].flatMap((id) => (id && personId(id)) || [])

const senderOf = ({ sourceNumber, sourceUuid, sourceName }: SignalEnvelope): Person | undefined => {
  const [id, ...others] = idsOf(sourceNumber, sourceUuid)
  return id === undefined ? undefined : { ids: [id, ...others], ...defined({ name: sourceName }) }
}

const reactionOf = (
  reaction: NonNullable<SignalMessage["reaction"]>,
  own: Own,
  inGroup: boolean,
): Deed | undefined => {
  const { emoji, targetAuthorNumber: number, targetAuthorUuid: uuid, isRemove } = reaction
  const { targetSentTimestamp: target } = reaction
  if (!emoji || target === undefined) return undefined
  const [author] = idsOf(number, uuid)
  return {
    kind: "reaction",
    emoji,
    added: isRemove !== true,
    messageId: messageId(target, inGroup ? author : undefined),
    own: isOwn(own, number, uuid),
  }
}

const messageOf = (
  message: SignalMessage,
  { own, ignoreAttachments }: Options,
  conversation: Conversation,
  sender: Person,
): Deed | undefined => {
  const { quote, mentions, sticker } = message
  const attachments = ignoreAttachments
    ? []
    : message.attachments.flatMap((one) => attachmentOf(one, conversation, sender))
  const text = wordsOf(message)
  // A timer that was set or a group that changed says nothing.
  if (!text && !attachments.length && !message.attachments.length && !sticker) return undefined
  const named = mentions.map(({ number, uuid }) => isOwn(own, number, uuid))
  return {
    kind: "message",
    text: text || (sticker ? "[sticker]" : ""),
    ...(attachments.length > 0 && { attachments }),
    ...(mentions.length > 0 && {
      mentions: { bot: named.includes(true), others: named.includes(false) },
    }),
    ...(quote?.id !== undefined && {
      quoted: quotedOf({ ...quote, id: quote.id }, own, conversation),
    }),
  }
}

const quotedOf = (
  { id, text, authorNumber, authorUuid }: NonNullable<SignalMessage["quote"]> & { id: number },
  own: Own,
  { kind }: Conversation,
) => {
  const [first, ...others] = idsOf(authorNumber, authorUuid)
  return {
    id: messageId(id, kind === "group" ? first : undefined),
    ...(text && { text }),
    ...(first && { sender: { ids: [first, ...others] as [string, ...string[]] } }),
    own: isOwn(own, authorNumber, authorUuid),
  }
}

/** A mention is one sign in the text; who is meant stands beside it. */
const wordsOf = ({ message = "", mentions }: SignalMessage) => {
  let text = message
  const later = mentions
    .filter(({ start, length }) => start !== undefined && length !== undefined)
    .sort((a, b) => b.start! - a.start!)
  for (const { start, length, name, number, uuid } of later)
    text = `${text.slice(0, start)}@${name ?? number ?? uuid ?? ""}${text.slice(start! + length!)}`
  return text.trim()
}

const attachmentOf = (
  { id, contentType, filename, size, voiceNote }: SignalAttachment,
  { id: room, kind }: Conversation,
  sender: Person,
): Attachment[] => {
  if (!id) return []
  const [major = ""] = (contentType ?? "").split("/")
  // Recordings come without a name, files of sound with one.
  const isVoice = voiceNote ?? (major === "audio" && !filename)
  return [
    {
      ref: JSON.stringify({ id, room: kind === "group" ? room : sender.ids[0], kind }),
      kind: isVoice
        ? "voice"
        : major === "image" || major === "audio" || major === "video"
          ? major
          : "document",
      ...defined({ mimeType: contentType, name: filename, bytes: size }),
    },
  ]
}

const defined = <T extends object>(from: T): { [K in keyof T]?: NonNullable<T[K]> } =>
  Object.fromEntries(Object.entries(from).filter(([, value]) => value !== undefined)) as never
