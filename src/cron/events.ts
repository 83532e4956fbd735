import * as z from "zod"
import { event } from "../kernel/event.ts"
import { deliveryStatuses, statuses } from "./status.ts"

export const cronEvent = event({
  name: "cron",
  summary: "A task was made, changed, removed, or one of its runs began or ended.",
  audience: "read",
  payload: () =>
    z.object({
      jobId: z.string(),
      action: z.enum(["added", "updated", "removed", "started", "finished"]),
      jobName: z.string().optional(),
      runId: z.string().optional(),
      runAtMs: z.number().optional(),
      durationMs: z.number().optional(),
      status: z.enum(statuses).optional(),
      error: z.string().optional(),
      summary: z.string().optional(),
      delivered: z.boolean().optional(),
      deliveryStatus: z.enum(deliveryStatuses).optional(),
      deliveryError: z.string().optional(),
      sessionId: z.string().optional(),
      sessionKey: z.string().optional(),
      model: z.string().optional(),
      provider: z.string().optional(),
      nextRunAtMs: z.number().optional(),
    }),
})
