import type { Arrival, Attachment, Deed, Person, Quoted } from "../../kernel/network.ts"
import type { GatewayEvent } from "./gateway.ts"
import type { KnownPlaces } from "./known.ts"
import {
  type Attached,
  type Member,
  type Message,
  message,
  type Reaction,
  reaction,
  type User,
} from "./wire.ts"

export interface Reading {
  self: Person
  places: KnownPlaces
  /** We sent this message, as far as is remembered. */
  isOwn(messageId: string): boolean
  now(): number
}

export const personOf = (user: User, member?: Member): Person => ({
  ids: [user.id],
  ...(member?.roles.length && { roles: member.roles }),
  name: member?.nick ?? user.global_name ?? user.username,
  username: user.username || undefined,
  ...(user.bot && { bot: true as const }),
})

/** What an event says; undefined for what nobody needs to hear of. */
export const arrivalOf = async (
  event: GatewayEvent,
  reading: Reading,
): Promise<Arrival | undefined> => {
  switch (event.type) {
    case "MESSAGE_CREATE":
      return said(message.parse(event.data), reading)
    case "MESSAGE_UPDATE":
      return edited(event.data, reading)
    case "MESSAGE_REACTION_ADD":
    case "MESSAGE_REACTION_REMOVE":
      return reacted(event, reaction.parse(event.data), reading)
    default:
      return undefined
  }
}

const kinds = { plain: 0, pinned: 6, joined: 7, reply: 19 } as const

const said = async (message: Message, reading: Reading): Promise<Arrival | undefined> => {
  if (message.author.id === reading.self.ids[0]) return undefined
  const deed = await deedOf(message, reading)
  return deed && arrivalBy(message, message.id, deed, reading)
}

const arrivalBy = async (
  { channel_id, guild_id, author, member, webhook_id, timestamp }: Message,
  id: string,
  deed: Deed,
  { places, now }: Reading,
): Promise<Arrival> => ({
  id,
  conversation: await places.conversationOf(channel_id, guild_id),
  sender: webhook_id ? { ...personOf(author), bot: true } : personOf(author, member),
  at: Date.parse(timestamp) || now(),
  deed,
})

const deedOf = async (message: Message, reading: Reading): Promise<Deed | undefined> => {
  const who = message.author.global_name ?? message.author.username
  if (message.type === kinds.pinned) return notice("pin", `${who} pinned a message.`)
  if (message.type === kinds.joined) return notice("member", `${who} came in.`)
  if (message.type !== kinds.plain && message.type !== kinds.reply) return undefined
  const forwarded = message.message_snapshots?.[0]?.message
  const attachments = attachmentsOf(forwarded ?? message, message)
  const text = readable(forwarded?.content ?? message.content, message, reading)
  if (!text && !attachments.length) return undefined
  return {
    kind: "message",
    text: forwarded ? `Forwarded: ${text}` : text,
    attachments: attachments.length ? attachments : undefined,
    quoted: quotedOf(message, reading),
    mentions: await mentionsOf(message, reading),
  }
}

const notice = (topic: string, text: string): Deed => ({ kind: "notice", topic, text })

/** Names in place of numbers, for whoever reads it. */
const readable = (text: string, { mentions }: Message, { self, places }: Reading) =>
  text
    .replace(/<@!?(\d+)>/g, (whole, id: string) => {
      const name =
        id === self.ids[0] ? self.username : mentions.find((one) => one.id === id)?.username
      return name ? `@${name}` : whole
    })
    .replace(/<#(\d+)>/g, (whole, id: string) => {
      const name = places.channelName(id)
      return name ? `#${name}` : whole
    })
    .replace(/<a?:(\w+):\d+>/g, ":$1:")

const mentionsOf = async (message: Message, { self, places }: Reading) => {
  const { mentions, mention_roles: roles, guild_id: guildId } = message
  const own = roles.length && guildId ? (await places.serverNamed(guildId)).botRoles : []
  // Discord also lists whom a reply answers; only who is named in the text was mentioned.
  const named = (id: string) => new RegExp(`<@!?${id}>`).test(message.content)
  const answered = message.referenced_message?.author.id
  return {
    bot:
      mentions.some(({ id }) => id === self.ids[0] && (id !== answered || named(id))) ||
      roles.some((role) => own.includes(role)),
    others:
      mentions.some(({ id }) => id !== self.ids[0] && named(id)) ||
      roles.some((role) => !own.includes(role)),
  }
}

const quotedOf = (message: Message, { self }: Reading): Quoted | undefined => {
  const quoted = message.referenced_message
  if (!quoted || message.type !== kinds.reply) return undefined
  return {
    id: quoted.id,
    text: quoted.content || (quoted.attachments.length ? "<media:document>" : undefined),
    sender: personOf(quoted.author),
    own: quoted.author.id === self.ids[0],
  }
}

const stickerFormats: Record<number, { extension: string; mimeType: string }> = {
  1: { extension: "png", mimeType: "image/png" },
  2: { extension: "png", mimeType: "image/png" },
  4: { extension: "gif", mimeType: "image/gif" },
}

const attachmentsOf = (
  { attachments, sticker_items: stickers = [] }: Pick<Message, "attachments" | "sticker_items">,
  { channel_id: channel, id }: Message,
): Attachment[] => [
  ...attachments.map((one) => ({
    ref: JSON.stringify({ channel, message: id, attachment: one.id, url: one.url }),
    kind: kindOf(one),
    mimeType: one.content_type,
    name: one.filename,
    bytes: one.size,
  })),
  ...stickers.flatMap(({ id: sticker, name, format_type: type }) => {
    const format = stickerFormats[type]
    if (!format) return []
    const url = `https://media.discordapp.net/stickers/${sticker}.${format.extension}`
    return [
      { ref: JSON.stringify({ url }), kind: "sticker" as const, mimeType: format.mimeType, name },
    ]
  }),
]

const kindOf = ({ content_type: type = "", waveform }: Attached): Attachment["kind"] => {
  if (waveform !== undefined) return "voice"
  const [kind] = type.split("/")
  return kind === "image" || kind === "audio" || kind === "video" ? kind : "document"
}

/** Discord "updates" a message for a link it previews as well; an edit by a person has a time. */
const edited = async (data: unknown, reading: Reading): Promise<Arrival | undefined> => {
  const parsed = message.safeParse(data)
  if (!parsed.success) return undefined
  const { id, author, edited_timestamp: when, content } = parsed.data
  if (!when || !content || author.id === reading.self.ids[0]) return undefined
  const text = `Message ${id} was edited; it says now: ${readable(content, parsed.data, reading)}`
  const arrival = await arrivalBy(parsed.data, `edit:${id}:${when}`, notice("edit", text), reading)
  return { ...arrival, at: Date.parse(when) || arrival.at }
}

const reacted = async (
  event: GatewayEvent,
  { user_id, channel_id, guild_id, message_id, member, message_author_id, emoji }: Reaction,
  { self, places, isOwn, now }: Reading,
): Promise<Arrival | undefined> => {
  if (user_id === self.ids[0]) return undefined
  const shown = emoji.id ? `:${emoji.name ?? "emoji"}:` : emoji.name
  if (!shown) return undefined
  return {
    id: `reaction:${event.id}`,
    conversation: await places.conversationOf(channel_id, guild_id),
    sender: member?.user ? personOf(member.user, member) : { ids: [user_id] },
    at: now(),
    deed: {
      kind: "reaction",
      emoji: shown,
      added: event.type === "MESSAGE_REACTION_ADD",
      messageId: message_id,
      own: message_author_id === self.ids[0] || isOwn(message_id),
    },
  }
}
