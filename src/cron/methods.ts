import * as z from "zod"
import { type Caller, method } from "../kernel/method.ts"
import { type Creator, executionPolicy, job, newJob, payload, type Job } from "./job.ts"
import { unnamed } from "./faults.ts"
import { Tasks } from "./service.ts"

/** Older clients say `jobId`. */
const which = {
  id: z.string().min(1).max(200).optional().describe("The task's id, or its name."),
  jobId: z.string().min(1).max(200).optional().describe("Older name of id."),
}
export const named = ({ id, jobId }: { id?: string; jobId?: string }) => {
  const written = id ?? jobId
  if (written === undefined) throw unnamed()
  return written
}

export const operatorOf = ({ deviceId, user }: Caller): Creator => ({
  kind: "operator",
  ...(deviceId !== undefined && { deviceId }),
  ...(user !== undefined && { user }),
})

const shown = job.omit({ creator: true }).extend({
  createdBy: z.string().describe("Whose rights its runs have at most."),
})
const toShown = ({ creator, ...job }: Job): z.input<typeof shown> => ({
  ...job,
  createdBy:
    creator.kind === "agent"
      ? `agent ${creator.agentId}`
      : (creator.user ?? (creator.deviceId ? `device ${creator.deviceId}` : "operator")),
})

export const list = method({
  name: "cron.list",
  scope: "read",
  summary: "List tasks.",
  params: z.object({
    includeDisabled: z.boolean().optional().describe("Also those that are switched off."),
    enabled: z.enum(["all", "enabled", "disabled"]).optional().describe("Which ones."),
    agentId: z.string().optional().describe("Only those it works on."),
    query: z.string().max(200).optional().describe("Text that is in them."),
    sortBy: z
      .enum(["nextRunAtMs", "updatedAtMs", "name"])
      .default("nextRunAtMs")
      .describe("Order."),
    sortDir: z.enum(["asc", "desc"]).default("asc").describe("Its direction."),
    limit: z.int().min(1).max(200).default(50).describe("At most this many."),
    offset: z.int().min(0).default(0).describe("How many to leave out."),
  }),
  result: z.object({
    jobs: z.array(shown),
    total: z.int(),
    offset: z.int(),
    limit: z.int(),
    hasMore: z.boolean(),
  }),
  example: {},
  needs: { tasks: Tasks },
  async handle({ includeDisabled = false, enabled, ...filter }, { tasks }) {
    const wanted = enabled ?? (includeDisabled ? "all" : "enabled")
    const { jobs, total } = await (await tasks()).list({ ...filter, enabled: wanted })
    const { limit, offset } = filter
    return { jobs: jobs.map(toShown), total, offset, limit, hasMore: offset + jobs.length < total }
  },
})

export const get = method({
  name: "cron.get",
  scope: "read",
  summary: "Show one task.",
  params: z.object(which),
  result: shown,
  example: { id: "morning" },
  needs: { tasks: Tasks },
  handle: async (params, { tasks }) => toShown(await (await tasks()).get(named(params))),
})

const amounts = { runs: z.number(), tokens: z.number(), usd: z.number() }

export const status = method({
  name: "cron.status",
  scope: "read",
  summary: "How the scheduler stands, and when the next task is due.",
  params: z.object({}),
  result: z.object({
    enabled: z.boolean(),
    storePath: z.string(),
    storage: z.literal("sqlite"),
    jobs: z.int(),
    enabledJobs: z.int(),
    running: z.int(),
    nextWakeAtMs: z.number().optional(),
    budget: z.object({
      spent: z.object(amounts),
      limits: z.object(amounts).partial(),
      resetsAt: z.number(),
    }),
  }),
  example: {},
  needs: { tasks: Tasks },
  handle: async (_, { tasks }) => ({
    storePath: "fased.db",
    storage: "sqlite" as const,
    ...(await (await tasks()).status()),
  }),
})

export const add = method({
  name: "cron.add",
  scope: "admin",
  summary: "Make a task.",
  params: newJob,
  result: shown,
  example: {
    name: "morning",
    schedule: { kind: "cron", expr: "0 9 * * 1-5", tz: "Europe/Berlin" },
    sessionTarget: "isolated",
    payload: { kind: "agentTurn", message: "What is on today?" },
  },
  emits: ["cron"],
  needs: { tasks: Tasks },
  handle: async (params, { tasks, caller }) =>
    toShown(await (await tasks()).add(params, operatorOf(caller))),
})

const orNull = <T extends z.ZodType>(schema: T) => schema.nullable().optional()
const orNulls = (shape: z.ZodRawShape): z.ZodRawShape =>
  Object.fromEntries(Object.entries(shape).map(([name, part]) => [name, orNull(part as z.ZodType)]))
const [aboutText, aboutTurn] = payload.options

export const update = method({
  name: "cron.update",
  scope: "admin",
  summary: "Change a task; from then on its runs have at most the caller's rights.",
  params: z.object({
    ...which,
    patch: z
      .object({
        ...newJob.partial().shape,
        description: orNull(newJob.shape.description),
        agentId: orNull(newJob.shape.agentId),
        sessionKey: orNull(newJob.shape.sessionKey),
        deleteAfterRun: orNull(newJob.shape.deleteAfterRun),
        failureAlert: orNull(newJob.shape.failureAlert),
        executionPolicy: orNull(z.object(orNulls(executionPolicy.shape))).describe(
          "What of its policy is another; null for none.",
        ),
        missedRuns: orNull(newJob.shape.missedRuns),
        payload: z
          .object({
            kind: z.enum(["systemEvent", "agentTurn"]).optional(),
            ...aboutText.omit({ kind: true }).partial().shape,
            ...aboutTurn.omit({ kind: true }).partial().shape,
            model: orNull(aboutTurn.shape.model),
            thinking: orNull(aboutTurn.shape.thinking),
          })
          .optional()
          .describe("What of its payload is another."),
        delivery: orNull(newJob.shape.delivery.unwrap().partial()).describe(
          "What of its delivery is another; null for the usual one.",
        ),
      })
      .describe("What is another; null takes back."),
  }),
  result: shown,
  example: { id: "morning", patch: { enabled: false } },
  emits: ["cron"],
  needs: { tasks: Tasks },
  handle: async ({ patch, ...params }, { tasks, caller }) =>
    toShown(await (await tasks()).update(named(params), patch, operatorOf(caller))),
})

export const remove = method({
  name: "cron.remove",
  scope: "admin",
  summary: "Remove a task; what it is at is stopped, its past runs stay.",
  params: z.object(which),
  result: z.object({ ok: z.literal(true), removed: z.literal(true), id: z.string() }),
  example: { id: "morning" },
  emits: ["cron"],
  needs: { tasks: Tasks },
  async handle(params, { tasks }) {
    const { id } = await (await tasks()).remove(named(params))
    return { ok: true as const, removed: true as const, id }
  },
})

export const run = method({
  name: "cron.run",
  scope: "admin",
  summary: "Run a task now; answers as soon as the run is queued.",
  params: z.object({
    ...which,
    mode: z.enum(["due", "force"]).default("force").describe("`due`: only when its time has come."),
  }),
  result: z.object({
    ok: z.literal(true),
    ran: z.boolean(),
    enqueued: z.boolean(),
    runId: z.string().optional(),
    reason: z.enum(["not-due", "already-running"]).optional(),
  }),
  example: { id: "morning" },
  emits: ["cron"],
  needs: { tasks: Tasks },
  async handle({ mode, ...params }, { tasks }) {
    const ran = await (await tasks()).run(named(params), mode)
    return { ok: true as const, enqueued: ran.ran, ...ran }
  },
})
