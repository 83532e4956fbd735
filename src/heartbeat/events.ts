import * as z from "zod"
import { event } from "../kernel/event.ts"

export const heartbeatStatuses = ["sent", "ok-empty", "ok-token", "skipped", "failed"] as const

const payload = () =>
  z.object({
    ts: z.number(),
    agentId: z.string().optional(),
    status: z.enum(heartbeatStatuses),
    reason: z.string().optional(),
    to: z.string().optional(),
    channel: z.string().optional(),
    accountId: z.string().optional(),
    preview: z.string().optional(),
    durationMs: z.number().optional(),
    hasMedia: z.boolean().optional(),
    silent: z.boolean().optional(),
    indicatorType: z.enum(["ok", "alert", "error"]).optional(),
    message: z.string().optional(),
  })

export const heartbeatEvent = event({
  name: "heartbeat",
  summary: "An agent was woken, or was not and why.",
  audience: "read",
  payload,
})
export type HeartbeatEvent = z.infer<ReturnType<typeof payload>>
