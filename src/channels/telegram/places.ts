import type { Conversation, RoomRules } from "../../kernel/network.ts"
import { rulesOf } from "../rooms.ts"
import type { ButtonScope, TelegramSettings } from "./settings.ts"

/** The topic that every forum has. It is left out where something is sent, and named while typing. */
export const generalTopic = "1"

const withoutPrefix = (text: string) => text.trim().replace(/^(?:telegram|tg):/i, "")

/** A sender or chat by its number; names change hands and count for nothing. */
export const normalize = (entry: string): string | undefined => {
  const id = withoutPrefix(entry)
  return /^-?\d{1,20}$/.test(id) ? id : undefined
}

const problem =
  "A Telegram target is a chat id such as 42 or -1001234, @name of a public channel, or a topic as -1001234:topic:7."

/** `-100123`, `@name`, `<id>:topic:<n>`, `<id>:<n>`, `group:<id>:topic:<n>`, `https://t.me/name` */
export const target = (text: string): Conversation | { problem: string } => {
  const written = withoutPrefix(text)
    .replace(/^https:\/\/t\.me\/(?=\w+$)/i, "@")
    .replace(/^(?:group|direct|channel|user|chat):/i, "")
  const found = /^(-?\d{1,20}|@\w{4,32})(?::(?:topic:)?(\d{1,12}))?$/.exec(written)
  if (!found) return { problem }
  const [, id = "", topic] = found
  return {
    id,
    ...(!id.startsWith("@") && { kind: id.startsWith("-") ? "group" : "direct" }),
    ...(topic && { thread: { id: topic, kind: "topic" } }),
  }
}

export const roomRules = (
  settings: Pick<TelegramSettings, "groups" | "direct">,
  conversation: Conversation,
): RoomRules => {
  if (conversation.kind !== "direct") return rulesOf(settings.groups, conversation)
  return { ...rulesOf(settings.direct, conversation), listed: "open", requireMention: false }
}

/** Whether buttons are shown and count there. For `allowlist`, access judges who presses them. */
export const hasButtons = (scope: ButtonScope, kind: Conversation["kind"]) =>
  scope === "all" || scope === "allowlist" || scope === (kind === "direct" ? "dm" : "group")
