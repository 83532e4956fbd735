import * as z from "zod"
import { method } from "../kernel/method.ts"
import { Directory } from "../sessions/directory.ts"
import { pictureGone } from "./faults.ts"
import { Media } from "./service.ts"

export const get = method({
  name: "media.get",
  scope: "read",
  summary: "Show a picture of a session's messages, as it was kept.",
  params: () =>
    z.object({
      sessionKey: z
        .string()
        .min(1)
        .describe("Session key; `main` is the default agent's main session."),
      mediaId: z.string().min(1).max(200).describe("Name of the picture, from the message."),
    }),
  result: () =>
    z.object({ mimeType: z.string(), content: z.string().describe("The picture in base64.") }),
  example: { sessionKey: "main", mediaId: "3f0f5a7e-0c55-4a0e-9a52-0f4f2f6f7c11.png" },
  needs: { media: Media, directory: Directory },
  async handle({ sessionKey, mediaId }, { media, directory }) {
    const picture = await media.read(directory.key(sessionKey).key, mediaId)
    if (!picture) throw pictureGone({ mediaId })
    return {
      mimeType: picture.mimeType,
      content: Buffer.from(picture.bytes).toString("base64"),
    }
  },
})
