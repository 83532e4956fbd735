import * as z from "zod"
import { onFirstUse } from "../kernel/later.ts"
import { section } from "../kernel/section.ts"

const budget = onFirstUse(() =>
  z
    .object({
      per: z.enum(["day", "month"]).default("day").describe("When it begins anew."),
      of: z
        .enum(["all", "agent", "session"])
        .default("all")
        .describe("What it is for: everything together, each agent, or each session."),
      agentId: z.string().min(1).optional().describe("Only this agent, or only its sessions."),
      usd: z
        .number()
        .positive()
        .max(1_000_000)
        .optional()
        .describe("US dollars. Calls whose price is unknown do not count."),
      tokens: z.int().positive().optional().describe("Tokens read and written, cached ones too."),
      action: z
        .enum(["warn", "stop"])
        .default("warn")
        .describe("When it is spent: say so, or call no more models as well."),
      warnAt: z
        .number()
        .min(0.01)
        .max(1)
        .default(0.8)
        .describe("Share of it at which a warning is given."),
    })
    .refine(({ usd, tokens }) => (usd === undefined) !== (tokens === undefined), {
      message: "a budget has either usd or tokens",
    }),
)

export const usage = section({
  id: "usage",
  summary: "What models are used for, what it costs, and how much may be spent.",
  reload: "live",
  schema: () =>
    z.object({
      budgets: z.array(budget()).max(100).default([]).describe("How much may be used."),
      keepCalls: z
        .int()
        .min(1)
        .max(3650)
        .default(90)
        .describe("Days for which each single call is kept."),
      keepSums: z.int().min(1).max(3650).default(800).describe("Days for which sums are kept."),
    }),
})
export type UsageConfig = z.infer<typeof usage.schema>
export type Budget = UsageConfig["budgets"][number]
