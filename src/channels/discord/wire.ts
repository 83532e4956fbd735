/** What we read of Discord's API, version 10 (https://discord.com/developers/docs). The rest is dropped. */
import * as z from "zod"

const id = z.string()
/** Discord leaves out what is empty, or says null. */
const maybe = <T extends z.ZodType>(type: T) =>
  type.nullish().transform((value) => value ?? undefined)

const user = z.object({
  id,
  username: z.string().default(""),
  global_name: maybe(z.string()),
  bot: maybe(z.boolean()),
})
export type User = z.infer<typeof user>

export const member = z.object({
  nick: maybe(z.string()),
  roles: z.array(id).default([]),
  user: maybe(user),
})
export type Member = z.infer<typeof member>

const attachment = z.object({
  id,
  filename: z.string(),
  content_type: maybe(z.string()),
  size: z.number(),
  url: z.string(),
  waveform: maybe(z.string()),
})
export type Attached = z.infer<typeof attachment>

const sticker = z.object({ id, name: z.string(), format_type: z.number() })

const content = {
  content: z.string().default(""),
  attachments: z.array(attachment).default([]),
  sticker_items: maybe(z.array(sticker)),
}

const quotedMessage = z.object({ id, author: user, ...content })

export const message = z.object({
  id,
  channel_id: id,
  guild_id: maybe(id),
  author: user,
  member: maybe(member),
  webhook_id: maybe(id),
  type: z.number().default(0),
  timestamp: z.string(),
  edited_timestamp: maybe(z.string()),
  nonce: maybe(z.union([z.string(), z.number()])),
  mentions: z.array(user).default([]),
  mention_roles: z.array(id).default([]),
  mention_everyone: z.boolean().default(false),
  ...content,
  referenced_message: maybe(quotedMessage),
  message_snapshots: maybe(z.array(z.object({ message: z.object(content) }))),
  reactions: maybe(
    z.array(
      z.object({ me: z.boolean(), emoji: z.object({ id: maybe(id), name: maybe(z.string()) }) }),
    ),
  ),
})
export type Message = z.infer<typeof message>

export const reaction = z.object({
  user_id: id,
  channel_id: id,
  message_id: id,
  guild_id: maybe(id),
  member: maybe(member),
  message_author_id: maybe(id),
  emoji: z.object({ id: maybe(id), name: maybe(z.string()) }),
})
export type Reaction = z.infer<typeof reaction>

export const interaction = z.object({
  id,
  application_id: id,
  type: z.number(),
  token: z.string(),
  channel_id: maybe(id),
  guild_id: maybe(id),
  member: maybe(member),
  user: maybe(user),
  message: maybe(z.object({ id })),
  data: maybe(
    z.object({
      name: maybe(z.string()),
      custom_id: maybe(z.string()),
      options: maybe(
        z.array(z.object({ name: z.string(), value: maybe(z.union([z.string(), z.number()])) })),
      ),
    }),
  ),
})
export type Interaction = z.infer<typeof interaction>

export const channel = z.object({
  id,
  type: z.number(),
  guild_id: maybe(id),
  parent_id: maybe(id),
  name: maybe(z.string()),
  last_message_id: maybe(id),
})
export type Channel = z.infer<typeof channel>

const role = z.object({ id, name: z.string(), tags: maybe(z.object({ bot_id: maybe(id) })) })

export const guild = z.object({
  id,
  name: z.string().default(""),
  roles: z.array(role).default([]),
  channels: z.array(channel).default([]),
  threads: z.array(channel).default([]),
  unavailable: maybe(z.boolean()),
})
export type Guild = z.infer<typeof guild>

/** A server as it is told of when a session begins, or when the bot joins it. */
export const begunGuild = z.object({ id, joined_at: maybe(z.string()) })

export const self = user
export const gatewayBot = z.object({
  url: z.string(),
  session_start_limit: z.object({ remaining: z.number(), reset_after: z.number() }),
})
export const frame = z.object({
  op: z.number(),
  d: z.unknown(),
  s: maybe(z.number()),
  t: maybe(z.string()),
})
export const hello = z.object({ heartbeat_interval: z.number().min(1) })
export const ready = z.object({ session_id: z.string(), resume_gateway_url: z.string() })
export const application = z.object({ id, flags: z.number().default(0) })
export const created = z.object({ id })
export const anything = z.unknown()

export const channelKind = {
  dm: 1,
  groupDm: 3,
  announcementThread: 10,
  publicThread: 11,
  privateThread: 12,
  forum: 15,
  media: 16,
} as const
