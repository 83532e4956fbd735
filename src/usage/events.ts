import * as z from "zod"
import { event } from "../kernel/event.ts"

export const budgetStanding = z.object({
  setting: z.string(),
  of: z.string(),
  per: z.enum(["day", "month"]),
  unit: z.enum(["usd", "tokens"]),
  limit: z.number(),
  spent: z.number(),
  action: z.enum(["warn", "stop"]),
  state: z.enum(["ok", "near", "spent"]),
  resetsAt: z.number(),
})

export const budgetReached = event({
  name: "usage.budget",
  summary: "A budget is nearly spent, or spent; told once of each in its day or month.",
  audience: "read",
  payload: () => budgetStanding.extend({ ts: z.number() }),
})
