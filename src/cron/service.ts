import { service } from "../kernel/service.ts"
import type { Finding } from "./audit.ts"
import type { DaySpent } from "./budget.ts"
import type { Creator, Job, NewJob } from "./job.ts"
import type { JobFilter } from "./job-store.ts"
import type { JobPatch } from "./plan.ts"
import type { Run } from "./run.ts"
import type { RunFilter } from "./run-store.ts"

export type Ran =
  { ran: true; runId: string } | { ran: false; reason: "not-due" | "already-running" }

/** The tasks of this gateway. */
export interface Tasks {
  add(asked: NewJob, creator: Creator): Promise<Job>
  /** By id, by name, or by how its id begins. Throws `cron.unknown-task` and `cron.ambiguous-task`. */
  get(written: string): Promise<Job>
  /** Whoever changes what it does answers for it from then on. */
  update(written: string, patch: JobPatch, creator: Creator): Promise<Job>
  /** Switches it on or off, and leaves the rest as it is. */
  enable(written: string, enabled: boolean, creator: Creator): Promise<Job>
  remove(written: string): Promise<Job>
  list(filter: JobFilter): Promise<{ jobs: Job[]; total: number }>
  run(written: string, mode: "due" | "force"): Promise<Ran>
  runs(filter: RunFilter): Promise<{ runs: Run[]; total: number }>
  runDetail(runId: string): Promise<Run>
  cancel(runId: string, reason?: string): Promise<Run>
  /** Does it once more, as the task is now. */
  retry(runId: string): Promise<{ runId: string }>
  clearStale(runId?: string): Promise<string[]>
  /** What keeps switched-on tasks from doing their work. */
  audit(): Promise<{ checked: number; findings: Finding[] }>
  status(): Promise<{
    enabled: boolean
    jobs: number
    enabledJobs: number
    running: number
    nextWakeAtMs?: number
    budget: { spent: DaySpent; limits: Partial<DaySpent>; resetsAt: number }
  }>
}

/** Built on first use: a gateway without tasks does nothing for them. */
export const Tasks = service<() => Promise<Tasks>>("tasks")
