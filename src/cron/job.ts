/** A task as it is kept and as the wire shows it (contract 03 §9). */
import * as z from "zod"
import { thinkingLevels } from "../kernel/channel.ts"
import { failureAlert } from "./config.ts"
import { atOf } from "./moment.ts"
import { deliveryStatuses, statuses } from "./status.ts"

const words = z.string().trim().min(1).max(50_000)
const goal = z.string().trim().min(1).max(4000)
const short = z.string().trim().min(1).max(200)

export const schedule = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("at").describe("Once."),
    at: z
      .string()
      .refine((text) => atOf(text) !== undefined, "must be a moment such as 2026-05-01T09:00:00Z")
      .describe("When; without a zone it is UTC."),
  }),
  z.object({
    kind: z.literal("every").describe("Again and again after the same span."),
    everyMs: z
      .int()
      .min(1000)
      .max(366 * 86_400_000)
      .describe("The span, a second or more."),
    anchorMs: z
      .int()
      .min(0)
      .optional()
      .describe("A moment it counts from; unset, when it was made."),
  }),
  z.object({
    kind: z.literal("cron").describe("By the calendar."),
    expr: z.string().trim().min(1).max(200).describe("Five fields, or six with seconds first."),
    tz: z.string().min(1).max(64).optional().describe("Time zone; unset, the gateway's."),
    staggerMs: z
      .int()
      .min(0)
      .max(3_600_000)
      .optional()
      .describe("Spread over so long; 0 is exact. Unset, hourly ones spread over five minutes."),
  }),
])
export type Schedule = z.infer<typeof schedule>

export const payload = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("systemEvent").describe("For the main session."),
    text: words.describe("What it is told."),
  }),
  z.object({
    kind: z.literal("agentTurn").describe("A turn in a session of its own."),
    message: words.describe("What the agent is asked."),
    model: short.optional().describe("Model, as provider/model or an alias."),
    thinking: z.enum(thinkingLevels).optional().describe("How hard it should think."),
    timeoutSeconds: z.int().min(0).max(172_800).optional().describe("0 for the longest allowed."),
    lightContext: z.boolean().optional().describe("Without the workspace's files in the prompt."),
  }),
])
export type Payload = z.infer<typeof payload>

export const delivery = z.object({
  mode: z.enum(["none", "announce", "webhook"]).describe("Nowhere, to people, or to an address."),
  channel: short.optional().describe("Network; `last` or unset: where the agent last spoke."),
  to: z
    .string()
    .trim()
    .min(1)
    .max(2048)
    .optional()
    .describe("Whom there, or the webhook's address."),
  accountId: short.optional().describe("Account of the network it is sent from."),
  bestEffort: z.boolean().optional().describe("A failed delivery does not fail the run."),
})
export type Delivery = z.infer<typeof delivery>

export const executionPolicy = z.object({
  objective: goal.optional().describe("What it is for; each run is told."),
  success: goal
    .optional()
    .describe("When it has reached that; each run judges it and only then counts as a success."),
  tools: z.array(short).max(100).optional().describe("Of the agent's tools, only these."),
  skills: z.array(short).max(100).optional().describe("Of the agent's skills, only these."),
  maxRunsPerHour: z.int().min(1).optional().describe("Further runs within the hour are blocked."),
  maxTokens: z.int().min(1).optional().describe("Tokens in 24 hours; then runs are blocked."),
  maxCost: z.number().positive().optional().describe("US dollars in 24 hours, as maxTokens."),
  maxTotalRuns: z.int().min(1).optional().describe("It is switched off after so many runs."),
  maxSuccesses: z
    .int()
    .min(1)
    .optional()
    .describe("It is switched off after so many that went well."),
  stopOnSuccess: z.boolean().optional().describe("The same as maxSuccesses of 1."),
  stopText: short.optional().describe("It is switched off once a result has this text in it."),
})

/** `session:<key>` is one that goes on from run to run; `current`, the one named by `sessionKey`. */
export const sessionTarget = z.union([
  z.enum(["main", "isolated", "current"]),
  z.templateLiteral(["session:", z.string().min(1).max(512)]),
])
export const wakeMode = z.enum(["now", "next-heartbeat"])

/** What is chosen when a task is made, and may be changed later. */
export const wishes = {
  name: short.describe("What people call it."),
  description: z.string().max(2000).optional().describe("More about it."),
  agentId: short.optional().describe("Agent that works on it; the default one when unset."),
  sessionKey: z
    .string()
    .min(1)
    .max(512)
    .optional()
    .describe("Session of the people it is for; unset, the main one."),
  enabled: z.boolean().optional().describe("False keeps it from running."),
  deleteAfterRun: z
    .boolean()
    .optional()
    .describe("Gone once it went well; so for one-shots unless false."),
  schedule: schedule.describe("When it runs."),
  sessionTarget: sessionTarget.describe(
    "The main session, one of its own for each run, or one that goes on: `session:<key>`.",
  ),
  wakeMode: wakeMode.optional().describe("Start a turn at once, or wait for the next heartbeat."),
  payload: payload.describe("What it is about."),
  delivery: delivery.optional().describe("Where the result goes."),
  failureAlert: z
    .union([failureAlert().partial(), z.literal(false)])
    .optional()
    .describe("A word when it keeps failing, otherwise than the config says."),
  executionPolicy: executionPolicy.optional().describe("What its runs may use, and when it ends."),
  missedRuns: z.enum(["skip", "once"]).optional().describe("Otherwise than cron.missedRuns."),
}
export const newJob = z.object(wishes)
export type NewJob = z.infer<typeof newJob>

/** Whose rights its runs have at most; looked at anew for each run. */
export const creator = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("operator"),
    deviceId: z.string().optional(),
    user: z.string().optional(),
  }),
  z.object({
    kind: z.literal("agent"),
    agentId: z.string(),
    sessionKey: z.string(),
    owner: z.boolean(),
  }),
])
export type Creator = z.infer<typeof creator>

export const jobState = z.object({
  nextRunAtMs: z.number().optional(),
  runningAtMs: z.number().optional(),
  lastRunAtMs: z.number().optional(),
  lastRunStatus: z.enum(statuses).optional(),
  lastError: z.string().optional(),
  lastDurationMs: z.number().optional(),
  lastDeliveryStatus: z.enum(deliveryStatuses).optional(),
  lastAlertAtMs: z.number().optional(),
  consecutiveErrors: z.int().optional(),
  totalRuns: z.int().optional(),
  successes: z.int().optional(),
  /** Why it was switched off, when nobody did that by hand. */
  disabledReason: z.string().optional(),
})
export type JobState = z.infer<typeof jobState>

export const job = newJob.extend({
  id: z.string(),
  enabled: z.boolean(),
  wakeMode,
  createdAtMs: z.number(),
  updatedAtMs: z.number(),
  creator,
  state: jobState,
})
export type Job = z.infer<typeof job>

/** The message a run begins with, as people recognise it in a list. */
export const textOf = ({ payload }: Pick<Job, "payload">) =>
  payload.kind === "systemEvent" ? payload.text : payload.message

export const isOneShot = ({ schedule }: Pick<Job, "schedule">) => schedule.kind === "at"

/** Gone once it went well, rather than switched off. */
export const goesAfterwards = (job: Pick<Job, "schedule" | "deleteAfterRun">) =>
  job.deleteAfterRun ?? isOneShot(job)

/** The session a task names as the one it works in; undefined for the main one and for one of its own. */
export const namedSession = ({ sessionTarget }: Pick<Job, "sessionTarget">) =>
  sessionTarget.startsWith("session:") ? sessionTarget.slice("session:".length) : undefined
