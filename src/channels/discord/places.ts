import type { Conversation, RoomRules } from "../../kernel/network.ts"
import type { DiscordSettings } from "./settings.ts"

const snowflake = /^\d{5,25}$/

/** Stands before a person's id where a private chat has yet to be opened. */
export const personPrefix = "user:"

/** A person, a channel or a server by its number. */
export const normalize = (entry: string): string | undefined => {
  const id = entry
    .trim()
    .replace(/^(?:discord:)?(?:user:|member:)?/i, "")
    .replace(/^<@!?(\d+)>$/, "$1")
  return snowflake.test(id) ? id : undefined
}

const problem =
  "A Discord target is channel:<id> for a channel or thread, or user:<id> for a private chat; a bare number could be either."

/** `channel:<id>`, `user:<id>`, `<@id>`, `<#id>` */
export const target = (text: string): Conversation | { problem: string } => {
  const written = text.trim().replace(/^discord:/i, "")
  const person = /^(?:user:(\d+)|<@!?(\d+)>)$/i.exec(written)
  const channel = /^(?:(?:channel|thread):(\d+)|<#(\d+)>)$/i.exec(written)
  const id = person?.[1] ?? person?.[2] ?? channel?.[1] ?? channel?.[2]
  if (!id || !snowflake.test(id)) return { problem }
  return person ? { id: `${personPrefix}${id}`, kind: "direct" } : { id, kind: "channel" }
}

type Settings = Pick<DiscordSettings, "guilds" | "dm" | "dangerouslyAllowNameMatching">

/** What the config says of a place: thread, then its channel, then its server, then any server. */
export const roomRules = (settings: Settings, conversation: Conversation): RoomRules => {
  if (conversation.kind === "direct")
    return { listed: "open", enabled: settings.dm.enabled, requireMention: false }
  if (!conversation.guild) return groupChat(settings, conversation)
  const { guilds, dangerouslyAllowNameMatching: byName } = settings
  const guild = named(guilds, [conversation.guild], byName && conversation.guildTitle)
  const any = guilds?.["*"]
  const around = guild ?? any
  const channels = around?.channels
  const ids = [conversation.id, ...(conversation.parent ? [conversation.parent] : [])]
  const own = named(channels, ids, byName && conversation.title)
  const room = own ?? channels?.["*"]
  const set = <K extends keyof NonNullable<typeof any> & keyof NonNullable<typeof room>>(key: K) =>
    room?.[key] ?? guild?.[key] ?? any?.[key]
  const listsPeople = [room, guild, any].find((one) => one?.users || one?.roles)
  return {
    listed: guilds === undefined ? "open" : around && (room || !channels) ? "yes" : "no",
    enabled: room?.allow !== false && (set("enabled") ?? true),
    requireMention: set("requireMention") ?? true,
    ignoreOtherMentions: set("ignoreOtherMentions"),
    // Where roles are named and people are not, only the roles pass.
    senders: listsPeople && (listsPeople.users ?? []),
    roles: listsPeople?.roles,
    reactions: set("reactionNotifications"),
    skills: set("skills"),
    systemPrompt: set("systemPrompt"),
    tools: set("tools"),
    toolsBySender: set("toolsBySender"),
  }
}

const groupChat = ({ dm }: Settings, { id }: Conversation): RoomRules => ({
  listed: dm.groupEnabled && (!dm.groupChannels || dm.groupChannels.includes(id)) ? "yes" : "no",
  enabled: dm.groupEnabled,
  requireMention: true,
})

const named = <T>(
  list: Readonly<Record<string, T>> | undefined,
  ids: readonly string[],
  title: string | false | undefined,
): T | undefined => {
  const keys = title ? [...ids, slugOf(title)] : ids
  const key = keys.find((key) => list && Object.hasOwn(list, key) && key !== "*")
  return key === undefined ? undefined : list![key]
}

const slugOf = (title: string) => title.trim().toLowerCase().replace(/^#/, "").replace(/\s+/g, "-")
