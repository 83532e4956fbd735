import * as z from "zod"
import { onFirstUse } from "../kernel/later.ts"
import { section } from "../kernel/section.ts"

/** `30d` and the like. */
const duration = onFirstUse(() =>
  z.string().regex(/^\d+(ms|s|m|h|d|w)$/, "must be a duration such as 12h or 30d"),
)
/** `500mb` and the like, or bytes. */
const size = onFirstUse(() =>
  z.union([
    z.int().min(1),
    z.string().regex(/^\d+(\.\d+)?(b|kb|mb|gb)$/i, "must be a size such as 500mb or 2gb"),
  ]),
)

const policy = onFirstUse(() => ({
  mode: z
    .enum(["daily", "idle", "off"])
    .default("daily")
    .describe("Afresh each day, after a pause, or never by itself."),
  atHour: z.int().min(0).max(23).default(4).describe("Hour of a daily reset, by this machine."),
  idleMinutes: z
    .int()
    .min(1)
    .optional()
    .describe("A pause after which it begins afresh; beside a daily reset, whichever comes first."),
}))
const resetPolicy = onFirstUse(() =>
  z.strictObject(policy()).refine(({ mode, idleMinutes }) => mode !== "idle" || idleMinutes, {
    path: ["idleMinutes"],
    message: "must be set when mode is idle",
  }),
)
export type ResetPolicy = z.infer<ReturnType<typeof resetPolicy>>

const action = onFirstUse(() => z.enum(["allow", "deny"]))

const sendRule = onFirstUse(() =>
  z.strictObject({
    action: action().describe("What holds where all of `match` fits."),
    match: z
      .strictObject({
        channel: z.string().optional().describe("Network, such as telegram."),
        chatType: z
          .enum(["direct", "group", "thread"])
          .optional()
          .describe("Kind of conversation."),
        keyPrefix: z.string().optional().describe("How the key begins, behind the agent."),
        rawKeyPrefix: z.string().optional().describe("How the whole key begins."),
      })
      .prefault({})
      .describe("Which sessions the rule is about; empty for all."),
  }),
)

export const session = section({
  id: "session",
  summary: "Conversations: who shares one, when it begins afresh, how long it is kept.",
  reload: "live",
  schema: () =>
    z.strictObject({
      scope: z
        .enum(["per-sender", "global"])
        .default("per-sender")
        .describe("Whether everybody has conversations of their own, or all share one."),
      dmScope: z
        .enum(["main", "per-peer", "per-channel-peer", "per-account-channel-peer"])
        .default("main")
        .describe("What private chats share: all one conversation, or each person their own."),
      identityLinks: z
        .record(
          z.string().regex(/^[a-z0-9][a-z0-9_.-]{0,63}$/i),
          z.array(z.string().min(1)).describe("Their ids."),
        )
        .default({})
        .describe("A person's ids by their name, as telegram:123, so that they share a session."),
      reset: resetPolicy().prefault({}).describe("When a conversation begins afresh."),
      resetByType: z
        .strictObject({
          direct: resetPolicy().optional().describe("Private chats."),
          dm: resetPolicy().optional().describe("Another word for direct."),
          group: resetPolicy().optional().describe("Groups and channels."),
          thread: resetPolicy().optional().describe("Threads and topics."),
        })
        .prefault({})
        .describe("The same for one kind of conversation."),
      resetByChannel: z
        .record(z.string().min(1), resetPolicy().describe("When its conversations begin afresh."))
        .default({})
        .describe("The same for one network, before any kind."),
      resetTriggers: z
        .array(z.string().trim().min(1).max(64))
        .default(["/new", "/reset"])
        .describe("Words that begin a new conversation; what follows is its first message."),
      parentForkMaxTokens: z
        .int()
        .min(0)
        .default(100_000)
        .describe("A thread begins with its parent's words unless those are more; 0 for never."),
      maintenance: z
        .strictObject({
          mode: z
            .enum(["warn", "enforce"])
            .default("warn")
            .describe("Only tell what is more than wanted, or archive and remove it daily."),
          pruneAfter: duration().default("30d").describe("Archive what was not used for so long."),
          maxEntries: z.int().min(1).default(500).describe("Sessions of one agent to keep."),
          resetArchiveRetention: z
            .union([duration(), z.literal(false)])
            .optional()
            .describe("How long archived transcripts stay; unset as pruneAfter, false for good."),
          maxDiskBytes: size()
            .optional()
            .describe("The most the database may take; unset, no limit."),
          highWaterBytes: size()
            .optional()
            .describe("Down to what it is brought then; unset, 80 % of maxDiskBytes."),
        })
        .prefault({})
        .describe("How much is kept."),
      threadBindings: z
        .strictObject({
          enabled: z.boolean().default(true).describe("Let a thread stay with one session."),
          idleHours: z
            .number()
            .min(0)
            .default(24)
            .describe("Until it lets go unused; 0 for never."),
          maxAgeHours: z.number().min(0).default(0).describe("Until it lets go; 0 for never."),
        })
        .prefault({})
        .describe(
          "From older configs; it changes nothing. A thread has a session of its own and stays with it.",
        ),
      agentToAgent: z
        .strictObject({
          maxPingPongTurns: z
            .int()
            .min(0)
            .max(5)
            .default(5)
            .describe("How often two agents may answer each other."),
        })
        .prefault({})
        .describe("Agents that speak to each other."),
      sendPolicy: z
        .strictObject({
          default: action().default("allow").describe("What holds where no rule fits."),
          rules: z.array(sendRule()).default([]).describe("The first that denies wins."),
        })
        .prefault({})
        .describe("Which sessions may send to a network."),
    }),
})
export type SessionConfig = z.infer<typeof session.schema>

const units = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 }

export const durationMs = (text: string) => {
  const [, count, unit] = /^(\d+)(.+)$/.exec(text)!
  return Number(count) * units[unit as keyof typeof units]
}

const sizes = { b: 1, kb: 1024, mb: 1024 ** 2, gb: 1024 ** 3 }

export const bytesOf = (size: string | number) => {
  if (typeof size === "number") return size
  const [, count, unit] = /^([\d.]+)(.+)$/.exec(size.toLowerCase())!
  return Math.floor(Number(count) * sizes[unit as keyof typeof sizes])
}
