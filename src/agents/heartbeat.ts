import * as z from "zod"
import { onFirstUse } from "../kernel/later.ts"

const time = (end: boolean) =>
  z
    .string()
    .regex(
      end ? /^(?:[01]\d|2[0-3]):[0-5]\d$|^24:00$/ : /^(?:[01]\d|2[0-3]):[0-5]\d$/,
      "must be a time such as 08:00",
    )

const settings = onFirstUse(() =>
  z.strictObject({
    every: z
      .union([
        z.int().min(0).max(525_600),
        z.string().regex(/^\d+(ms|s|m|h|d)?$/, "must be a span such as 30m, or 0m"),
      ])
      .optional()
      .describe(
        "How often it is woken; a bare number is minutes, 0m is never. Unset: 30m, or 1h where Anthropic is paid by the month.",
      ),
    model: z.string().trim().min(1).optional().describe("Model of these turns."),
    includeReasoning: z.boolean().default(false).describe("Also send what the model thought."),
    session: z.string().trim().min(1).default("main").describe("Session it is woken in; no group."),
    target: z
      .string()
      .trim()
      .min(1)
      .default("none")
      .describe("Where what it says goes: none, last, or a chat network."),
    to: z.string().trim().min(1).optional().describe("Whom it goes to on that network."),
    accountId: z.string().trim().min(1).optional().describe("Account it is sent from."),
    directPolicy: z
      .enum(["allow", "block"])
      .default("allow")
      .describe("Whether it may go to a private chat."),
    prompt: z
      .string()
      .trim()
      .min(1)
      .max(20_000)
      .optional()
      .describe("What it is asked, in place of the usual words."),
    ackMaxChars: z
      .int()
      .min(0)
      .max(10_000)
      .default(300)
      .describe("An answer of HEARTBEAT_OK with no more than this beside it says nothing."),
    suppressToolErrorWarnings: z
      .boolean()
      .default(false)
      .describe("Say nothing where only a tool failed."),
    lightContext: z.boolean().default(false).describe("Of the workspace, only HEARTBEAT.md."),
    isolatedSession: z
      .boolean()
      .default(false)
      .describe("Each time in a session of its own, without what was said before."),
    activeHours: z
      .strictObject({
        start: time(false).describe("When its day begins."),
        end: time(true).describe("When it ends; the same as start is never."),
        timezone: z
          .string()
          .trim()
          .min(1)
          .default("user")
          .describe("user, local, or a zone such as Europe/Berlin."),
      })
      .optional()
      .describe("Only between these hours; unset, always."),
  }),
)
export type HeartbeatSettings = z.infer<ReturnType<typeof settings>>

/** Periodic wake-ups, for agents that say nothing else (contract 19 §5). */
export const heartbeatSettings = () =>
  settings().prefault({}).describe("Wakes the agent now and then, to look after things.")

/** What one agent wants otherwise. Once any agent has this, only those that do are woken. */
export const ownHeartbeat = () =>
  withoutDefaults(settings())
    .optional()
    .describe("Its own wake-ups; once an agent has this, only such agents are woken.")

const withoutDefaults = (schema: ReturnType<typeof settings>) =>
  z.strictObject(
    Object.fromEntries(
      Object.entries(schema.shape).map(([key, field]) => {
        const inner = field instanceof z.ZodDefault ? field.removeDefault() : field
        const { description } = field
        return [key, (inner as z.ZodType).optional().describe(description ?? "")]
      }),
    ) as Partially,
  )
type Partially = {
  [K in keyof HeartbeatSettings]-?: z.ZodOptional<z.ZodType<NonNullable<HeartbeatSettings[K]>>>
}

const units = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const

/** The span between two wake-ups, which is half an hour unless said otherwise; 0 for none. */
export const everyMs = (every: HeartbeatSettings["every"] = "30m"): number => {
  const [, count, unit] = /^(\d+)([a-z]*)$/.exec(String(every)) ?? []
  return Number(count ?? 0) * units[(unit || "m") as keyof typeof units]
}
