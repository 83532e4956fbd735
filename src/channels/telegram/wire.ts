/** What we read of the Bot API (https://core.telegram.org/bots/api). The rest is dropped unread. */
import * as z from "zod"

const user = z.object({
  id: z.number(),
  is_bot: z.boolean().optional(),
  first_name: z.string().default(""),
  last_name: z.string().optional(),
  username: z.string().optional(),
})
export type User = z.infer<typeof user>

const chat = z.object({
  id: z.number(),
  type: z.string().optional(),
  title: z.string().optional(),
  username: z.string().optional(),
  first_name: z.string().optional(),
  last_name: z.string().optional(),
  is_forum: z.boolean().optional(),
})
export type Chat = z.infer<typeof chat>

const entity = z.object({
  type: z.string(),
  offset: z.number(),
  length: z.number(),
  user: user.optional(),
})

const file = z.object({
  file_id: z.string(),
  file_unique_id: z.string(),
  file_size: z.number().optional(),
  file_name: z.string().optional(),
  mime_type: z.string().optional(),
})
export type File = z.infer<typeof file>

const sticker = file.extend({
  emoji: z.string().optional(),
  set_name: z.string().optional(),
  is_animated: z.boolean().default(false),
  is_video: z.boolean().default(false),
})

const location = z.object({
  latitude: z.number(),
  longitude: z.number(),
  horizontal_accuracy: z.number().optional(),
  live_period: z.number().optional(),
})

/** What a message holds that is not text. */
const content = {
  caption: z.string().optional(),
  caption_entities: z.array(entity).optional(),
  text: z.string().optional(),
  entities: z.array(entity).optional(),
  photo: z.array(file).optional(),
  voice: file.optional(),
  audio: file.optional(),
  video: file.optional(),
  video_note: file.optional(),
  animation: file.optional(),
  document: file.optional(),
  sticker: sticker.optional(),
}

const repliedTo = z.object({
  message_id: z.number(),
  from: user.optional(),
  sender_chat: chat.optional(),
  forum_topic_created: z.unknown().optional(),
  ...content,
})
export type RepliedTo = z.infer<typeof repliedTo>

const message = z.object({
  message_id: z.number(),
  message_thread_id: z.number().optional(),
  is_topic_message: z.boolean().optional(),
  from: user.optional(),
  sender_chat: chat.optional(),
  date: z.number(),
  edit_date: z.number().optional(),
  chat,
  ...content,
  media_group_id: z.string().optional(),
  location: location.optional(),
  venue: z.object({ location, title: z.string(), address: z.string() }).optional(),
  reply_to_message: repliedTo.optional(),
  quote: z.object({ text: z.string() }).optional(),
  migrate_to_chat_id: z.number().optional(),
  migrate_from_chat_id: z.number().optional(),
  new_chat_members: z.array(user).optional(),
  left_chat_member: user.optional(),
  pinned_message: z.object({ message_id: z.number() }).optional(),
})
export type Message = z.infer<typeof message>

const reaction = z.object({ type: z.string(), emoji: z.string().optional() })

export const update = z.object({
  update_id: z.number(),
  message: message.optional(),
  edited_message: message.optional(),
  channel_post: message.optional(),
  callback_query: z
    .object({
      id: z.string(),
      from: user,
      data: z.string().optional(),
      message: z
        .object({
          message_id: z.number(),
          message_thread_id: z.number().optional(),
          is_topic_message: z.boolean().optional(),
          chat,
        })
        .optional(),
    })
    .optional(),
  message_reaction: z
    .object({
      chat,
      message_id: z.number(),
      user: user.optional(),
      actor_chat: chat.optional(),
      date: z.number(),
      old_reaction: z.array(reaction),
      new_reaction: z.array(reaction),
    })
    .optional(),
  my_chat_member: z
    .object({
      chat,
      from: user,
      date: z.number(),
      new_chat_member: z.object({ status: z.string() }),
    })
    .optional(),
})
export type Update = z.infer<typeof update>
/** The kinds of updates we ask for. Reactions come only to who names them. */
export const updateKinds = [
  "message",
  "edited_message",
  "channel_post",
  "callback_query",
  "message_reaction",
  "my_chat_member",
] as const satisfies readonly (keyof Update)[]

/** An update as far as its number goes; whether we understand the rest is seen later. */
export const numbered = z.looseObject({ update_id: z.number() })

export const me = user.extend({ can_read_all_group_messages: z.boolean().optional() })
export type Me = z.infer<typeof me>

export const sentMessage = z.object({ message_id: z.number(), date: z.number() })
export const filePath = z.object({
  file_path: z.string().optional(),
  file_size: z.number().optional(),
})
export const webhookInfo = z.object({
  url: z.string(),
  pending_update_count: z.number().optional(),
  last_error_message: z.string().optional(),
  last_error_date: z.number().optional(),
})
export const member = z.object({ status: z.string() })
export const topic = z.object({ message_thread_id: z.number(), name: z.string() })
export const done = z.unknown()

/** Every answer of the Bot API, good or bad. */
export const answer = z.union([
  z.object({ ok: z.literal(true), result: z.unknown() }),
  z.object({
    ok: z.literal(false),
    error_code: z.number(),
    description: z.string().default(""),
    parameters: z
      .object({ retry_after: z.number().optional(), migrate_to_chat_id: z.number().optional() })
      .optional(),
  }),
])
