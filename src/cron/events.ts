import * as z from "zod"
import { event } from "../kernel/event.ts"
import { told } from "./entry.ts"

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
      ...told(),
    }),
})
