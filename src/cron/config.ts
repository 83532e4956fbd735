import * as z from "zod"
import { onFirstUse } from "../kernel/later.ts"
import { section } from "../kernel/section.ts"

/** When and where people are told that a task keeps failing. */
export const failureAlert = onFirstUse(() =>
  z.object({
    enabled: z.boolean().default(false).describe("Tell someone when a task keeps failing."),
    after: z.int().min(1).max(1000).default(3).describe("Failures in a row before a word is said."),
    cooldownMs: z.int().min(0).default(3_600_000).describe("Pause between two words on one task."),
    mode: z.enum(["announce", "webhook"]).default("announce").describe("How it is told."),
    channel: z
      .string()
      .min(1)
      .optional()
      .describe("Network it goes to; unset, where the task's go."),
    to: z.string().min(1).optional().describe("Whom it goes to there, or the webhook's address."),
    accountId: z.string().min(1).optional().describe("Account of the network it is sent from."),
  }),
)

export const transient = ["rate_limit", "overloaded", "network", "server_error"] as const

export const cron = section({
  id: "cron",
  summary: "Tasks: runs that the clock starts.",
  reload: "live",
  schema: () =>
    z.object({
      enabled: z.boolean().default(true).describe("Run tasks when they are due."),
      maxConcurrentRuns: z
        .int()
        .min(1)
        .max(16)
        .default(1)
        .describe("Runs of tasks that may go side by side."),
      missedRuns: z
        .enum(["skip", "once"])
        .default("skip")
        .describe("What becomes of repeating runs missed while the gateway was down or asleep."),
      staleAfter: z
        .string()
        .regex(/^\d+(m|h|d)$/, "must be a duration such as 24h")
        .default("24h")
        .describe("A run that is later than this is not made up for; its task says so."),
      sessionRetention: z
        .union([
          z.string().regex(/^\d+(m|h|d)$/, "must be a duration such as 24h, or false"),
          z.literal(false),
        ])
        .default("24h")
        .describe("How long the session of a run is listed; false keeps it."),
      runLog: z
        .object({
          maxBytes: z.int().min(1000).default(2_000_000).describe("Most bytes of one task's runs."),
          keepLines: z.int().min(1).default(2000).describe("Most runs of one task that are kept."),
        })
        .prefault({})
        .describe("The record of past runs."),
      webhook: z
        .string()
        .url()
        .optional()
        .describe("Older name: where tasks with `notify` post to. Give tasks a delivery instead."),
      webhookToken: z
        .string()
        .min(1)
        .optional()
        .meta({ description: "Bearer token for webhooks of tasks.", secret: true }),
      retry: z
        .object({
          maxAttempts: z.int().min(0).max(10).default(3).describe("Further tries of a one-shot."),
          backoffMs: z
            .array(z.int().min(1000))
            .min(1)
            .max(10)
            .default([30_000, 60_000, 300_000])
            .describe("Pauses before them."),
          retryOn: z
            .array(z.enum(transient))
            .default([...transient])
            .describe("Failures that may pass by themselves."),
        })
        .prefault({})
        .describe("Tries of a one-shot task whose run failed."),
      failureAlert: failureAlert().prefault({}).describe("A word when a task keeps failing."),
      budget: z
        .object({
          runs: z.int().min(1).optional().describe("Runs in a day."),
          tokens: z.int().min(1).optional().describe("Tokens in a day, read and written."),
          usd: z
            .number()
            .positive()
            .optional()
            .describe("US dollars in a day, where prices are known."),
        })
        .prefault({})
        .describe(
          "The most that tasks and heartbeats may use in a day; then they wait for the next.",
        ),
    }),
})
export type CronConfig = z.infer<typeof cron.schema>
