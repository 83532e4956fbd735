import * as z from "zod"
import { onFirstUse } from "../kernel/later.ts"

/** Settings of turns, for every agent. */
export const turnSettings = onFirstUse(() => ({
  timeoutSeconds: z
    .int()
    .min(1)
    .max(172_800)
    .default(600)
    .describe("A turn is stopped after this many seconds."),
  stuckAfterSeconds: z
    .int()
    .min(10)
    .max(172_800)
    .default(180)
    .describe("A turn that shows no sign of life for so many seconds is reported as stuck."),
  maxConcurrent: z
    .int()
    .min(1)
    .max(64)
    .default(4)
    .describe("Turns that may run side by side; those of one session never do."),
  verboseDefault: z
    .enum(["on", "full", "off"])
    .default("off")
    .describe("Whether chats show what tools do; a session can want it otherwise."),
}))
