/** A run as the run log and the `cron` event tell it (contract 03 §9). */
import * as z from "zod"
import type { Run } from "./run.ts"
import { deliveryStatuses, statuses } from "./status.ts"

/** What both tell. */
export const told = () => ({
  status: z.enum(statuses).optional(),
  error: z.string().optional(),
  summary: z.string().optional(),
  delivered: z.boolean().optional(),
  deliveryStatus: z.enum(deliveryStatuses).optional(),
  deliveryError: z.string().optional(),
  sessionId: z.string().optional(),
  sessionKey: z.string().optional(),
  runAtMs: z.number().optional(),
  durationMs: z.number().optional(),
  nextRunAtMs: z.number().optional(),
  model: z.string().optional(),
  provider: z.string().optional(),
  costUsd: z.number().optional(),
  reached: z.boolean().optional(),
})

const toTold = ({ deliveryStatus, startedAt, endedAt, ...run }: Run) => ({
  jobId: run.job.id,
  jobName: run.job.name,
  runId: run.runId,
  status: run.status,
  error: run.error,
  summary: run.summary,
  delivered: deliveryStatus && deliveryStatus === "delivered",
  deliveryStatus,
  deliveryError: run.deliveryError,
  sessionId: run.sessionId,
  sessionKey: run.sessionKey,
  runAtMs: startedAt,
  durationMs: startedAt !== undefined && endedAt !== undefined ? endedAt - startedAt : undefined,
  nextRunAtMs: run.nextRunAtMs,
  model: run.model,
  provider: run.provider,
  costUsd: run.costUsd,
  reached: run.reached,
})

export const toEntry = (run: Run) => ({
  ts: run.endedAt ?? run.startedAt ?? run.createdAt,
  ...toTold(run),
  action: "finished" as const,
  state: run.state,
  trigger: run.trigger,
  scheduledAtMs: run.scheduledAt,
  usage: run.usage,
})

export const toEvent = (run: Run, action: "started" | "finished") => ({ ...toTold(run), action })
