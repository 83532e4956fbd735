import * as z from "zod"
import { onFirstUse } from "../kernel/later.ts"
import { thinkingLevels } from "../kernel/channel.ts"

const modelRef = onFirstUse(() =>
  z.string().trim().min(1).describe("Model, as provider/model or an alias."),
)

/** A model, or one with others behind it. */
export const modelChoice = onFirstUse(() =>
  z.union([
    modelRef(),
    z.strictObject({
      primary: modelRef().optional(),
      fallbacks: z.array(modelRef()).optional().describe("Tried in order when the primary fails."),
    }),
  ]),
)

/** Kinds of work that may go to a model of their own. */
export const taskRoles = ["cheapCheck", "strong", "escalation", "coding", "summarizer"] as const
export type TaskRole = (typeof taskRoles)[number]

const taskModels = onFirstUse(() =>
  z
    .strictObject({
      cheapCheck: modelRef().optional().describe("Model for quick checks."),
      strong: modelRef().optional().describe("Model for what is hard."),
      escalation: modelRef().optional().describe("Model to turn to when another got stuck."),
      coding: modelRef().optional().describe("Model for code."),
      summarizer: modelRef().optional().describe("Model that shortens what was said."),
    })
    .optional()
    .describe("Models for kinds of work; the agent's own where none is named."),
)

const params = onFirstUse(() =>
  z
    .record(z.string(), z.unknown())
    .optional()
    .describe("Sent with each call, e.g. `temperature`, or a setting of the provider's own."),
)

/** What one agent says of models. */
export const agentModelSettings = onFirstUse(() => ({ taskModels: taskModels(), params: params() }))

/** What holds for every agent (contract 17 §1). */
export const modelSettings = onFirstUse(() => ({
  imageModel: modelChoice()
    .optional()
    .describe("Model that looks at pictures when the agent's own cannot."),
  models: z
    .record(
      z.string(),
      z
        .strictObject({
          alias: z
            .string()
            .trim()
            .regex(/^[^\s/@#]{1,40}$/, "must be one word without /, @ and #")
            .optional()
            .describe("Short name for it."),
          params: params(),
        })
        .describe("What is said of one model."),
    )
    .default({})
    .describe("The models people may choose from, by provider/model. Empty: any."),
  taskModels: taskModels(),
  thinkingDefault: z
    .enum(thinkingLevels)
    .optional()
    .describe("How hard models think; unset: a little, where a model can."),
}))

/** A choice taken apart; nothing in it when nothing was chosen. */
export const splitChoice = (
  choice: z.infer<ReturnType<typeof modelChoice>> | undefined,
): { primary?: string; fallbacks?: string[] } =>
  typeof choice === "string" ? { primary: choice } : { ...choice }
