/** Ids, targets and rules of rooms: config and text in, facts out. */
import type { Conversation, RoomRules } from "../../kernel/network.ts"
import { rulesOf } from "../rooms.ts"
import type { SlackSettings } from "./settings.ts"

const personId = /^[UW][A-Z0-9]{2,20}$/
const roomId = /^[CGD][A-Z0-9]{2,20}$/
/** `D…` is a private chat, whatever else is known of it. */
export const isDirectId = (id: string) => id.startsWith("D") || isPersonId(id)
export const isPersonId = (id: string) => personId.test(id)

/** `U1`, `user:U1`, `<@U1>`, `slack:U1` → `U1`; channels alike. Names are none. */
export const normalize = (entry: string): string | undefined => {
  if (entry.trim() === "*") return "*"
  const bare = entry
    .trim()
    .replace(/^slack:/i, "")
    .replace(/^(?:user|channel):/i, "")
    .replace(/^<[@#]([^|>]+)(?:\|[^>]*)?>$/, "$1")
    .toUpperCase()
  return personId.test(bare) || roomId.test(bare) ? bare : undefined
}

/** `user:U1`, `channel:C1`, `C1`, `#general`; with `:thread:<ts>` a thread of it. */
export const target = (text: string): Conversation | { problem: string } => {
  const [, whole = "", ts] = /^(.*?)(?::thread:(\d+\.\d+))?$/.exec(text.trim()) ?? []
  const thread = ts === undefined ? {} : { thread: { id: ts, kind: "thread" as const } }
  const named = /^(?:slack:)?#([\p{L}\p{N}_-]{1,80})$/u.exec(whole)
  if (named) return { id: `#${named[1]!.toLowerCase()}`, kind: "channel", ...thread }
  const id = normalize(whole)
  if (!id || id === "*")
    return { problem: "Slack targets are user:U…, channel:C… or #name; ids are in a link to it." }
  return { id, ...(isDirectId(id) && { kind: "direct" as const }), ...thread }
}

export const room = (config: SlackSettings, conversation: Conversation): RoomRules => {
  const { dm, channels, dangerouslyAllowNameMatching } = config
  if (conversation.kind === "direct")
    return { listed: "open", enabled: dm.enabled, requireMention: false }
  if (conversation.kind === "group") {
    const listed = dm.groupChannels.some((one) => normalize(one) === conversation.id)
    return {
      listed: dm.groupChannels.length === 0 ? "open" : listed ? "yes" : "no",
      enabled: dm.enabled && dm.groupEnabled,
      requireMention: true,
    }
  }
  const key = [conversation.id, ...(dangerouslyAllowNameMatching ? nameOf(conversation) : [])].find(
    (one) => Object.hasOwn(channels, one),
  )
  const rules = rulesOf(channels, { ...conversation, id: key ?? conversation.id })
  const entry = key === undefined ? undefined : channels[key]
  const any = channels["*"]
  return {
    ...rules,
    // A channel has to be listed where lists count (contract 13 §4), and nowhere else.
    listed: rules.listed === "no" && config.groupPolicy === "open" ? "open" : rules.listed,
    enabled: rules.enabled && (entry?.allow ?? any?.allow) !== false,
    senders: entry?.users ?? any?.users ?? rules.senders,
    allowBots: entry?.allowBots ?? any?.allowBots,
  }
}

const nameOf = ({ title }: Conversation) => (title ? [`#${title.replace(/^#/, "")}`] : [])

/** What parses and still cannot be. */
export const check = (config: SlackSettings) => {
  const problems: { path: (string | number)[]; message: string }[] = []
  for (const key of Object.keys(config.channels)) {
    if (key === "*" || key.startsWith("#") || normalize(key) === key) continue
    const message = `"${key}" is no channel id. Write the id (C…), or #name until it is looked up.`
    problems.push({ path: ["channels", key], message })
  }
  return problems
}
