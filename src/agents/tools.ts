import * as z from "zod"
import { onFirstUse } from "../kernel/later.ts"
import { agentElevated } from "./elevated.ts"

export const profileNames = ["minimal", "coding", "messaging", "full"] as const
export type ProfileName = (typeof profileNames)[number]

const names = (description: string) =>
  z.array(z.string().trim().min(1)).default([]).describe(description)

/** Lists that only ever narrow what an agent may use (contract 18 §2). */
export const toolLists = {
  allow: names("Only these tools: names, patterns with *, or group:<name>. Empty: no limit."),
  deny: names(
    "Never these tools, whatever else allows them: names, patterns with *, or group:<name>.",
  ),
}

const profiled = onFirstUse(() => ({
  profile: z.enum(profileNames).optional().describe("Set of tools to start from."),
  alsoAllow: names("Tools beside those of the profile: names, patterns with *, or group:<name>."),
  ...toolLists,
}))

/** The rules of one place in the config: for everyone, or for one agent. */
export const toolRules = onFirstUse(() =>
  z.strictObject({
    ...profiled(),
    byProvider: z
      .record(z.string().min(1), z.strictObject(profiled()).describe("Limits for its models."))
      .default({})
      .describe(
        "Further limits where a model of this provider asks, by provider or provider/model.",
      ),
  }),
)
export type ToolRules = z.infer<ReturnType<typeof toolRules>>
export type ToolLists = Pick<ToolRules, "allow" | "deny">

/** `agents.list[].tools` */
export const agentTools = onFirstUse(() =>
  toolRules()
    .extend({ elevated: agentElevated() })
    .optional()
    .describe("Which tools this agent may use; it can only be less than `tools` allows."),
)
