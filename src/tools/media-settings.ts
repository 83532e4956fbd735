import * as z from "zod"
import { onFirstUse } from "../kernel/later.ts"
import { service } from "../kernel/service.ts"

/** `tools.media`: what becomes of files that people send, before a model reads of them. */
export const mediaSettings = onFirstUse(() =>
  z
    .strictObject({
      audio: z
        .strictObject({
          enabled: z.boolean().default(true).describe("Put voice notes into words."),
          models: z
            .array(
              z.strictObject({
                provider: z
                  .string()
                  .min(1)
                  .describe("Provider with OpenAI's way of transcribing, such as openai or groq."),
                model: z.string().min(1).describe("Its model, such as whisper-1."),
              }),
            )
            .default([])
            .describe("Who does it; the next one where one fails. Empty: nobody."),
          maxBytes: z
            .int()
            .min(1)
            .max(100_000_000)
            .default(20_000_000)
            .describe("Largest recording that is sent there."),
          timeoutSeconds: z
            .int()
            .min(1)
            .max(600)
            .default(60)
            .describe("How long one of them may take."),
        })
        .prefault({})
        .describe("Voice notes and other recordings."),
    })
    .prefault({})
    .describe("Files that people send."),
)
export type MediaToolSettings = z.infer<ReturnType<typeof mediaSettings>>

export const MediaToolSettings = service<MediaToolSettings>("media settings")
