import * as z from "zod"
import { event } from "../kernel/event.ts"
import { decisions } from "./gate.ts"
import { approvalRecord, statuses } from "./record.ts"

export const approvalRequested = event({
  name: "exec.approval.requested",
  summary: "A command waits for somebody to allow it.",
  audience: "approvals",
  payload: () => approvalRecord(),
})

export const approvalResolved = event({
  name: "exec.approval.resolved",
  summary: "A command that waited was answered, or waits no longer.",
  audience: "approvals",
  payload: () =>
    z.object({
      id: z.string(),
      decision: z.enum(decisions),
      /** How it came to that: an answer, or none in time. */
      status: z.enum(statuses),
      resolvedBy: z.string().nullable(),
      sessionKey: z.string().nullable(),
      ts: z.int(),
    }),
})
