/** What Slack sends, as far as it is read. Whatever is not as it should be counts as not there. */
import * as z from "zod"

const text = z.string().optional().catch(undefined)
const flag = z.boolean().optional().catch(undefined)
const listOf = <T extends z.ZodType>(one: T) => z.array(one).catch([]).default([])

const file = z.object({
  id: text,
  name: text,
  title: text,
  mimetype: text,
  size: z.number().optional().catch(undefined),
  subtype: text,
  url_private: text,
  url_private_download: text,
})
export type SlackFile = z.output<typeof file>

const message = z.object({
  type: text,
  subtype: text,
  ts: text,
  thread_ts: text,
  parent_user_id: text,
  user: text,
  bot_id: text,
  username: text,
  text,
  hidden: flag,
  files: listOf(file),
  attachments: listOf(z.object({ text, fallback: text, from_url: text })),
})
export type SlackMessage = z.output<typeof message>

export const event = message.extend({
  type: z.string(),
  /** An id, or for some events the channel itself. */
  channel: z
    .union([
      z.string().transform((id) => ({ id, name: undefined as string | undefined })),
      z.object({ id: text, name: text }),
    ])
    .optional()
    .catch(undefined),
  channel_id: text,
  channel_type: text,
  event_ts: text,
  deleted_ts: text,
  message: message.optional().catch(undefined),
  previous_message: message.optional().catch(undefined),
  item: z
    .object({
      type: text,
      channel: text,
      ts: text,
      message: message.optional().catch(undefined),
    })
    .optional()
    .catch(undefined),
  item_user: text,
  reaction: text,
  inviter: text,
  old_channel_id: text,
  new_channel_id: text,
})
export type SlackEvent = z.output<typeof event>

export const eventsPayload = z.object({
  type: text,
  team_id: text,
  event_id: text,
  challenge: text,
  event: event.optional().catch(undefined),
})

const option = z.object({ value: text, text: z.object({ text }).optional().catch(undefined) })
const action = option.extend({
  type: text,
  action_id: text,
  action_ts: text,
  selected_option: option.optional().catch(undefined),
  selected_options: listOf(option),
  selected_user: text,
  selected_channel: text,
  selected_date: text,
})
export type SlackAction = z.output<typeof action>

export const interactivePayload = z.object({
  type: text,
  team: z.object({ id: text }).nullish().catch(undefined),
  user: z.object({ id: text }).optional().catch(undefined),
  channel: z.object({ id: text, name: text }).optional().catch(undefined),
  message: message.optional().catch(undefined),
  container: z
    .object({ message_ts: text, thread_ts: text, channel_id: text })
    .optional()
    .catch(undefined),
  actions: listOf(action),
  trigger_id: text,
  callback_id: text,
  view: z
    .object({
      id: text,
      callback_id: text,
      private_metadata: text,
      state: z.object({ values: z.unknown().optional() }).optional().catch(undefined),
    })
    .optional()
    .catch(undefined),
})
export type SlackInteraction = z.output<typeof interactivePayload>

export const commandPayload = z.object({
  command: z.string(),
  text: z.string().default(""),
  user_id: z.string(),
  user_name: text,
  channel_id: z.string(),
  channel_name: text,
  team_id: text,
  trigger_id: z.string(),
  response_url: text,
})
export type SlackCommand = z.output<typeof commandPayload>

export const envelope = z.object({
  type: z.string(),
  envelope_id: text,
  payload: z.unknown().optional(),
  /** Why a connection ends: `warning`, `refresh_requested`, `link_disabled`. */
  reason: text,
  num_connections: z.number().optional().catch(undefined),
})

/** Slack's times are seconds with six digits behind the point; as ids of messages they stay text. */
export const millis = (ts: string | undefined) => Math.round(Number(ts ?? "0") * 1000) || 0
