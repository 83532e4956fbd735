import * as z from "zod"
import { onFirstUse } from "../kernel/later.ts"

/** Settings of `agents.defaults` about the system prompt. */
export const promptSettings = onFirstUse(() => ({
  repoRoot: z
    .string()
    .trim()
    .min(1)
    .optional()
    .describe("Root of the code agents work on, as the prompt names it; unset, it is found."),
  bootstrapPromptTruncationWarning: z
    .enum(["off", "once", "always"])
    .default("once")
    .describe("Whether an agent is told that files of its workspace were too long for the prompt."),
}))
