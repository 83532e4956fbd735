import * as z from "zod"
import { SystemEvents } from "../kernel/system-events.ts"
import { tool, type ToolContext } from "../kernel/tool.ts"
import { readKey } from "../sessions/keys.ts"
import { fromARun, notYourAgent, unnamed } from "./faults.ts"
import type { Creator, Job, NewJob } from "./job.ts"
import { Tasks } from "./service.ts"

const actions = ["status", "list", "add", "update", "remove", "run", "runs", "wake"] as const

/** Where an agent may send a result: to people, never to an address of its choosing. */
const shapes = () => {
  const schedule = z
    .object({
      kind: z.enum(["at", "every", "cron"]).describe("Once, after a span, or by the calendar."),
      at: z.string().optional().describe("For at: ISO moment; without a zone it is UTC."),
      everyMs: z.int().min(1000).optional().describe("For every: milliseconds."),
      expr: z.string().optional().describe("For cron: five fields, or six with seconds first."),
      tz: z.string().optional().describe("For cron: time zone such as Europe/Berlin."),
    })
    .describe("When it runs.")
  const payload = z
    .object({
      kind: z
        .enum(["systemEvent", "agentTurn"])
        .describe("A reminder in this conversation, or work."),
      text: z.string().optional().describe("For systemEvent: what is to be remembered."),
      message: z.string().optional().describe("For agentTurn: what is to be done."),
      model: z.string().optional().describe("For agentTurn: another model."),
      thinking: z.string().optional().describe("For agentTurn: off, low, medium or high."),
      timeoutSeconds: z.int().min(0).optional().describe("For agentTurn: longest it may take."),
    })
    .describe("What it is about.")
  const job = z.object({
    name: z.string().min(1).max(200).describe("What people call it."),
    schedule,
    payload,
    sessionTarget: z
      .enum(["isolated", "current"])
      .optional()
      .describe("For agentTurn: a session of its own each time (usual), or this conversation."),
    delivery: z
      .object({
        mode: z.enum(["none", "announce"]).describe("Whether the result is told to people."),
        channel: z.string().optional().describe("Network; unset, where they last spoke."),
        to: z.string().optional().describe("Whom there."),
      })
      .optional()
      .describe("Where the result goes; unset, to the people of this conversation."),
    wakeMode: z.enum(["now", "next-heartbeat"]).optional().describe("For systemEvent."),
    deleteAfterRun: z.boolean().optional().describe("Gone once it went well."),
    agentId: z.string().optional().describe("This agent, or left out."),
    enabled: z.boolean().optional().describe("False keeps it from running."),
  })
  return { job }
}

export const cronTool = tool({
  name: "cron",
  group: "automation",
  label: "Tasks by the clock",
  description: `Reminders and scheduled work. For "remind me in 20 minutes" add a job with schedule {kind:"at"} and payload {kind:"systemEvent"}; for work such as "every morning" use {kind:"cron"} or {kind:"every"} with payload {kind:"agentTurn"}. Ask for the time zone when it matters and is not known.`,
  ownerOnly: true,
  params: () => {
    const { job } = shapes()
    return z.object({
      action: z.enum(actions).describe("What to do."),
      jobId: z.string().max(200).optional().describe("For update, remove, run, runs: id or name."),
      job: job.optional().describe("For add: the task."),
      patch: job.partial().optional().describe("For update: what is to be another."),
      text: z.string().max(2000).optional().describe("For wake: what happened."),
      includeDisabled: z.boolean().default(false).describe("For list: also those switched off."),
    })
  },
  needs: { tasks: Tasks, events: SystemEvents },
  async run({ action, jobId, job, patch, text, includeDisabled }, context) {
    const work = await context.tasks()
    const named = () => {
      if (!jobId) throw unnamed()
      return jobId
    }
    switch (action) {
      case "status":
        return work.status()
      case "list": {
        const { jobs } = await work.list({
          enabled: includeDisabled ? "all" : "enabled",
          agentId: undefined,
          sortBy: "nextRunAtMs",
          sortDir: "asc",
          limit: 100,
          offset: 0,
        })
        return jobs.map(shown)
      }
      case "add":
        mayChange(context, job?.agentId)
        return shown(await work.add(await asked(job, context), creatorOf(context)))
      case "update":
        mayChange(context, patch?.agentId)
        return shown(await work.update(named(), patch ?? {}, creatorOf(context)))
      case "remove":
        mayChange(context)
        return { removed: (await work.remove(named())).id }
      case "run":
        mayChange(context)
        return work.run(named(), "force")
      case "runs": {
        const { id } = await work.get(named())
        const { runs } = await work.runs({ jobId: id, sortDir: "desc", limit: 10, offset: 0 })
        return runs.map(({ runId, status, state, error, summary, startedAt }) => ({
          runId,
          status: status ?? state,
          error,
          summary,
          startedAt: startedAt && new Date(startedAt).toISOString(),
        }))
      }
      case "wake":
        if (text) context.events.enqueue(context.sessionKey, text)
        return { kept: text !== undefined, told: "with the next turn of this session" }
    }
  },
})

/** A run that makes runs would never end. */
const mayChange = ({ surface, agentId }: ToolContext, wanted = agentId) => {
  if (surface === "cron") throw fromARun()
  if (wanted.toLowerCase() !== agentId) throw notYourAgent({ agentId: wanted })
}

const creatorOf = ({ agentId, sessionKey, owner }: ToolContext): Creator => ({
  kind: "agent",
  agentId,
  sessionKey,
  owner,
})

/** Checked as a call of the gateway's own method is; its people are those of this conversation. */
const asked = async (
  job: object | undefined,
  { agentId, sessionKey }: ToolContext,
): Promise<NewJob> => {
  const { readTask } = await import("./plan.ts")
  const { payload, sessionTarget = "isolated" } = (job ?? {}) as {
    payload?: { kind?: string }
    sessionTarget?: string
  }
  const isOwn = !["cron", "subagent", "acp", "hook"].includes(readKey(sessionKey).kind)
  return readTask({
    ...job,
    agentId,
    sessionTarget: payload?.kind === "systemEvent" ? "main" : sessionTarget,
    ...(isOwn && { sessionKey }),
  })
}

const shown = ({ id, name, enabled, schedule, payload, state }: Job) => ({
  id,
  name,
  enabled,
  schedule,
  payload,
  nextRun: state.nextRunAtMs && new Date(state.nextRunAtMs).toISOString(),
  lastStatus: state.lastRunStatus,
  lastError: state.lastError,
})
