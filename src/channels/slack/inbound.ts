/** What Slack tells, in the words of the gateway. */
import type { Arrival, Attachment, Conversation, Deed } from "../../kernel/network.ts"
import type { SlackDirectory } from "./directory.ts"
import { mentionsOf, readText } from "./reading.ts"
import type { Threads } from "./threads.ts"
import { millis, type SlackEvent, type SlackFile, type SlackMessage } from "./wire.ts"

export interface Here {
  /** The bot's ids as a user and as a bot. */
  user: string
  bot: string | undefined
  team: string | undefined
  directory: SlackDirectory
  threads: Threads
  /** What was said in a thread before a message. */
  earlier(channel: string, thread: string, before: string): Promise<Arrival["context"]>
}

/** What became of an event; undefined for what is of no interest or our own doing. */
export const arrivalOf = async (event: SlackEvent, here: Here): Promise<Arrival | undefined> => {
  if (event.type === "message" || event.type === "app_mention") return messageOf(event, here)
  if (event.type === "reaction_added" || event.type === "reaction_removed")
    return reactionOf(event, here)
  const notice = noticeOf(event)
  const channel = event.channel?.id ?? event.channel_id
  if (!notice || !channel || !event.user || isOwn(event, here)) return undefined
  const at = event.event_ts ?? event.ts ?? "0"
  return {
    id: `${event.type}:${at}`,
    conversation: await conversationOf(channel, event, here, undefined),
    sender: await here.directory.person(event.user),
    at: millis(at),
    deed: { kind: "notice", ...notice },
  }
}

const isOwn = ({ user, bot_id }: SlackMessage, here: Here) =>
  (user !== undefined && user === here.user) || (bot_id !== undefined && bot_id === here.bot)

/** What carries no words of anybody, or is told by an event of its own as well. */
const silent = new Set([
  "channel_join",
  "channel_leave",
  "channel_name",
  "channel_topic",
  "channel_purpose",
  "group_join",
  "group_leave",
  "message_replied",
  "assistant_app_thread",
  "tombstone",
])

const messageOf = async (event: SlackEvent, here: Here): Promise<Arrival | undefined> => {
  const channel = event.channel?.id
  if (!channel || silent.has(event.subtype ?? "")) return undefined
  if (event.subtype === "message_changed" || event.subtype === "message_deleted")
    return changeOf(event, channel, here)
  const author = event.user ?? event.bot_id
  if (!event.ts || !author || isOwn(event, here)) return undefined
  const { directory, threads } = here
  const thread = event.thread_ts === event.ts ? undefined : event.thread_ts
  const isBot = event.bot_id !== undefined || event.subtype === "bot_message"
  const [sender, conversation, context] = await Promise.all([
    event.user
      ? directory.person(event.user)
      : directory.person(author, { name: event.username, username: event.username }),
    conversationOf(channel, event, here, thread),
    thread !== undefined && threads.isNew(channel, thread)
      ? here.earlier(channel, thread, event.ts)
      : undefined,
  ])
  if (thread !== undefined) threads.heard(channel, thread)
  const own =
    thread !== undefined &&
    (event.parent_user_id === here.user || threads.answered(channel, thread))
  const raw = bodyOf(event)
  return {
    id: event.ts,
    conversation,
    sender: isBot ? { ...sender, bot: true } : sender,
    at: millis(event.ts),
    ...(context?.length && { context }),
    deed: {
      kind: "message",
      text: readText(raw, here.user),
      mentions: mentionsOf(raw, here.user),
      ...(event.files.length > 0 && { attachments: event.files.flatMap(attachmentOf) }),
      // Whoever answers in a thread the bot is part of speaks to it.
      ...(own && thread !== undefined && { quoted: { id: thread, own } }),
    },
  }
}

/** Other bots often say what they have to say in attachments only. */
const bodyOf = ({ text, attachments }: SlackMessage) =>
  text ||
  attachments
    .map(({ text, fallback }) => text ?? fallback ?? "")
    .filter(Boolean)
    .join("\n")

