import type { Arrival, Deed } from "../../kernel/network.ts"
import { attachmentOf, commandOf, mentionsOf, placeOf, quotedOf, textOf } from "./content.ts"
import { conversationOf, personOf, senderOf } from "./people.ts"
import type { Me, Message, Update } from "./wire.ts"

export interface Reading {
  me: Me
  /** The command behind a name of the menu; undefined when it is none of ours. */
  commandNamed(name: string): string | undefined
  /** We sent this message, as far as is remembered. */
  isOwn(chat: string, messageId: string): boolean
  /** For what Telegram gives no time of. */
  now(): number
}

/** One thing of an update, and what it belongs together with. */
export interface Piece {
  arrival: Arrival
  /** Pictures sent at once come as one message each, with this in common. */
  album?: string
}

/** What an update says. Empty for what nobody needs to hear of. */
export const piecesOf = (update: Update, reading: Reading): readonly Piece[] => {
  const { message, edited_message, channel_post, callback_query, message_reaction } = update
  const said = message ?? channel_post
  if (said) return messagePieces(said, reading)
  if (edited_message) return editPieces(edited_message, reading)
  if (callback_query) return pressPieces(callback_query, reading)
  if (message_reaction) return reactionPieces(message_reaction, update, reading)
  if (update.my_chat_member) return membershipPieces(update.my_chat_member, update)
  return []
}

const messagePieces = (message: Message, reading: Reading): Piece[] => {
  if (message.from?.id === reading.me.id && !message.sender_chat) return []
  const notice = noticeOf(message, reading.me)
  const deed = notice ?? spokenDeed(message, reading)
  if (!deed) return []
  return [
    {
      arrival: arrivalOf(message, String(message.message_id), deed),
      album: message.media_group_id,
    },
  ]
}

const arrivalOf = (message: Message, id: string, deed: Deed): Arrival => ({
  id,
  conversation: conversationOf(message.chat, message),
  sender: senderOf(message.from, message.sender_chat, message.chat),
  at: message.date * 1000,
  deed,
})

const spokenDeed = (message: Message, reading: Reading): Deed | undefined => {
  const attachment = attachmentOf(message)
  const location = placeOf(message)
  const text = textOf(message)
  if (!text && !attachment && !location) return undefined
  const command = commandOf(message, reading.me)
  const named = command && reading.commandNamed(command.name)
  if (command && named) return { kind: "command", text: `/${named}${command.rest}` }
  return {
    kind: "message",
    text: command ? `/${command.name}${command.rest}` : text,
    attachments: attachment && [attachment],
    location,
    quoted: quotedOf(message, reading.me),
    mentions: mentionsOf(message, reading.me),
  }
}

const noticeOf = (message: Message, me: Me): Deed | undefined => {
  const { new_chat_members: came, left_chat_member: left, pinned_message: pinned } = message
  if (pinned)
    return { kind: "notice", topic: "pin", text: `Message ${pinned.message_id} was pinned.` }
  const others = came?.filter(({ id }) => id !== me.id)
  if (others?.length)
    return { kind: "notice", topic: "member", text: `${others.map(nameOf).join(", ")} came in.` }
  if (left && left.id !== me.id)
    return { kind: "notice", topic: "member", text: `${nameOf(left)} left.` }
  return undefined
}

const nameOf = (user: Parameters<typeof personOf>[0]) => {
  const { name, username, ids } = personOf(user)
  return `${name ?? "Somebody"} (${username ? `@${username}` : `id ${ids[0]}`})`
}

/** A live location "edits" its message every few seconds; the others are changes of words. */
const editPieces = (message: Message, { me }: Reading): Piece[] => {
  const text = textOf(message)
  if (!text || message.from?.id === me.id) return []
  const id = `edit:${message.message_id}:${message.edit_date ?? message.date}`
  const deed: Deed = {
    kind: "notice",
    topic: "edit",
    text: `Message ${message.message_id} was edited; it says now: ${text}`,
  }
  return [{ arrival: { ...arrivalOf(message, id, deed), at: editedAt(message) } }]
}

const editedAt = ({ edit_date: edited, date }: Message) => (edited ?? date) * 1000

const pressPieces = (query: NonNullable<Update["callback_query"]>, { now }: Reading): Piece[] => {
  const { message, data, from } = query
  if (!message || data === undefined) return []
  return [
    {
      arrival: {
        id: `press:${query.id}`,
        conversation: conversationOf(message.chat, message),
        sender: personOf(from),
        at: now(),
        deed: { kind: "press", data, messageId: String(message.message_id) },
      },
    },
  ]
}

const reactionPieces = (
  reaction: NonNullable<Update["message_reaction"]>,
  update: Update,
  { isOwn }: Reading,
): Piece[] => {
  const { chat, user, actor_chat: actor, message_id: id, date } = reaction
  const emojis = (list: typeof reaction.new_reaction) =>
    list.flatMap(({ emoji }) => (emoji === undefined ? [] : [emoji]))
  const [before, after] = [emojis(reaction.old_reaction), emojis(reaction.new_reaction)]
  const changes = [
    ...after.filter((emoji) => !before.includes(emoji)).map((emoji) => ({ emoji, added: true })),
    ...before.filter((emoji) => !after.includes(emoji)).map((emoji) => ({ emoji, added: false })),
  ]
  const messageId = String(id)
  const own = isOwn(String(chat.id), messageId)
  return changes.map(({ emoji, added }, index) => ({
    arrival: {
      id: `reaction:${update.update_id}:${date}:${index}`,
      conversation: conversationOf(chat),
      sender: senderOf(user, actor, chat),
      at: date * 1000,
      deed: { kind: "reaction", emoji, added, messageId, own },
    },
  }))
}

const membershipPieces = (
  { chat, from, date, new_chat_member: now }: NonNullable<Update["my_chat_member"]>,
  update: Update,
): Piece[] => [
  {
    arrival: {
      id: `membership:${update.update_id}:${date}`,
      conversation: conversationOf(chat),
      sender: personOf(from),
      at: date * 1000,
      deed: {
        kind: "notice",
        topic: "membership",
        text: `The bot's standing here is "${now.status}" now.`,
      },
    },
  },
]
