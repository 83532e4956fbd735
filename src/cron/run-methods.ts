import * as z from "zod"
import { method } from "../kernel/method.ts"
import { findingKinds } from "./audit.ts"
import { toEntry, told } from "./entry.ts"
import { named } from "./methods.ts"
import { triggers } from "./run.ts"
import { Tasks } from "./service.ts"
import { deliveryStatuses, statuses } from "./status.ts"

const entry = z.object({
  ts: z.number(),
  jobId: z.string(),
  jobName: z.string(),
  action: z.literal("finished"),
  runId: z.string(),
  state: z.enum(["queued", "running", "waiting", "done", "cancelled"]),
  trigger: z.enum(triggers),
  ...told(),
  scheduledAtMs: z.number(),
  usage: z
    .object({
      input_tokens: z.int(),
      output_tokens: z.int(),
      total_tokens: z.int(),
      cache_read_tokens: z.int(),
      cache_write_tokens: z.int(),
    })
    .optional(),
})

const plainId = z
  .string()
  .min(1)
  .max(200)
  .regex(/^[^/\\]*$/, "has no / and no \\")
const runId = plainId.describe("The run's id, as the list of runs has it.")

export const runs = method({
  name: "cron.runs",
  scope: "read",
  summary: "List runs of a task, or of all.",
  params: z.object({
    scope: z.enum(["job", "all"]).optional().describe("One task's, or all."),
    id: plainId.optional().describe("The task's id, or its name."),
    jobId: plainId.optional().describe("Older name of id."),
    limit: z.int().min(1).max(200).default(50).describe("At most this many."),
    offset: z.int().min(0).default(0).describe("How many to leave out."),
    statuses: z.array(z.enum(statuses)).min(1).max(4).optional().describe("Only such."),
    status: z
      .enum(["all", ...statuses])
      .optional()
      .describe("Only such; `all` for any."),
    deliveryStatuses: z
      .array(z.enum(deliveryStatuses))
      .min(1)
      .max(4)
      .optional()
      .describe("Only such."),
    deliveryStatus: z.enum(deliveryStatuses).optional().describe("Only such."),
    query: z.string().max(200).optional().describe("Text that is in them."),
    sortDir: z.enum(["asc", "desc"]).default("desc").describe("The newest first, or last."),
  }),
  result: z.object({
    entries: z.array(entry),
    total: z.int(),
    offset: z.int(),
    limit: z.int(),
    hasMore: z.boolean(),
  }),
  example: { scope: "all", limit: 20 },
  needs: { tasks: Tasks },
  async handle(params, { tasks }) {
    const { scope, id, jobId, status, deliveryStatus, limit, offset, sortDir, query } = params
    const all = scope === "all" || (scope === undefined && id === undefined && jobId === undefined)
    const work = await tasks()
    const { runs, total } = await work.runs({
      limit,
      offset,
      sortDir,
      query,
      jobId: all ? undefined : await idOf(named({ id, jobId }), work),
      statuses: params.statuses ?? (status && status !== "all" ? [status] : undefined),
      deliveryStatuses: params.deliveryStatuses ?? (deliveryStatus && [deliveryStatus]),
    })
    const entries = runs.map(toEntry)
    return { entries, total, offset, limit, hasMore: offset + entries.length < total }
  },
})

/** Runs stay when their task is gone, so an id nobody knows is taken as it is. */
const idOf = async (
  written: string,
  work: Awaited<ReturnType<NonNullable<typeof Tasks.provides>>>,
) => {
  const found = await work.get(written).catch(() => undefined)
  return found?.id ?? written
}

export const runDetail = method({
  name: "cron.runDetail",
  scope: "read",
  summary: "Show one run, and the task as it was then.",
  params: z.object({ runId }),
  result: z.object({
    run: entry,
    job: z.object({
      id: z.string(),
      name: z.string(),
      schedule: z.unknown(),
      payload: z.unknown(),
    }),
    transcript: z.string().optional().describe("Where the Control UI shows its session."),
  }),
  example: { runId: "0123456789ab-mf3x1k0w" },
  needs: { tasks: Tasks },
  async handle({ runId }, { tasks }) {
    const run = await (await tasks()).runDetail(runId)
    const { id, name, schedule, payload } = run.job
    const { sessionKey } = run
    return {
      run: toEntry(run),
      job: { id, name, schedule, payload },
      ...(sessionKey && { transcript: `/chat?session=${encodeURIComponent(sessionKey)}` }),
    }
  },
})

export const cancelRun = method({
  name: "cron.queue.cancel",
  scope: "write",
  summary: "End a run that waits or is at work.",
  params: z.object({
    runId,
    reason: z.string().trim().min(1).max(500).optional().describe("Why, for the run log."),
  }),
  result: z.object({ ok: z.literal(true), run: entry }),
  example: { runId: "0123456789ab-mf3x1k0w" },
  emits: ["cron"],
  needs: { tasks: Tasks },
  async handle({ runId, reason }, { tasks }) {
    return { ok: true as const, run: toEntry(await (await tasks()).cancel(runId, reason)) }
  },
})

export const retryRun = method({
  name: "cron.queue.retry",
  scope: "write",
  summary: "Do a run once more, as its task is now.",
  params: z.object({ runId, reason: z.string().max(500).optional().describe("Why.") }),
  result: z.object({ ok: z.literal(true), runId: z.string() }),
  example: { runId: "0123456789ab-mf3x1k0w" },
  emits: ["cron"],
  needs: { tasks: Tasks },
  async handle({ runId }, { tasks }) {
    return { ok: true as const, ...(await (await tasks()).retry(runId)) }
  },
})

export const clearStale = method({
  name: "cron.queue.clearStale",
  scope: "write",
  summary: "End runs that nothing works on any more.",
  params: z.object({
    runId: runId.optional(),
    reason: z.string().max(500).optional().describe("Why."),
  }),
  result: z.object({ ok: z.literal(true), cleared: z.array(z.string()) }),
  example: {},
  needs: { tasks: Tasks },
  async handle({ runId }, { tasks }) {
    return { ok: true as const, cleared: await (await tasks()).clearStale(runId) }
  },
})

export const audit = method({
  name: "tasks.audit",
  scope: "read",
  summary: "Look for what keeps tasks from doing their work.",
  params: z.object({}),
  result: z.object({
    ok: z.boolean().describe("Nothing was found."),
    checked: z.int(),
    findings: z.array(
      z.object({
        kind: z.enum(findingKinds),
        jobId: z.string(),
        jobName: z.string(),
        runId: z.string().optional(),
        problem: z.string(),
        next: z.string(),
      }),
    ),
  }),
  example: {},
  needs: { tasks: Tasks },
  async handle(_, { tasks }) {
    const { checked, findings } = await (await tasks()).audit()
    return { ok: !findings.length, checked, findings }
  },
})
