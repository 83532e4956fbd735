import * as z from "zod"
import type { Picture } from "../kernel/channel.ts"
import { fileTooLarge } from "../media/faults.ts"
import type { Media } from "../media/service.ts"
import { attachmentUnreadable, attachmentsTooLarge } from "./faults.ts"

const most = 10
/** Of all attachments of one message, decoded. */
const mostMb = 18
const bytesOfMb = 1_048_576

/** Files that come with a message. Only what they hold counts; names and types are the sender's words. */
export const attachments = z
  .array(
    z.object({
      type: z.string().max(100).optional().describe("`image`; what it holds decides."),
      mimeType: z.string().max(200).optional().describe("What the sender takes it for."),
      fileName: z.string().max(1000).optional().describe("What the sender calls it."),
      content: z
        .string()
        .max(Math.ceil((mostMb * bytesOfMb * 4) / 3) + 200)
        .describe("The file in base64, or as a data URL."),
    }),
  )
  .max(most, `at most ${most} files may come with a message`)
  .optional()
  .describe("Pictures that come with the message.")
export type Attachments = z.infer<typeof attachments>

const dataUrl = /^data:[^,]{0,200};base64,/
const base64 = /^[A-Za-z0-9+/_-]+={0,2}$/

/** Keeps what came with a message. Weighed before it is decoded, refused before anything is kept. */
export const keepAttachments = async (
  given: Attachments,
  { media, sessionKey, maxMb }: { media: Media; sessionKey: string; maxMb: number },
): Promise<Picture[] | undefined> => {
  if (!given?.length) return undefined
  const files = given.map(({ fileName, content }, at) => {
    const name = fileName ? `"${line(fileName)}"` : `attachment ${at + 1}`
    const text = content.slice(dataUrl.exec(content.slice(0, 250))?.[0].length ?? 0).trim()
    const size = (text.length * 3) / 4
    if (size > maxMb * bytesOfMb) throw fileTooLarge({ name, maxMb })
    return { name, text, size }
  })
  if (files.reduce((sum, { size }) => sum + size, 0) > mostMb * bytesOfMb)
    throw attachmentsTooLarge({ maxMb: mostMb })
  const unreadable = files.find(({ text }) => !base64.test(text))
  if (unreadable) throw attachmentUnreadable({ name: unreadable.name })
  const pictures: Picture[] = []
  for (const { name, text } of files)
    pictures.push(await media.keep(sessionKey, Buffer.from(text, "base64"), name))
  return pictures
}

/** A sender's name for a file, fit to stand in a sentence. */
const line = (name: string) => name.replace(/[\p{C}\p{Zl}\p{Zp}]+/gu, " ").slice(0, 80)
