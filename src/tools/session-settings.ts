import * as z from "zod"
import { onFirstUse } from "../kernel/later.ts"

const visibilities = ["self", "tree", "agent", "all"] as const

/** How far tools reach into other sessions (contract 18 §10). */
export const sessionSettings = onFirstUse(() => ({
  sessions: z
    .strictObject({
      visibility: z
        .enum(visibilities)
        .default("tree")
        .describe(
          "Sessions that tools may see: its own, also those it started, the agent's, or all of them.",
        ),
    })
    .prefault({})
    .describe("Tools that look into sessions."),
  agentToAgent: z
    .strictObject({
      enabled: z
        .boolean()
        .default(false)
        .describe("Let tools reach sessions of other agents; `visibility` has to be `all`."),
      allow: z
        .array(z.string().trim().min(1).describe("An agent's id, or a pattern with *."))
        .default([])
        .describe("Agents that may reach each other."),
    })
    .prefault({})
    .describe("Agents that talk to other agents."),
}))