const changeOf = async (
  event: SlackEvent,
  channel: string,
  here: Here,
): Promise<Arrival | undefined> => {
  const { message, previous_message: before } = event
  const known = before ?? message
  const editor = message?.user ?? before?.user
  const ts = event.deleted_ts ?? message?.ts
  if (!known || !editor || !ts || isOwn(known, here)) return undefined
  const edited = event.subtype === "message_changed"
  // An unfurled link changes a message as well, and nobody said anything.
  if (edited && message?.text === before?.text) return undefined
  const words = readText((edited ? message?.text : before?.text) ?? "", here.user)
  return {
    id: `${ts}:${edited ? "edited" : "deleted"}:${event.event_ts ?? event.ts ?? ts}`,
    conversation: await conversationOf(channel, event, here, known.thread_ts),
    sender: await here.directory.person(editor),
    at: millis(event.event_ts ?? event.ts),
    deed: edited
      ? { kind: "notice", topic: "edit", text: `Message ${ts} now says: ${words}` }
      : { kind: "notice", topic: "delete", text: `Message ${ts} was deleted: ${words}` },
  }
}

const reactionOf = async (event: SlackEvent, here: Here): Promise<Arrival | undefined> => {
  const { item, user, reaction, event_ts: at } = event
  if (!item?.channel || !item.ts || !user || !reaction || !at || isOwn(event, here))
    return undefined
  const added = event.type === "reaction_added"
  return {
    id: `${item.ts}:${reaction}:${user}:${at}`,
    conversation: await conversationOf(item.channel, event, here, undefined),
    sender: await here.directory.person(user),
    at: millis(at),
    deed: {
      kind: "reaction",
      emoji: `:${reaction}:`,
      added,
      messageId: item.ts,
      own: event.item_user === here.user,
    },
  }
}

const noticeOf = (
  event: SlackEvent,
): Pick<Extract<Deed, { kind: "notice" }>, "topic" | "text"> | undefined => {
  const pinned = event.item?.message?.ts ?? event.item?.ts ?? "a message"
  switch (event.type) {
    case "member_joined_channel":
      return { topic: "join", text: "Joined the channel." }
    case "member_left_channel":
      return { topic: "leave", text: "Left the channel." }
    case "pin_added":
      return { topic: "pin", text: `Pinned ${pinned}.` }
    case "pin_removed":
      return { topic: "unpin", text: `Took the pin from ${pinned}.` }
    case "channel_rename":
      return { topic: "rename", text: `The channel is now called #${event.channel?.name ?? ""}.` }
    case "channel_created":
      return { topic: "create", text: `Created the channel #${event.channel?.name ?? ""}.` }
    default:
      return undefined
  }
}

/** A room of which nobody says what kind it is stays without one: nobody is heard there. */
export const conversationOf = async (
  channel: string,
  told: { channel_type?: string; channel?: { name?: string } },
  { directory, team }: Here,
  thread: string | undefined,
): Promise<Conversation> => ({
  id: channel,
  ...(await directory.room(channel, { type: told.channel_type, name: told.channel?.name })),
  ...(thread !== undefined && { thread: { id: thread, kind: "thread" as const } }),
  ...(team && { team }),
})

const attachmentOf = (file: SlackFile): Attachment[] => {
  if (!file.id) return []
  const url = file.url_private_download ?? file.url_private
  return [
    {
      ref: JSON.stringify({ id: file.id, ...(url && { url }) }),
      kind: kindOf(file),
      ...(file.mimetype && { mimeType: file.mimetype }),
      ...((file.name ?? file.title) && { name: file.name ?? file.title }),
      ...(file.size !== undefined && { bytes: file.size }),
    },
  ]
}

const kindOf = ({ mimetype = "", subtype }: SlackFile): Attachment["kind"] => {
  // A clip of sound is sent as a film without pictures.
  if (subtype === "slack_audio") return "voice"
  const [major] = mimetype.split("/")
  return major === "image" || major === "audio" || major === "video" ? major : "document"
}
