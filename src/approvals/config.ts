import * as z from "zod"
import { section } from "../kernel/section.ts"

export const approvals = section({
  id: "approvals",
  summary: "Where it is asked whether a command may run.",
  reload: "live",
  schema: () =>
    z.strictObject({
      exec: z
        .strictObject({
          enabled: z
            .boolean()
            .default(false)
            .describe("Ask on chat networks as well; only owners can answer there."),
          mode: z
            .enum(["session", "targets", "both"])
            .default("session")
            .describe("Where the session was last spoken to from, at the targets, or both."),
          agentFilter: z
            .array(z.string().min(1))
            .default([])
            .describe("Only for these agents; empty for all."),
          sessionFilter: z
            .array(z.string().min(1))
            .default([])
            .describe("Only for sessions with one of these in their key; empty for all."),
          targets: z
            .array(
              z.strictObject({
                channel: z.string().min(1).describe("Network, such as telegram."),
                to: z.string().min(1).describe("Target there."),
                accountId: z.string().min(1).optional().describe("Account of the network."),
              }),
            )
            .default([])
            .describe("Where it is asked."),
        })
        .prefault({})
        .describe("Questions about commands, on chat networks."),
    }),
})
export type ApprovalsConfig = z.infer<typeof approvals.schema>
