/** One run of a task: what was to be done, and what came of it. */
import type { Job } from "./job.ts"
import type { DeliveryStatus, Status } from "./status.ts"

export const triggers = ["schedule", "manual", "retry", "missed"] as const
export type Trigger = (typeof triggers)[number]

/** `waiting`: told to the main session, which has not had a turn since. */
export type RunState = "queued" | "running" | "waiting" | "done" | "cancelled"

export interface RunUsage {
  input_tokens: number
  output_tokens: number
  total_tokens: number
  cache_read_tokens: number
  cache_write_tokens: number
}

export interface Run {
  runId: string
  /** The task as it was then: what is changed later changes no history. */
  job: Job
  trigger: Trigger
  scheduledAt: number
  createdAt: number
  state: RunState
  startedAt?: number
  endedAt?: number
  status?: Status
  error?: string
  summary?: string
  sessionKey?: string
  sessionId?: string
  /** The turn that works on it. */
  turnId?: string
  provider?: string
  model?: string
  usage?: RunUsage
  /** US dollars, where the price is known. */
  costUsd?: number
  /** Whether its task is at its goal, where it has one to judge by. */
  reached?: boolean
  deliveryStatus?: DeliveryStatus
  deliveryError?: string
  /** A webhook was being called; whether it arrived is not known after a crash. */
  sending?: true
  nextRunAtMs?: number
}

/** The same moment of the same task is the same run. */
export const runIdOf = (jobId: string, scheduledAt: number, trigger: Trigger) =>
  `${jobId}-${scheduledAt.toString(36)}${trigger === "manual" || trigger === "retry" ? trigger[0] : ""}`
