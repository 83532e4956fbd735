/** What signal-cli tells, as far as it is read. Whatever is not as it should be counts as not there. */
import * as z from "zod"

const text = z
  .string()
  .nullish()
  .transform((one) => one ?? undefined)
  .catch(undefined)
const time = z
  .number()
  .nullish()
  .transform((one) => one ?? undefined)
  .catch(undefined)
const flag = z
  .boolean()
  .nullish()
  .transform((one) => one ?? undefined)
  .catch(undefined)
const listOf = <T extends z.ZodType>(one: T) =>
  z
    .array(one)
    .nullish()
    .transform((all) => all ?? [])
    .catch([])

const attachment = z.object({
  id: text,
  contentType: text,
  filename: text,
  size: time,
  voiceNote: flag,
})
export type SignalAttachment = z.output<typeof attachment>

const author = { authorNumber: text, authorUuid: text }

const dataMessage = z.object({
  timestamp: time,
  message: text,
  viewOnce: flag,
  groupInfo: z
    .object({ groupId: text, groupName: text, type: text })
    .nullish()
    .transform((one) => one ?? undefined)
    .catch(undefined),
  reaction: z
    .object({
      emoji: text,
      targetAuthorNumber: text,
      targetAuthorUuid: text,
      targetSentTimestamp: time,
      isRemove: flag,
    })
    .optional()
    .catch(undefined),
  quote: z
    .object({ id: time, text, ...author })
    .optional()
    .catch(undefined),
  mentions: listOf(z.object({ name: text, number: text, uuid: text, start: time, length: time })),
  attachments: listOf(attachment),
  sticker: z.object({ packId: text, stickerId: time }).optional().catch(undefined),
  remoteDelete: z.object({ timestamp: time }).optional().catch(undefined),
})
export type SignalMessage = z.output<typeof dataMessage>

const envelope = z.object({
  sourceNumber: text,
  sourceUuid: text,
  sourceName: text,
  timestamp: time,
  dataMessage: dataMessage.optional().catch(undefined),
  editMessage: z
    .object({ targetSentTimestamp: time, dataMessage: dataMessage.optional().catch(undefined) })
    .optional()
    .catch(undefined),
  storyMessage: z
    .object({ groupId: text, textAttachment: z.object({ text }).nullish().catch(undefined) })
    .optional()
    .catch(undefined),
})
export type SignalEnvelope = z.output<typeof envelope>

export const received = z.object({ account: text, envelope })
