import { z } from "zod"
import { section } from "../kernel/section.ts"
import { profileNames } from "./policy.ts"

const names = (description: string) =>
  z.array(z.string().trim().min(1)).default([]).describe(description)

export const tools = section({
  id: "tools",
  summary: "What agents may use, and how far their tools reach.",
  reload: "live",
  schema: z.strictObject({
    profile: z
      .enum(profileNames)
      .optional()
      .describe(
        "Set of tools to start from. Unset: coding for the operator, messaging for others.",
      ),
    allow: names("Only these tools, out of the profile: names, patterns with *, or group:<name>."),
    deny: names(
      "Never these tools, whatever else allows them: names, patterns with *, or group:<name>.",
    ),
    fs: z
      .strictObject({
        workspaceOnly: z
          .boolean()
          .default(true)
          .describe("Keep file tools inside the agent's workspace."),
      })
      .prefault({})
      .describe("File tools."),
  }),
})
