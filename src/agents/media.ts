import * as z from "zod"
import { onFirstUse } from "../kernel/later.ts"

/** Settings of `agents.defaults` about pictures. */
export const mediaSettings = onFirstUse(() => ({
  imageMaxDimensionPx: z
    .int()
    .min(64)
    .max(8000)
    .default(1200)
    .describe("Longest side of a picture shown to a model; larger ones are scaled down."),
  mediaMaxMb: z
    .number()
    .positive()
    .max(18)
    .default(5)
    .describe("Largest file that may come with a message, in megabytes."),
}))
