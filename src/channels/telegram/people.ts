import type { Conversation, Person } from "../../kernel/network.ts"
import { generalTopic } from "./places.ts"
import type { Chat, User } from "./wire.ts"

export const personOf = (user: User): Person => ({
  ids: [String(user.id)],
  name: [user.first_name, user.last_name].filter(Boolean).join(" ") || undefined,
  username: user.username,
  ...(user.is_bot && { bot: true as const }),
})

/**
 * Who wrote. A message in the name of a group or channel comes `from` a bot that all of them share
 * (GroupAnonymousBot, Channel Bot): its id proves nothing, that of the chat does.
 */
export const senderOf = (
  from: User | undefined,
  senderChat: Chat | undefined,
  chat: Chat,
): Person => {
  if (senderChat) return chatAsPerson(senderChat)
  return from ? personOf(from) : chatAsPerson(chat)
}

const chatAsPerson = ({ id, title, username }: Chat): Person => ({
  ids: [String(id)],
  name: title,
  username,
})

const kinds: Record<string, Conversation["kind"]> = {
  private: "direct",
  group: "group",
  supergroup: "group",
  channel: "channel",
}

/** Where it was said. Outside of forums a thread is only a chain of replies, and no place of its own. */
export const conversationOf = (
  chat: Chat,
  thread: { message_thread_id?: number; is_topic_message?: boolean } = {},
): Conversation => {
  const { message_thread_id: id, is_topic_message: inTopic } = thread
  const topic = inTopic && id ? String(id) : chat.is_forum ? generalTopic : undefined
  return {
    id: String(chat.id),
    kind: kinds[chat.type ?? ""],
    ...(topic && kinds[chat.type ?? ""] !== "channel" && { thread: { id: topic, kind: "topic" } }),
    title: chat.title ?? (chat.username && `@${chat.username}`),
  }
}
