import * as z from "zod"

const senders = (description: string) =>
  z
    .array(z.union([z.string().trim().min(1).max(200), z.int().transform(String)]))
    .describe(description)

export const dmPolicies = ["pairing", "allowlist", "open", "disabled"] as const
export const groupPolicies = ["open", "allowlist", "disabled"] as const
export type DmPolicy = (typeof dmPolicies)[number]
export type GroupPolicy = (typeof groupPolicies)[number]

/** How much of a run without a finding is told. */
export const heartbeatSettings = () =>
  z
    .strictObject({
      showOk: z.boolean().optional().describe("Send the word that all is well. Default: false."),
      showAlerts: z.boolean().optional().describe("Send what was found. Default: true."),
      useIndicator: z.boolean().optional().describe("Show it as an event. Default: true."),
    })
    .describe("What is told of periodic wake-ups.")

const menus = (description: string) =>
  z
    .union([z.boolean(), z.literal("auto")])
    .optional()
    .describe(description)

const replyModes = ["off", "first", "all"] as const

const historyLimit = z.int().min(0).max(1000)

/** What an account may be called; it is a name of a folder as well. */
export const accountId = () =>
  z
    .string()
    .regex(/^[a-z0-9][a-z0-9_-]{0,63}$/i, "must be letters, digits, - and _")
    .refine((id) => !["__proto__", "constructor", "prototype"].includes(id), "is no name")

/** What can be set of an account of any network; the same at the channel, for all its accounts. */
const commonSettings = () => ({
  enabled: z.boolean().default(true).describe("Connect it at all."),
  name: z.string().max(80).optional().describe("What people call it, in lists."),
  dmPolicy: z
    .enum(dmPolicies)
    .default("pairing")
    .describe("Who is heard in private chats: with a code, by list, everybody, or nobody."),
  allowFrom: senders(
    "People that are heard, by their stable id; * is everybody. Empty: only those that were paired.",
  ).default([]),
  groupPolicy: z
    .enum(groupPolicies)
    .optional()
    .describe("Who is heard in groups. Default: channels.defaults.groupPolicy, then allowlist."),
  groupAllowFrom: senders(
    "People that are heard in groups, by their stable id. Unset: those of allowFrom; empty: nobody.",
  ).optional(),
  allowBots: z
    .union([z.boolean(), z.literal("mentions")])
    .default(false)
    .describe("Hear other bots: never, always, or where they mention this one."),
  configWrites: z
    .boolean()
    .default(true)
    .describe("Let chats and the network itself change settings, such as an id that moved."),
  historyLimit: historyLimit
    .optional()
    .describe("Messages of a group told along that were not answered; 0 for none."),
  dmHistoryLimit: historyLimit
    .optional()
    .describe("Turns of a private chat that its model is told of. Unset: all."),
  dms: z
    .record(
      z.string().min(1).describe("Sender by id."),
      z
        .strictObject({
          historyLimit: historyLimit.optional().describe("Turns its model is told of."),
        })
        .describe("One private chat."),
    )
    .default({})
    .describe("Single private chats."),
  mediaMaxMb: z.number().positive().max(2048).optional().describe("Largest file, either way."),
  textChunkLimit: z.int().min(50).optional().describe("Longest message. Default: what it takes."),
  chunkMode: z
    .enum(["length", "newline"])
    .default("length")
    .describe("Where long texts are cut: when they are full, or between paragraphs first."),
  markdown: z
    .strictObject({
      tables: z
        .enum(["code", "bullets", "off"])
        .optional()
        .describe("How tables are shown: as code, as lists, or as they are written."),
    })
    .prefault({})
    .describe("How replies are formatted."),
  streaming: z
    .enum(["off", "partial", "block", "progress"])
    .optional()
    .describe(
      "What is shown of a reply while it is written: all so far, whole paragraphs, or that it is written.",
    ),
  blockStreaming: z.boolean().optional().describe("Send a long reply in parts as it is written."),
  blockStreamingCoalesce: z
    .strictObject({
      idleMs: z.int().min(0).optional().describe("A pause after which a part is sent."),
      minChars: z.int().min(1).optional().describe("Shortest part."),
      maxChars: z.int().min(1).optional().describe("Longest part."),
    })
    .optional()
    .describe("How small parts are joined."),
  replyToMode: z
    .enum(replyModes)
    .default("off")
    .describe("Which parts of a reply are shown as an answer to the message."),
  replyToModeByChatType: z
    .strictObject({
      direct: z.enum(replyModes).optional().describe("In private chats."),
      group: z.enum(replyModes).optional().describe("In groups."),
      channel: z.enum(replyModes).optional().describe("In channels."),
    })
    .prefault({})
    .describe("The same by kind of chat, where that differs."),
  responsePrefix: z.string().max(200).optional().describe("Stands before every reply."),
  ackReaction: z.string().max(64).optional().describe("Reaction to a message that is answered."),
  reactionNotifications: z
    .enum(["off", "own", "all", "allowlist"])
    .default("own")
    .describe("Reactions the agent is told of: to its own messages, to any, of those listed."),
  reactionAllowlist: senders("Whose reactions count for allowlist.").default([]),
  reactionLevel: z
    .enum(["off", "ack", "minimal", "extensive"])
    .default("minimal")
    .describe("How freely the agent reacts itself."),
  retry: z
    .strictObject({
      attempts: z
        .int()
        .min(1)
        .max(100)
        .optional()
        .describe(
          "Tries of one message that the network fails to take. Default: 14, in four minutes.",
        ),
      minDelayMs: z.int().min(0).optional().describe("Shortest wait between two."),
      maxDelayMs: z.int().min(0).optional().describe("Longest wait. Default: 30000."),
      jitter: z.number().min(0).max(1).optional().describe("Chance in a wait. Default: 0.1."),
    })
    .prefault({})
    .describe("What is tried again on the way out."),
  heartbeat: heartbeatSettings().prefault({}),
  commands: z
    .strictObject({
      native: menus("Offer commands in its own menu. Default: as commands.native."),
      nativeSkills: menus("Offer skills there. Default: as commands.nativeSkills."),
    })
    .prefault({})
    .describe("Its menu of commands."),
  defaultTo: z.string().min(1).max(200).optional().describe("Where something goes by default."),
})

let made: ReturnType<typeof commonSettings> | undefined
/** Made when it is first asked for: a gateway without chat networks never does. */
export const accountShape = () => (made ??= commonSettings())

/** The settings of one account, whatever its network, inheritance resolved. */
export type AccountSettings = z.output<z.ZodObject<ReturnType<typeof commonSettings>>>
